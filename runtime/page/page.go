// Package page shows a schema and its history to people: as one HTML page that needs no network, as a drawing in SVG, and as a graph in the language of
// Graphviz.
//
// The page is correct without JavaScript; with it tables can be searched, the diagram zoomed, and two points of the history compared. Every name, comment
// and statement in it is escaped, and its Content-Security-Policy lets nothing run and nothing load but what the page brings. The same input
// is the same bytes, in whatever order tables and migrations come.
//
// modelgen show and the verb show of [github.com/modelgen/modelgen/runtime/cli] fill in an [Input] and write it; a program can serve it from its own pages:
//
//	http.HandleFunc("/schema", func(w http.ResponseWriter, r *http.Request) { page.New(page.FromSet(migrations.All, postgres.Dialect{})).HTML(w) })
package page

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Input is what is shown.
type Input struct {
	Set        string         // name of the set
	Migrations []Migration    // in any order
	Schema     *schema.Schema // after all of them; nil is what their ops make
	Databases  []Database     // that SQL and types are shown for

	// Places are where the Go structs of tables are, by the names of the tables: "products" -> "models/models.go:12".
	Places map[string]string

	// Unknown are the migrations that the database has and nobody else knows.
	Unknown []string

	// From and To are the points that are compared: names of migrations, beginnings of them, or zero for the empty database. Both empty is no
	// comparison, To alone empty is the newest.
	From, To string
}

// Migration is one migration.
type Migration struct {
	Name     string
	Parents  []string // names; those of other sets are none of the Input
	Replaces []string
	Ops      []Op
	Place    string // file and line
	Findings []Finding
	State    string // in the database that is shown: "applied", "pending", ...; "" is not known
	When     string // what is known of when: "2026-01-02 15:04:05"
}

// Op is one op of a migration.
type Op struct {
	Value migrate.Op // nil is one whose text cannot be read as data
	Says  string     // what it does, where Value is nil
}

// Finding is what lint says of a migration.
type Finding struct {
	Severity string // error, warning, note
	Code     string
	Message  string
	Safe     string // the safe way
	Place    string
}

// Database is a database that migrations are for.
type Database struct {
	Dialect migrate.Dialect
	Version int // of the server, see [migrate.Dialect]; 0 is the oldest
}

// Label returns how people call it: "PostgreSQL 14".
func (d Database) Label() string {
	c := d.Dialect.Capabilities()
	label := cmp.Or(c.Product, c.Name)
	if d.Version > 0 {
		label = fmt.Sprintf("%s %d", label, d.Version)
	}
	return label
}

// FromSet returns the input that shows a set, for the databases of the dialects.
func FromSet(set *migrate.Set, dialects ...migrate.Dialect) Input {
	in := Input{Set: set.Name()}
	for _, d := range dialects {
		in.Databases = append(in.Databases, Database{Dialect: d, Version: d.Capabilities().Oldest})
	}
	names := map[*migrate.Migration]string{}
	for name, m := range set.Named() {
		names[m] = name
		x := Migration{Name: name}
		for _, r := range m.Replaces {
			x.Replaces = append(x.Replaces, strings.TrimSuffix(name, m.Name)+r)
		}
		for _, p := range m.Parents {
			x.Parents = append(x.Parents, names[p])
		}
		for _, op := range m.Ops {
			x.Ops = append(x.Ops, Op{Value: op})
		}
		in.Migrations = append(in.Migrations, x)
	}
	return in
}

// Page is an [Input] that has been understood.
type Page struct {
	in      Input
	schema  *schema.Schema
	history *history
	diagram *diagram
	compare *comparison // nil is none
	err     error
}

// New looks at an input. What is wrong with it, such as a point that is not there, is returned by the methods.
func New(in Input) *Page {
	p := &Page{in: in}
	p.history = newHistory(in.Migrations)
	if p.schema = in.Schema; p.schema == nil {
		p.schema = p.history.schema
	}
	p.schema = sorted(p.schema)
	p.diagram = newDiagram(p.schema)
	if in.From != "" || in.To != "" {
		p.compare, p.err = p.history.between(in.From, in.To)
	}
	return p
}

// sorted returns a schema in the order in which it is shown, whatever the order was.
func sorted(s *schema.Schema) *schema.Schema {
	c := s.Clone()
	slices.SortFunc(c.Tables, func(a, b *schema.Table) int { return strings.Compare(a.Name, b.Name) })
	for _, t := range c.Tables {
		t.Sort()
	}
	slices.SortFunc(c.Enums, func(a, b *schema.Enum) int { return strings.Compare(a.Name, b.Name) })
	slices.Sort(c.Namespaces)
	c.SortSQLObjects()
	return c
}

// HTML writes the page.
func (p *Page) HTML(w io.Writer) error {
	if p.err != nil {
		return p.err
	}
	_, err := io.WriteString(w, p.html())
	return err
}

// SVG writes the diagram of the tables as a drawing, light or dark as whoever looks at it wants it. With From or To it is that of the tables at To, with
// those that are gone since From.
func (p *Page) SVG(w io.Writer) error {
	if p.err != nil {
		return p.err
	}
	d := p.diagram
	if p.compare != nil {
		d = newDiagram(sorted(p.drawn()))
	}
	_, err := io.WriteString(w, d.file(p.in.Set, p.marks()))
	return err
}

// DOT writes the tables and their foreign keys in the language of Graphviz.
func (p *Page) DOT(w io.Writer) error {
	if p.err != nil {
		return p.err
	}
	_, err := io.WriteString(w, dot(p.in.Set, p.schema, p.diagram))
	return err
}

// WriteFile writes the page to a file, and returns its name: index.html in the directory to, which is made where it is missing; a name that ends in
// .html is that of the file itself.
func (p *Page) WriteFile(to string) (string, error) {
	if p.err != nil {
		return "", p.err
	}
	if !strings.HasSuffix(to, ".html") {
		to = filepath.Join(to, "index.html")
	}
	dir := filepath.Dir(to)
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return "", fmt.Errorf("%s is a file and no directory; nothing was written; name a directory, or a file that ends in .html", dir)
	}
	if info, err := os.Stat(to); err == nil && info.IsDir() {
		return "", fmt.Errorf("%s is a directory; nothing was written; what ends in .html is the name of the page itself", to)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	return to, os.WriteFile(to, []byte(p.html()), 0o666)
}
