package diff

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/internal/bug"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Input is what [Diff] compares.
type Input struct {
	Old     *schema.Schema // the snapshot; all names explicit
	New     *schema.Schema // from the models; names may be empty, then they are derived or taken over from Old
	Hints   []Hint         // was: on objects other than tables, columns and values, which carry theirs
	Answers Answers
	// Allows reports whether the text of an object may name a table, or a column of one, that goes, as it means something else; nil is never.
	Allows func(o schema.SQLObject, table, column string) bool
	// Dialects are those that the project targets: a default counts only when each of them has it. Without any nothing is known of databases.
	Dialects []migrate.Capabilities
}

// Hint says that an object used to have another name.
type Hint struct {
	Kind  string // "index", "constraint", "enum"
	Table string // of an index or constraint
	Name  string // as it is now
	Was   string
}

// Result is what [Diff] found.
type Result struct {
	Ops         []migrate.Op
	Schema      *schema.Schema // after the ops; equal to New, with all names
	Questions   []Question     // when there are any, Ops and Schema are not to be used
	Stale       []string       // objects whose was: hint has been used up and can go: "products.label"
	Used        []string       // answers that were needed, as flags, sorted
	DualWritten []string       // columns that -contract will bring to their end: "products.label"
}

// Error is something that no answer can fix: the input contradicts itself.
type Error struct {
	Object string // "products" or "products.label", for the position
	Msg    string
	In     *schema.SQLObject // the object whose text it is about, nil for none
	At     int               // byte of its statement, see [schema.SQLObject.Statement]
}

// Error implements the error interface.
func (e *Error) Error() string { return e.Object + ": " + e.Msg }

// Errors is all errors of one comparison.
type Errors []*Error

// Error implements the error interface.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, x := range e {
		lines[i] = x.Error()
	}
	return strings.Join(lines, "\n")
}

// compare is one comparison. The differ that made it knows what was paired with what.
func compare(in Input, f dualWrites) (*Result, *differ, error) {
	d := &differ{in: in, filled: f.filled, old: in.Old, new: in.New.Clone(), cur: in.Old.Clone(), used: map[string]bool{}, forgotten: map[[3]string]*string{}, fills: map[string][]migrate.Fill{}, late: map[string][]string{}}
	d.lineEnds()
	d.pair()
	if len(d.errs) > 0 {
		return nil, nil, d.errs
	}
	d.classify()
	d.checkRenames()
	d.questionsOnly = len(d.questions) > 0
	if !d.questionsOnly {
		d.run()
		d.fillsRefer()
		d.sqlObjects()
	}
	d.checkAnswers()
	if len(d.errs) > 0 {
		return nil, nil, d.errs
	}
	if d.bug != nil {
		return nil, nil, bug.Error("the comparison failed", d.bug)
	}
	res := &Result{Ops: d.ops, Schema: d.cur, Questions: d.questions, Stale: d.stale}
	for flag := range d.used {
		res.Used = append(res.Used, flag)
	}
	slices.Sort(res.Used)
	slices.Sort(res.Stale)
	sortQuestions(res.Questions)
	if len(res.Questions) == 0 {
		d.recordHints()
		if err := d.verify(); err != nil {
			return nil, nil, bug.Error("the comparison failed", err)
		}
	}
	return res, d, nil
}

// lineEnds makes every end of a line in a comment the same: an editor or git may write another one, and that is no change.
func (d *differ) lineEnds() {
	plain := func(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n") }
	for _, t := range d.new.Tables {
		t.Comment = plain(t.Comment)
		for i := range t.Columns {
			t.Columns[i].Comment = plain(t.Columns[i].Comment)
		}
	}
}

// differ is one comparison on its way.
type differ struct {
	in       Input
	old      *schema.Schema               // untouched
	new      *schema.Schema               // names get filled in
	cur      *schema.Schema               // old, with the ops so far applied
	pair2old map[string]string            // new table -> old table
	cols     map[string]map[string]string // new table -> new column -> old column
	gone     []string                     // old tables that go
	made     []string                     // new tables that are created

	enumOf       map[string]string                    // new enum -> old enum
	moved        []rename                             // enums that follow their tables into another schema
	old2new      map[string]string                    // old table -> new table
	oldCol       map[string]map[string]string         // new table -> old column -> new column
	wasGenerated map[string]computed                  // new columns that replace one, because an expression comes, goes or changes
	valueRenames map[string][]migrate.RenameEnumValue // new enum -> renamed values
	unordered    map[string]bool                      // new enums whose source leaves the order of the values that stay
	goneValues   map[string]map[string]string         // new enum -> old values that go -> what they are called until then
	late         map[string][]string                  // new table -> columns that go after values have been computed from them
	lateTables   []string                             // old tables that go after that
	asides       []aside                              // those of them whose names are taken meanwhile
	lost         map[string][]string                  // new table -> columns of keys that go, each joined
	fills        map[string][]migrate.Fill            // new table -> values of check lists that are renamed

	filled map[string]bool // columns, as table.column, in which no row lacks a value

	want *schema.Schema         // old with every rename applied: what the rest of old looks like in new names
	drop map[string]*tableDrops // new table name -> what goes of it

	ops           []migrate.Op
	questions     []Question
	open          []string // tables and columns that may turn out to have been others
	questionsOnly bool
	errs          Errors
	bug           error
	stale         []string
	used          map[string]bool
	spent         map[string]bool
	renameAnswers []rename
	rowsDone      bool                  // the rows are those of the models
	forgotten     map[[3]string]*string // values of rows that a change of type casts, by table, row and column
}

// computed is what is known of a column that another one replaces.
type computed struct {
	name     string // of the old column
	expr     string // which its values can still be computed with; "" when it had none, or what that mentions goes
	nullable bool   // it could be NULL, as what it was computed from
}

func (d *differ) fail(object, format string, args ...any) {
	d.errs = append(d.errs, &Error{Object: object, Msg: fmt.Sprintf(format, args...)})
}

// emit adds an op and applies it; an op that does not fit is a mistake of this package.
func (d *differ) emit(op migrate.Op) {
	if d.bug != nil {
		return
	}
	if f, ok := op.(migrate.Fill); ok {
		// It changes no schema, and what it reads may be emitted later: it is applied when all is sorted.
		d.ops = append(d.ops, d.filling(f))
		return
	}
	if err := op.Apply(d.cur); err != nil {
		d.bug = err
		return
	}
	d.ops = append(d.ops, op)
}

// run emits all ops in their order. What is after the renames is then sorted by what it reads.
func (d *differ) run() {
	d.findLate()
	d.dropForeignKeys()
	d.dropTables(without(d.gone, d.lateTables))
	d.undistribute()
	d.dropConstraints()
	d.endDualWrites()
	d.dropColumns()
	d.moveAside()
	d.renames()

	from := len(d.ops)
	d.createSchemas()
	d.enums()
	d.createTables()
	d.addColumns()
	d.beginDualWrites()
	d.alterColumns()
	d.rows(rowsEarly)
	if d.enumsLose() { // no row may hold a value that goes
		d.dropLate()
	}
	d.alterEnumsLast()
	d.addConstraints()
	d.rows(rowsBeforeKeys)
	d.distribute()
	d.addForeignKeys()
	d.notNullLast(from)
	d.dropLate()
	d.rows(rowsLast)
	d.dropEnums()
	d.dropSchemas()
	d.comments()
	if len(d.errs) == 0 {
		d.sortByNeed(from)
	}
}

// recordHints writes the rename hints of the models beside the objects, so that they never act again.
func (d *differ) recordHints() {
	for _, t := range d.new.Tables {
		c := d.cur.Table(t.Name)
		if c == nil {
			continue
		}
		c.Was = t.Was
		for i := range t.Columns {
			if col := c.Column(t.Columns[i].Name); col != nil {
				col.Was = t.Columns[i].Was
				col.ValueWas = t.Columns[i].ValueWas
			}
		}
	}
	for i, o := range d.new.SQLObjects {
		if i < len(d.cur.SQLObjects) && d.cur.SQLObjects[i].Same(o) { // both are sorted
			d.cur.SQLObjects[i].Was = o.Was
		} else if c := d.cur.SQLObject(o); c != nil {
			c.Was = o.Was
		}
	}
	for _, e := range d.new.Enums {
		if c := d.cur.Enum(e.Name); c != nil {
			c.Was, c.Owner, c.ValueWas = e.Was, e.Owner, e.ValueWas
		}
	}
}

// verify makes sure that the ops lead to the new schema.
func (d *differ) verify() error {
	if a, b := names(d.cur.Tables), names(d.new.Tables); !slices.Equal(a, b) {
		return fmt.Errorf("tables are %v, not %v", a, b)
	}
	for _, n := range d.new.Tables {
		c := d.cur.Table(n.Name)
		if len(c.Columns) != len(n.Columns) {
			return fmt.Errorf("%s has columns %v, not %v", n.Name, c.ColumnNames(), n.ColumnNames())
		}
		for _, col := range n.Columns {
			if got := c.Column(col.Name); got == nil || !got.Equal(col) {
				return fmt.Errorf("%s.%s is not as the model says", n.Name, col.Name)
			}
		}
		n.Sort()
		switch {
		case !n.PrimaryKey.Equal(c.PrimaryKey):
			return fmt.Errorf("primary key of %s", n.Name)
		case !slices.EqualFunc(n.Uniques, c.Uniques, schema.Unique.Equal):
			return fmt.Errorf("unique constraints of %s", n.Name)
		case !slices.Equal(n.Checks, c.Checks):
			return fmt.Errorf("checks of %s: %v, not %v", n.Name, c.Checks, n.Checks)
		case !slices.EqualFunc(n.ForeignKeys, c.ForeignKeys, schema.ForeignKey.Equal):
			return fmt.Errorf("foreign keys of %s", n.Name)
		case !slices.EqualFunc(n.Indexes, c.Indexes, schema.Index.Equal):
			return fmt.Errorf("indexes of %s", n.Name)
		case !slices.EqualFunc(n.DualWrites, c.DualWrites, schema.DualWrite.Equal):
			return fmt.Errorf("dual writes of %s", n.Name)
		}
		if reflect.DeepEqual(c, n) { // most are, and their facts are many
			continue
		}
		if err := sameFacts(&schema.Schema{Tables: []*schema.Table{c}}, &schema.Schema{Tables: []*schema.Table{n}}); err != nil {
			return err
		}
	}
	for _, e := range d.new.Enums {
		if c := d.cur.Enum(e.Name); c == nil || !slices.Equal(c.Values, e.Values) {
			return fmt.Errorf("enum %s", e.Name)
		}
	}
	if !slices.EqualFunc(d.cur.SQLObjects, d.new.SQLObjects, schema.SQLObject.Equal) {
		return fmt.Errorf("the ops make %v, and the SQL files say %v", d.cur.SQLObjects, d.new.SQLObjects)
	}
	cur, made := *d.cur, *d.new
	cur.Tables, made.Tables = nil, nil
	cur.SQLObjects, made.SQLObjects = nil, nil
	return sameFacts(&cur, &made)
}

// sameFacts returns an error with the first fact that only one of the schemas has.
func sameFacts(cur, made *schema.Schema) error {
	got, want := facts(cur), facts(made)
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			return fmt.Errorf("the ops make %+v, and the models say %+v", got[min(i, len(got)):min(i+1, len(got))], want[min(i, len(want)):min(i+1, len(want))])
		}
	}
	return nil
}

// facts returns what a schema says that models say too. They do not say which PostgreSQL schemas there are, and a new column comes last.
func facts(s *schema.Schema) []schema.Fact {
	return slices.DeleteFunc(schema.Facts(s), func(f schema.Fact) bool {
		return f.Kind == "object" || f.Kind == "schema" || f.Kind == "table" && f.Attr == "columns"
	})
}

func names(tables []*schema.Table) []string {
	out := make([]string, len(tables))
	for i, t := range tables {
		out[i] = t.Name
	}
	return out
}
