package adopt

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/literal"
	"github.com/modelgen/modelgen/gen/load"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Null says what Go type a column has that can be NULL.
type Null string

// The ways to hold NULL. The zero value is NullPointer.
const (
	NullPointer Null = "pointer" // *string
	NullSQL     Null = "sql"     // sql.NullString, sql.Null[T]
)

// Config says how the models are written.
type Config struct {
	Package  string   // name of the package
	Generate string   // the flags of the go:generate line, such as -out ../migrations
	Split    bool     // a file for each table
	Null     Null     // "" is NullPointer
	Embed    bool     // columns that several tables share, as created_at and updated_at, become a struct that is embedded
	Requires []string // paths of the modules that may be imported, for uuid.UUID and decimal.Decimal
	Only     string   // the one dialect that the project is for
}

// File is one Go file.
type File struct {
	Name    string // without a directory
	Content []byte
}

// Result is what was written of a database.
type Result struct {
	Files       []File
	Comments    bool                  // doc comments are the comments of the database: generate with -comments
	Tables      int                   // that became models
	Columns     int                   // of them
	Unexpressed []migrate.Unexpressed // what the models do not say, sorted by object
	Schema      *schema.Schema        // what the models say
}

// Models writes the models of a database. What has no name that Go or a tag can have comes as [finding.Problems], all of it.
func Models(in *migrate.Inspection, cfg Config) (*Result, error) {
	if in.Format != migrate.InspectionFormat {
		return nil, fmt.Errorf("the description of the database has form %d, this version reads %d: run the program's inspect and modelgen of one version", in.Format, migrate.InspectionFormat)
	}
	if cfg.Only == "" {
		cfg.Only = in.Dialect
	}
	w := &writer{cfg: cfg, s: in.Schema.Clone(), unexpressed: slices.Clone(in.Unexpressed), structs: map[string]string{}, fields: map[string]map[string]string{}}
	if len(w.s.Tables) == 0 {
		return nil, finding.Problems{"the database has no tables" + others(in)}
	}
	w.check()
	if len(w.problems) > 0 {
		return nil, w.problems
	}
	w.comments = hasComments(w.s)
	w.defaults()
	w.leaveOut()
	w.exclusions()
	w.nameTypes()
	w.nameEnums()
	w.lists()
	w.omitNames()
	w.omitExclusions()
	if cfg.Embed {
		w.shared()
	}
	files, err := w.files()
	if err != nil {
		return nil, err
	}
	r := &Result{Files: files, Comments: w.comments, Tables: len(w.s.Tables), Unexpressed: w.unexpressed, Schema: w.s}
	for _, t := range w.s.Tables {
		r.Columns += len(t.Columns)
	}
	slices.SortStableFunc(r.Unexpressed, func(a, b migrate.Unexpressed) int { return strings.Compare(a.Object, b.Object) })
	return r, nil
}

// others says what a database without tables has.
func others(in *migrate.Inspection) string {
	var kinds []string
	for _, u := range in.Unexpressed {
		kinds = append(kinds, u.Object)
	}
	if len(kinds) == 0 {
		return " that could be adopted: is it the right one, and is -schema the right schema?"
	}
	return fmt.Sprintf(", only %s", strings.Join(kinds[:min(len(kinds), 5)], ", "))
}

// writer is one call of Models on its way.
type writer struct {
	cfg         Config
	s           *schema.Schema // what the models are to say; names that they leave out are in omit
	unexpressed []migrate.Unexpressed
	problems    finding.Problems

	structs   map[string]string            // Go type by table
	fields    map[string]map[string]string // Go field by table and column
	enums     map[string]*valueType        // Go types of native enums, by name
	enumOf    map[string]string            // ":Type" by table.column, where the field has another type than the enum
	values    map[string]*valueType        // Go types of columns whose check lists their values, by table.column
	types     []*valueType                 // all of both, in the order in which they are written
	taken     map[string]bool              // names of the package
	omit      map[named]bool               // objects whose name is the one that is derived
	mixins    []*mixin
	embedding map[string]map[string]*mixin // by table and column: the struct that has it
	comments  bool
}

// named is an object of a table.
type named struct{ table, kind, name string }

func (w *writer) left(object, format string, args ...any) {
	w.unexpressed = append(w.unexpressed, migrate.Unexpressed{Object: object, Why: fmt.Sprintf(format, args...)})
}

// check finds names that a tag cannot have. Nothing is written then.
func (w *writer) check() {
	for _, t := range w.s.Tables {
		for _, part := range strings.SplitN(t.Name, ".", 2) {
			if err := load.CheckName(part); err != nil {
				w.problems = append(w.problems, fmt.Sprintf("table %s: a tag cannot hold that name (%s): rename it first, or leave it out with -ignore %s", t.Name, err, Ignoring(t.Name)))
				break
			}
		}
		lower := map[string]string{}
		for _, c := range t.Columns {
			if err := load.CheckName(c.Name); err != nil {
				w.problems = append(w.problems, fmt.Sprintf("column %q of table %s: a tag cannot hold that name (%s): rename it first, or leave the table out with -ignore %s", c.Name, t.Name, err, Ignoring(t.Name)))
			}
			low := strings.ToLower(c.Name)
			if other, twice := lower[low]; twice {
				w.problems = append(w.problems, fmt.Sprintf("table %s has columns %s and %s: no model can have both, as SQLite takes them for one: rename one first", t.Name, other, c.Name))
			}
			lower[low] = c.Name
		}
		if len(t.Columns) == 0 {
			w.problems = append(w.problems, fmt.Sprintf("table %s has no columns: leave it out with -ignore %s", t.Name, t.Name))
		}
	}
}

// Ignoring returns a table as -ignore takes it on a command line: a pattern without blanks and commas.
func Ignoring(table string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" ,'\"\\`$*[]()&;|<>", r) {
			return '?'
		}
		return r
	}, table)
}

// hasComments reports whether anything has a comment, and each can be a doc comment.
func hasComments(s *schema.Schema) bool {
	found := false
	for _, t := range s.Tables {
		texts := []string{t.Comment}
		for _, c := range t.Columns {
			texts = append(texts, c.Comment)
		}
		for _, text := range texts {
			found = found || text != "" && docComment(text)
		}
	}
	return found
}

// docComment reports whether a doc comment is read as exactly this text.
func docComment(text string) bool {
	return text != "" && strings.Join(strings.Fields(text), " ") == text && !strings.HasPrefix(text, "//") && !strings.Contains(text, "modelgen:") &&
		!strings.HasPrefix(text, "#") && !strings.HasPrefix(text, "go:")
}

// defaults brings the literals of defaults into the one form that models have. What no value of the column's type is, as a text that is too long for
// it, is an expression: the database has it all the same.
func (w *writer) defaults() {
	for _, t := range w.s.Tables {
		for i := range t.Columns {
			c := &t.Columns[i]
			if c.Default == nil {
				continue
			}
			if s, err := literal.Check(c.Type, *c.Default); err == nil {
				c.Default = &s
			} else {
				value, bare := quoted(*c.Default), schema.Type{Kind: c.Type.Kind}
				if c.Type.Literal() == schema.NumberLiteral {
					value = *c.Default
				}
				switch c.Type.Kind {
				case schema.KindSmallInt, schema.KindBigInt:
					bare.Kind = schema.KindInteger // as the database takes the digits
				}
				c.Default, c.DefaultExpr = nil, "CAST("+value+" AS "+bare.String()+")"
			}
		}
	}
}

// constants takes out checks and indexes that models cannot have, as no column is in what they say: CHECK (false) of a table that others inherit from.
func (w *writer) constants(t *schema.Table) {
	const why = "models say of expressions only such as name a column (%s); it stays in the database"
	columns := t.ColumnNames()
	t.Checks = slices.DeleteFunc(t.Checks, func(c schema.Check) bool {
		err := load.CheckColumns(c.Expr, columns)
		if err != nil {
			w.left(strings.TrimSpace(fmt.Sprintf("table %s: check %s", t.Name, c.Name)), why, c.Expr)
			w.allow("constraint", c.Name, t)
		}
		return err != nil
	})
	t.Indexes = slices.DeleteFunc(t.Indexes, func(x schema.Index) bool {
		says := []string{x.Where}
		for _, p := range x.Parts {
			says = append(says, p.Expr)
		}
		i := slices.IndexFunc(says, func(sql string) bool { return sql != "" && load.CheckColumns(sql, columns) != nil })
		if i >= 0 {
			w.left(fmt.Sprintf("table %s: index %s", t.Name, x.Name), why, says[i])
			w.unexpressed[len(w.unexpressed)-1].SQL = indexSQL(t, x)
			w.allow("index", x.Name, t)
		}
		return i >= 0
	})
}

// indexSQL returns a statement that makes an index like the one that is left.
func indexSQL(t *schema.Table, x schema.Index) string {
	var parts []string
	for _, p := range x.Parts {
		if p.Expr != "" {
			parts = append(parts, "("+p.Expr+")")
		} else {
			parts = append(parts, schema.QuoteName(p.Column))
		}
	}
	make, where := "CREATE INDEX ", ""
	if x.Unique {
		make = "CREATE UNIQUE INDEX "
	}
	if x.Where != "" {
		where = " WHERE " + x.Where
	}
	return make + schema.QuoteName(x.Name) + " ON " + schema.QuoteName(t.Name) + " (" + strings.Join(parts, ", ") + ")" + where
}

// allow lets verify pass over what was left in a table last.
func (w *writer) allow(kind, name string, t *schema.Table) {
	on := schema.Object{Kind: kind, Name: schema.QuoteName(cmp.Or(name, "unnamed")), Table: schema.QuoteName(t.Name)}
	w.unexpressed[len(w.unexpressed)-1].Allow = on.String()
}

// leaveOut takes out what points to tables that are not there, and what an index says though it is so anyway.
func (w *writer) leaveOut() {
	for _, t := range w.s.Tables {
		for i := range t.Indexes {
			for j, p := range t.Indexes[i].Parts {
				if p.Desc == (p.Nulls == schema.NullsFirst) {
					t.Indexes[i].Parts[j].Nulls = schema.NullsDefault
				}
			}
		}
		w.constants(t)
		t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(f schema.ForeignKey) bool {
			if w.s.Table(f.RefTable) != nil {
				return false
			}
			w.left(strings.TrimSpace(fmt.Sprintf("table %s: foreign key %s", t.Name, f.Name)), "it refers to %s, which is not adopted (-schema, -ignore, no struct); it stays in the database, and no model says it", f.RefTable)
			w.allow("constraint", f.Name, t)
			return true
		})
	}
}
