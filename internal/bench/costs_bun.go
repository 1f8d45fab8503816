package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// besideBun times the first migration, and beside it that of bun for the same tables: a program that makes files of the difference between its models and a
// database, here an empty one. It has to be built before it can run, as the models have just been edited; that counts, and what it stands on is built before.
func besideBun(models int) func(context.Context, *costs) (pair, error) {
	return func(ctx context.Context, c *costs) (p pair, err error) {
		ours := c.module(shape{models: models, columns: 10})
		theirs := bunModule{models, c.path(fmt.Sprintf("bun%d", models))}
		if err := errors.Join(ours.begin(), theirs.begin(ctx)); err != nil {
			return p, err
		}
		server, err := connect()
		if err != nil {
			return p, err
		}
		defer server.close()
		runs := 0
		p, err = turns(max(c.runs*3/5, 1), func() (time.Duration, error) {
			took, _, err := ours.generate(ctx, first)
			return took, err
		}, func() (time.Duration, error) {
			d, err := server.create(ctx, "")
			if err != nil {
				return 0, err
			}
			runs++
			took, err := theirs.generate(ctx, d.address(""), runs)
			return took, errors.Join(err, d.drop())
		})
		if err == nil {
			p.peak, err = ours.most(ctx, first, c.runs)
		}
		return p, err
	}
}

// bunModule is a module with the models of [module.source] as bun has them, without indexes and checks, which it does not know.
type bunModule struct {
	models int
	dir    string
}

func (m bunModule) begin(ctx context.Context) error {
	files := map[string]string{"go.mod": bunGoMod, "auto/main.go": bunProgram, "models/models.go": m.source(0)}
	for name, text := range files {
		path := filepath.Join(m.dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			return err
		}
	}
	_, _, err := process(ctx, m.dir, "go", "mod", "tidy")
	return err
}

// generate edits the models and lets bun write its files.
func (m bunModule) generate(ctx context.Context, address string, edit int) (time.Duration, error) {
	out := filepath.Join(m.dir, "migrations")
	err := errors.Join(os.RemoveAll(out), os.Mkdir(out, 0o755), os.WriteFile(filepath.Join(m.dir, "models", "models.go"), []byte(m.source(edit)), 0o644))
	if err != nil {
		return 0, err
	}
	took, err := timed(1, func() error {
		_, _, err := process(ctx, m.dir, "go", "run", "./auto", address, out)
		return err
	})
	if err != nil {
		return 0, err
	}
	files, err := filepath.Glob(filepath.Join(out, "*.up.sql"))
	if err != nil || len(files) != 1 {
		return 0, fmt.Errorf("bun wrote %q: %w", files, err)
	}
	text, err := os.ReadFile(files[0])
	if n := strings.Count(string(text), "CREATE TABLE"); err == nil && n != m.models {
		err = fmt.Errorf("bun made %d tables of %d models", n, m.models)
	}
	return took, err
}

func (m bunModule) source(edit int) string {
	var b, all strings.Builder
	fmt.Fprintf(&b, "package models\n\nimport (\n\t\"time\"\n\n\t\"github.com/uptrace/bun\"\n)\n\n// Edit counts the edits.\nconst Edit = %d\n", edit)
	for i := range m.models {
		fmt.Fprintf(&b, `
// Model%04[1]d is one of many.
type Model%04[1]d struct {
	bun.BaseModel ~bun:"table:model_%04[1]d"~

	ID        int64     ~bun:"id,pk,autoincrement"~
	ParentID  *int64    ~bun:"parent_id"~
	Parent    *Model%04[2]d ~bun:"rel:belongs-to,join:parent_id=id"~
	Name      string    ~bun:"name,type:varchar(100),notnull"~
	Email     string    ~bun:"email,notnull,unique"~
	Stock     int32     ~bun:"stock,notnull,default:0"~
	Price     float64   ~bun:"price,notnull"~
	Active    bool      ~bun:"active,notnull,default:true"~
	Note      *string   ~bun:"note"~
	CreatedAt time.Time ~bun:"created_at,notnull,default:current_timestamp"~
	Data      []byte    ~bun:"data"~
}
`, i, max(i-1, 0))
		fmt.Fprintf(&all, "\t(*Model%04d)(nil),\n", i)
	}
	return strings.ReplaceAll(b.String(), "~", "`") + "\n// All are the models.\nvar All = []any{\n" + all.String() + "}\n"
}

const bunGoMod = `module example.com/bun

go 1.26

require (
	github.com/lib/pq v1.12.3
	github.com/uptrace/bun v1.3.0
	github.com/uptrace/bun/dialect/pgdialect v1.3.0
)
`

const bunProgram = `package main

import (
	"context"
	"database/sql"
	"log"
	"os"

	_ "github.com/lib/pq"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/migrate"

	"example.com/bun/models"
)

func main() {
	db, err := sql.Open("postgres", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	auto, err := migrate.NewAutoMigrator(bun.NewDB(db, pgdialect.New()), migrate.WithModel(models.All...), migrate.WithMigrationsDirectoryAuto(os.Args[2]))
	if err == nil {
		_, err = auto.CreateSQLMigrations(context.Background())
	}
	if err != nil {
		log.Fatal(err)
	}
}
`
