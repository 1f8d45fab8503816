package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const self = "github.com/modelgen/modelgen"

// models is the file that the story begins with. What comes between the marks is added on the way.
const models = `package models

` + "//go:" + `generate go tool modelgen -out ../migrations

type Product struct {
	_ struct{} ` + "`table:\"products\"`" + `

	ID    int64  ` + "`db:\"id,pk,identity\"`" + `
	Name  string ` + "`db:\"name,size:100\"`" + `
	Price int64  ` + "`db:\"price\"`" + ` // in cents
}
`

// program is the user's own: it opens the database, hands "migrate ..." to runtime/cli, and has two commands of its own. list prints
// whatever columns there are, since the story changes them.
const program = `package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	_ "DRIVER_IMPORT"

	"example.com/shop/migrations"
	"github.com/modelgen/modelgen/runtime/cli"
	"github.com/modelgen/modelgen/runtime/DIALECT"
)

func main() {
	ctx := context.Background()
	db, err := sql.Open(DRIVER)
	if err == nil && len(os.Args) > 2 && os.Args[1] == "migrate" {
		os.Exit(cli.Run(ctx, db, DIALECT.Dialect{}, migrations.All, os.Args[2:]))
	}
	if err == nil && len(os.Args) == 4 && os.Args[1] == "add" {
		_, err = db.ExecContext(ctx, "INSERT INTO products (name, price) VALUES ($1, $2)", os.Args[2], os.Args[3])
	} else if err == nil {
		err = list(ctx, db)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "shop:", err)
		os.Exit(1)
	}
}

func list(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, "SELECT * FROM products ORDER BY id")
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(columns, "\t"))
	values, cells := make([]any, len(columns)), make([]string, len(columns))
	for i := range cells {
		values[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			return err
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	w.Flush()
	return rows.Err()
}
`

// write makes the module of the shop in dir.
func write(dir, address string) error {
	// The command that runs this was made from the checkout, in a folder of it.
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", self).Output()
	if err != nil {
		return fmt.Errorf("run the demo from the checkout of modelgen: %w", err)
	}
	checkout := strings.TrimSpace(string(out))
	mod, err := os.ReadFile(filepath.Join(checkout, "go.mod"))
	if err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(checkout, "go.sum"))
	if err != nil {
		return err
	}
	// The versions are those of the checkout, so that nothing needs to be looked up.
	_, versions, ok := bytes.Cut(mod, []byte("module "+self+"\n"))
	if !ok {
		return fmt.Errorf("%s is not the go.mod of %s", filepath.Join(checkout, "go.mod"), self)
	}
	replacer := strings.NewReplacer("DRIVER_IMPORT", "modernc.org/sqlite", "DIALECT", "sqlite", "DRIVER", `"sqlite", "shop.db"`)
	if address != "" {
		replacer = strings.NewReplacer("DRIVER_IMPORT", "github.com/lib/pq", "DIALECT", "postgres", "DRIVER", `"postgres", os.Getenv("DATABASE_URL")`)
	}
	for name, content := range map[string]string{
		"go.mod":           fmt.Sprintf("module example.com/shop\n%s\nrequire %s v0.0.0\n\nreplace %[2]s => %q\n\ntool %[2]s/cmd/modelgen\n", versions, self, checkout),
		"go.sum":           string(sum),
		"models/models.go": models,
		"main.go":          replacer.Replace(program),
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}
