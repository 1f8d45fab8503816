package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/ptytest"
)

// TestAdoptOnTerminal: a person is asked about the columns that a struct has no field for, in one conversation; without an answer, or without a terminal, nothing is written.
func TestAdoptOnTerminal(t *testing.T) {
	m := newModule(t)
	t.Setenv("CI", "")
	t.Setenv("TERM", "xterm")
	t.Setenv("NO_COLOR", "1")
	for _, e := range m.env {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
	const database = `{"modelgenInspection":1,"dialect":"postgres","version":15,"schema":{"tables":[
{"name":"customers","columns":[{"name":"id","type":"bigint"},{"name":"email","type":"text"},{"name":"phone","type":"text","nullable":true}],"primaryKey":{"name":"customers_pkey","columns":["id"]}},
{"name":"orders","columns":[{"name":"id","type":"bigint"},{"name":"customer_id","type":"bigint"},{"name":"note","type":"text","nullable":true},{"name":"made","type":"timestamptz"}],"primaryKey":{"name":"orders_pkey","columns":["id"]},"foreignKeys":[{"name":"orders_customer_id_fkey","columns":["customer_id"],"refTable":"customers","refColumns":["id"]}]}]}}`
	const structs = "package store\n\ntype Customer struct {\n\tID    int64\n\tEmail string\n}\n\ntype Order struct {\n\tID         int64\n\tCustomerID int64\n}\n"
	const refused = "store/store.go:3:6: Customer has no field for phone of table customers: add it, let -add do it, or leave out the table with -ignore customers\n" +
		"store/store.go:8:6: Order has no field for note, made of table orders: add them, let -add do it, or leave out the table with -ignore orders\nnothing was written\n"
	for _, c := range []struct {
		name, types string
		pipe        bool
		says        string
		has, lacks  []string // parts of the file
	}{
		{name: "no terminal", pipe: true, says: refused},
		{name: "no answer", types: "1\n\n", says: refused},
		{name: "all", types: "1\n1\n", says: "2 tables with 7 columns were read", has: []string{"Phone *string `db:\"phone\"`", "Made time.Time `db:\"made\"`", `import ( "time" )`, `table:"customers"`, `db:"customer_id,fk:Customer"`}},
		{name: "one is left", types: "2\n1\n", says: "table customers: it was left out and stays as it is\n", has: []string{"Note *string", `table:"orders"`}, lacks: []string{`table:"customers"`, "Phone"}},
		{name: "both are left", types: "3\n2\n2\n", says: "every table that has a struct was left out\nnothing was written"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &scenario{t: t, dir: t.TempDir()}
			s.write("go.mod", lightModule(t, m))
			s.write("go.sum", m.sum)
			s.write("store/store.go", []byte(structs))
			s.write("db.json", []byte(database))
			slave, types, written := ptytest.OpenTyped(t, 200)
			types(c.types)
			var out, problems strings.Builder
			e := env{dir: s.dir, stdin: slave, stdout: &out, stderr: slave}
			if c.pipe {
				e.stderr = &problems
			}
			code := run(t.Context(), e, []string{"adopt", "-into", "store", "db.json"})
			text := strings.ReplaceAll(written(), "\r\n", "\n") + problems.String()
			if !strings.Contains(text, c.says) || (code == 0) != (len(c.has) > 0) {
				t.Errorf("exit status %d: %s\nwant: %s", code, text, c.says)
			}
			if c.pipe == strings.Contains(text, "1  give the struct what is missing (-add)\n  2  leave the table out (-ignore customers)\n1-2, or nothing to stop: ") {
				t.Errorf("asked in a pipe, or not asked at a terminal: %s", text)
			}
			data, err := os.ReadFile(filepath.Join(s.dir, "store", "store.go"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(filepath.Join(s.dir, "migrations")); (err == nil) != (len(c.has) > 0) || len(c.has) == 0 && string(data) != structs {
				t.Errorf("half of it was written: %v\n%s", err, data)
			}
			source := strings.Join(strings.Fields(string(data)), " ")
			for _, part := range c.has {
				if !strings.Contains(source, part) {
					t.Errorf("no %s in:\n%s", part, data)
				}
			}
			for _, part := range c.lacks {
				if strings.Contains(source, part) {
					t.Errorf("there is %s in:\n%s", part, data)
				}
			}
		})
	}
}
