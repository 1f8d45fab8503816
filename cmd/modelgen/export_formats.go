package main

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/sqlscript"
	migrate "github.com/modelgen/modelgen/runtime"
)

// gooseFiles writes one file, in one transaction where that can be. Where it cannot, each transaction is a block between the marks: goose
// sends it as one string, on one connection, and PostgreSQL makes a transaction of that.
func gooseFiles(s sqlscript.Script, version int) []sqlFile {
	down := undoable(s)
	apart := several(s.Stages) || s.NoUndo == "" && several(s.Undo)
	var b strings.Builder
	if apart {
		b.WriteString("-- +goose NO TRANSACTION\n")
		if len(migrate.Transactions(s.Stages)) > 1 {
			b.WriteString("-- These are several transactions. When one fails, take those before it out of this file before it is run again.\n")
		}
	}
	for i, groups := range [][][]migrate.Stage{migrate.Transactions(s.Stages), down} {
		b.WriteString([]string{"-- +goose Up\n", "\n-- +goose Down\n"}[i])
		for _, tx := range groups {
			all, note := group(tx)
			b.WriteString(note)
			if apart && (len(all) > 1 || !capabilities(s.Dialect).StringIsTx && !tx[0].NoTx) {
				b.WriteString("-- +goose StatementBegin\n" + oneString(s.Dialect, tx, all) + "-- +goose StatementEnd\n")
				continue
			}
			for _, x := range all {
				text := ended(x.SQL) + "\n"
				if strings.ContainsAny(x.SQL, ";") || strings.Contains(x.SQL, "--") || strings.Contains(x.SQL, "\n\n") {
					text = "-- +goose StatementBegin\n" + text + "-- +goose StatementEnd\n"
				}
				b.WriteString(text)
			}
		}
	}
	return []sqlFile{{title(s, version) + ".sql", b.String()}}
}

// oneString writes a transaction as one string. Some servers need nothing around it, such as PostgreSQL.
func oneString(dialect string, tx []migrate.Stage, all []migrate.Statement) string {
	if c := capabilities(dialect); !c.StringIsTx {
		frame := c.ScriptFrame(tx)
		all = slices.Concat(frame.Begin, all, frame.End)
	}
	var b strings.Builder
	statements(&b, all)
	return b.String()
}

// golangMigrateParts tells how many versions a migration is: golang-migrate sends a file as one string, which PostgreSQL makes a
// transaction of, so each transaction, and each statement outside of any, is a version.
func golangMigrateParts(s sqlscript.Script) int {
	up, down := migrate.Transactions(s.Stages), undoable(s)
	if s.NoUndo != "" {
		down = nil // the same for each
	}
	return max(len(up), len(down), 1)
}

func golangMigrateFiles(s sqlscript.Script, version int) (files []sqlFile) {
	up, down := migrate.Transactions(s.Stages), undoable(s)
	n := golangMigrateParts(s)
	for i := range n {
		name := title(s, version+i)
		head := ""
		if n > 1 {
			name += fmt.Sprintf("_part%d", i+1)
			head = fmt.Sprintf("-- Part %d of %d of %s.\n", i+1, n, s.Migration)
		}
		file := func(groups [][]migrate.Stage, at int, none string) string {
			if at >= len(groups) {
				return head + none
			}
			all, note := group(groups[at])
			if !capabilities(s.Dialect).StringIsTx && !groups[at][0].NoTx {
				note = "-- The driver needs x-no-tx-wrap=true: this is a transaction of its own, as it changes settings that none can change inside.\n" + note
			}
			return head + note + oneString(s.Dialect, groups[at], all)
		}
		back := file(down, n-1-i, "-- Nothing is left to undo: the parts behind this one have done it.\n") // the last part is undone first
		if s.NoUndo != "" {
			back = file(down, 0, "")
		}
		files = append(files, sqlFile{name + ".up.sql", file(up, i, "-- Nothing is to be done: the way back has more parts than the way there.\n")}, sqlFile{name + ".down.sql", back})
	}
	return files
}

// atlasFiles writes one file. Atlas finds the way back by itself.
func atlasFiles(s sqlscript.Script, version int) []sqlFile {
	const mark = "-- modelgen:end"
	groups := migrate.Transactions(s.Stages)
	apart := several(s.Stages)
	marked := apart
	for _, st := range s.Stages {
		all, _ := st.SQL()
		marked = marked || slices.ContainsFunc(all, func(x migrate.Statement) bool { return strings.Contains(x.SQL, ";") })
	}
	var b strings.Builder
	if marked { // Atlas wants it in the first line
		b.WriteString("-- atlas:delimiter " + mark + "\n")
	}
	if apart {
		b.WriteString("-- atlas:txmode none\n")
	}
	if b.Len() > 0 {
		b.WriteString("\n")
	}
	for _, tx := range groups {
		all, note := group(tx)
		b.WriteString(note)
		switch {
		case apart:
			b.WriteString(oneString(s.Dialect, tx, all) + mark + "\n")
		case marked:
			for _, x := range all {
				b.WriteString(ended(x.SQL) + "\n" + mark + "\n")
			}
		default:
			statements(&b, all)
		}
	}
	return []sqlFile{{title(s, version) + ".sql", b.String()}}
}

const atlasSumName = "atlas.sum"

// atlasSum returns the file that Atlas keeps of its directory as it is with the new files. One that is wrong already is left for people to
// look at.
func atlasSum(dir string, files []sqlFile) (sqlFile, error) {
	there := map[string]string{}
	names, err := fs.Glob(os.DirFS(dir), "*.sql")
	if err != nil {
		return sqlFile{}, err
	}
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return sqlFile{}, err
		}
		there[name] = string(data)
	}
	old, err := os.ReadFile(filepath.Join(dir, atlasSumName))
	if err == nil && string(old) != sumOf(there) {
		return sqlFile{}, errors.New(atlasSumName + " does not fit the files beside it: look at what was changed, then run atlas migrate hash")
	}
	for _, f := range files {
		there[f.name] = f.text
	}
	return sqlFile{atlasSumName, sumOf(there)}, nil
}

// sumOf writes the sum of each file with those before it, and the sum of those (https://atlasgo.io/concepts/migration-directory-integrity).
func sumOf(files map[string]string) string {
	running, total := sha256.New(), sha256.New()
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		running.Write([]byte(name))
		if strings.HasPrefix(files[name], "-- atlas:sum ignore\n") {
			continue
		}
		running.Write([]byte(files[name]))
		sum := base64.StdEncoding.EncodeToString(running.Sum(nil))
		total.Write([]byte(name + sum))
		lines.WriteString(name + " h1:" + sum + "\n")
	}
	return "h1:" + base64.StdEncoding.EncodeToString(total.Sum(nil)) + "\n" + lines.String()
}
