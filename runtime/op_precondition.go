package migrate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// The checks by which ops refuse a schema they do not fit.

func tableWith(s *schema.Schema, what, table string, columns ...string) (*schema.Table, error) {
	t := s.Table(table)
	if t == nil {
		return nil, noTable(what, s, table)
	}
	for _, c := range columns {
		if t.Column(c) == nil {
			return nil, fmt.Errorf("%s %s: it has no column %s; it has %s", what, table, c, some(t.ColumnNames()))
		}
	}
	return t, nil
}

func checkTable(s *schema.Schema, t *schema.Table) error {
	ns, base := schema.SplitName(t.Name)
	if err := schema.CheckName(base); err != nil {
		return err
	}
	if ns != "" && !s.HasNamespace(ns) {
		return fmt.Errorf("there is no schema %s", ns)
	}
	if len(t.Columns) == 0 {
		return fmt.Errorf("it has no columns")
	}
	seen := make(map[string]bool, len(t.Columns))
	for _, c := range t.Columns {
		if low := strings.ToLower(c.Name); seen[low] {
			return fmt.Errorf("column %s is there twice", c.Name)
		} else {
			seen[low] = true
		}
		if err := checkColumn(s, t, c); err != nil {
			return fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	if t.PrimaryKey != nil {
		if err := checkPrimaryKey(t, t.PrimaryKey); err != nil {
			return fmt.Errorf("primary key: %w", err)
		}
	}
	empty := &schema.Table{Name: t.Name, Columns: t.Columns, PrimaryKey: t.PrimaryKey}
	for _, u := range t.Uniques {
		if err := checkUnique(s, empty, u); err != nil {
			return fmt.Errorf("unique %s: %w", u.Name, err)
		}
		empty.Uniques = append(empty.Uniques, u)
	}
	for _, c := range t.Checks {
		if err := checkCheck(empty, c); err != nil {
			return fmt.Errorf("check %s: %w", c.Name, err)
		}
		empty.Checks = append(empty.Checks, c)
	}
	for _, x := range t.Indexes {
		if err := checkIndex(s, empty, x); err != nil {
			return fmt.Errorf("index %s: %w", x.Name, err)
		}
		empty.Indexes = append(empty.Indexes, x)
	}
	for _, fk := range t.ForeignKeys {
		if err := checkForeignKey(s, empty, fk); err != nil {
			return fmt.Errorf("foreign key %s: %w", fk.Name, err)
		}
		empty.ForeignKeys = append(empty.ForeignKeys, fk)
	}
	return nil
}

func checkColumn(s *schema.Schema, t *schema.Table, c schema.Column) error {
	if err := schema.CheckName(c.Name); err != nil {
		return err
	}
	switch {
	case c.Type.Kind == schema.KindInvalid:
		return fmt.Errorf("it has no type")
	case c.Type.Kind == schema.KindEnum && s.Enum(c.Type.Name) == nil:
		return fmt.Errorf("there is no enum %s", c.Type.Name)
	case c.Default != nil && c.DefaultExpr != "":
		return fmt.Errorf("it has a literal and an expression as default")
	case c.Generated != "" && (c.Default != nil || c.DefaultExpr != "" || c.Identity):
		return fmt.Errorf("a generated column can have neither default nor identity")
	case c.Identity && (c.Default != nil || c.DefaultExpr != "" || c.Nullable):
		return fmt.Errorf("an identity column can have no default and no NULL")
	}
	if c.Default != nil && c.Type.Literal() == schema.NumberLiteral {
		if _, err := strconv.ParseFloat(*c.Default, 64); err != nil {
			return fmt.Errorf("default %q is not a number", *c.Default)
		}
	}
	if c.Default != nil && c.Type.Kind == schema.KindEnum && !c.Type.Array && !slices.Contains(s.Enum(c.Type.Name).Values, *c.Default) {
		return fmt.Errorf("default %q is none of the values of enum %s: %s", *c.Default, c.Type.Name, some(s.Enum(c.Type.Name).Values))
	}
	for _, e := range []string{c.DefaultExpr, c.Generated} {
		if e == "" {
			continue
		}
		if _, err := schema.NormalizeExpr(e); err != nil {
			return fmt.Errorf("expression %s: %w", e, err)
		}
	}
	return nil
}

func checkPrimaryKey(t *schema.Table, pk *schema.PrimaryKey) error {
	if err := checkColumns(t, pk.Columns); err != nil {
		return err
	}
	for _, c := range pk.Columns {
		if t.Column(c).Nullable {
			return fmt.Errorf("column %s can be NULL", c)
		}
	}
	return nil
}

func checkColumns(t *schema.Table, columns []string) error {
	if len(columns) == 0 {
		return fmt.Errorf("it has no columns")
	}
	for i, c := range columns {
		if t.Column(c) == nil {
			return fmt.Errorf("there is no column %s; there are %s", c, some(t.ColumnNames()))
		}
		if slices.Contains(columns[:i], c) {
			return fmt.Errorf("column %s is there twice", c)
		}
	}
	return nil
}

func checkUnique(s *schema.Schema, t *schema.Table, u schema.Unique) error {
	if err := checkNewConstraint(t, u.Name, u.Only); err != nil {
		return err
	}
	if owner := relation(s, t, u.Name, u.Only); owner != "" {
		return fmt.Errorf("its name is that of %s", owner)
	}
	return checkColumns(t, u.Columns)
}

func checkCheck(t *schema.Table, c schema.Check) error {
	if err := checkNewConstraint(t, c.Name, c.Only); err != nil {
		return err
	}
	if _, err := schema.NormalizeExpr(c.Expr); err != nil {
		return fmt.Errorf("expression %s: %w", c.Expr, err)
	}
	return nil
}

// maxObjectName is how many bytes the name of a constraint or an index may have: gorm gives those on SQLite up to 64. A dialect that keeps fewer
// refuses the name when it plans.
const maxObjectName = 64

func checkObjectName(name string) error {
	if len(name) == maxObjectName {
		name = strings.ToValidUTF8(name[:schema.MaxName], "")
	}
	return schema.CheckName(name)
}

func checkNewConstraint(t *schema.Table, name, only string) error {
	if err := checkObjectName(name); err != nil {
		return err
	}
	if len(constraintNames(t, name, only)) > 0 {
		return fmt.Errorf("a constraint of that name already exists")
	}
	return nil
}

func checkIndex(s *schema.Schema, t *schema.Table, x schema.Index) error {
	if err := checkObjectName(x.Name); err != nil {
		return err
	}
	if owner := relation(s, t, x.Name, x.Only); owner != "" {
		return fmt.Errorf("its name is that of %s", owner)
	}
	if len(x.Parts) == 0 {
		return fmt.Errorf("it has no columns")
	}
	for _, p := range x.Parts {
		if (p.Column == "") == (p.Expr == "") {
			return fmt.Errorf("each part is either a column or an expression")
		}
		if p.Column != "" && t.Column(p.Column) == nil {
			return fmt.Errorf("there is no column %s; there are %s", p.Column, some(t.ColumnNames()))
		}
	}
	return nil
}

func checkForeignKey(s *schema.Schema, t *schema.Table, fk schema.ForeignKey) error {
	if err := checkNewConstraint(t, fk.Name, ""); err != nil {
		return err
	}
	if err := checkColumns(t, fk.Columns); err != nil {
		return err
	}
	ref := s.Table(fk.RefTable)
	if fk.RefTable == t.Name {
		ref = t
	}
	if ref == nil {
		return fmt.Errorf("it refers to table %s, which is not there; there are %s", fk.RefTable, some(tableNames(s)))
	}
	if len(fk.Columns) != len(fk.RefColumns) {
		return fmt.Errorf("%d columns refer to %d", len(fk.Columns), len(fk.RefColumns))
	}
	for _, c := range fk.RefColumns {
		if ref.Column(c) == nil {
			return fmt.Errorf("it refers to %s.%s, which is not there; there are %s", fk.RefTable, c, some(ref.ColumnNames()))
		}
	}
	return nil
}

// constraintNames returns pointers to the names of the constraints called so that can be in one database with one that only the dialect has,
// "" for every dialect: one, or one of each dialect.
func constraintNames(t *schema.Table, name, only string) (all []*string) {
	if t.PrimaryKey != nil && t.PrimaryKey.Name == name {
		all = append(all, &t.PrimaryKey.Name)
	}
	for i := range t.Uniques {
		if u := &t.Uniques[i]; u.Name == name && schema.Meet(u.Only, only) {
			all = append(all, &u.Name)
		}
	}
	for i := range t.Checks {
		if c := &t.Checks[i]; c.Name == name && schema.Meet(c.Only, only) {
			all = append(all, &c.Name)
		}
	}
	for i := range t.ForeignKeys {
		if t.ForeignKeys[i].Name == name {
			all = append(all, &t.ForeignKeys[i].Name)
		}
	}
	return all
}

// relation says what in the table already has the name, of those that share one name space with tables and indexes. What only another dialect
// has than the only one does not count. Other tables are looked at by the databases, which are the judges of it.
func relation(_ *schema.Schema, t *schema.Table, name, only string) string {
	if t.PrimaryKey != nil && t.PrimaryKey.Name == name {
		return "the primary key"
	}
	for _, u := range t.Uniques {
		if u.Name == name && schema.Meet(u.Only, only) {
			return "a unique constraint"
		}
	}
	for _, x := range t.Indexes {
		if x.Name == name && schema.Meet(x.Only, only) {
			return "another index"
		}
	}
	return ""
}

// keyed reports whether something else than the constraint called except makes the columns unique.
func keyed(t *schema.Table, columns []string, except string) bool {
	same := func(cs []string) bool {
		a, b := slices.Sorted(slices.Values(cs)), slices.Sorted(slices.Values(columns))
		return slices.Equal(a, b)
	}
	if t.PrimaryKey != nil && t.PrimaryKey.Name != except && same(t.PrimaryKey.Columns) {
		return true
	}
	for _, u := range t.Uniques {
		if u.Only == "" && u.Name != except && same(u.Columns) {
			return true
		}
	}
	for _, x := range t.Indexes {
		if x.Unique && x.Only == "" && x.Where == "" && x.Name != except && len(x.Columns()) == len(x.Parts) && same(x.Columns()) {
			return true
		}
	}
	return false
}

// referring names a foreign key that refers to exactly these columns of t.
func referring(s *schema.Schema, t *schema.Table, columns []string) string {
	want := slices.Sorted(slices.Values(columns))
	for _, other := range s.Tables {
		for _, fk := range other.ForeignKeys {
			if fk.RefTable == t.Name && slices.Equal(slices.Sorted(slices.Values(fk.RefColumns)), want) {
				return fk.Name + " of " + other.Name
			}
		}
	}
	return ""
}

// usedBy says what still uses the column.
func usedBy(s *schema.Schema, t *schema.Table, column string) string {
	if t.PrimaryKey != nil && slices.Contains(t.PrimaryKey.Columns, column) {
		return "the primary key"
	}
	for _, u := range t.Uniques {
		if slices.Contains(u.Columns, column) {
			return "unique constraint " + u.Name
		}
	}
	for _, fk := range t.ForeignKeys {
		if slices.Contains(fk.Columns, column) {
			return "foreign key " + fk.Name
		}
	}
	mentions := func(expr string) bool { return expr != "" && len(schema.ExprColumns(expr, []string{column})) > 0 }
	for _, x := range t.Indexes {
		if slices.Contains(x.Columns(), column) || slices.Contains(x.Include, column) || mentions(x.Where) ||
			slices.ContainsFunc(x.Parts, func(p schema.IndexPart) bool { return mentions(p.Expr) }) {
			return "index " + x.Name
		}
	}
	for _, c := range t.Checks {
		if mentions(c.Expr) {
			return "check " + c.Name
		}
	}
	for _, c := range t.Columns {
		if c.Name != column && mentions(c.Generated) {
			return "generated column " + c.Name
		}
	}
	for _, other := range s.Tables {
		for _, fk := range other.ForeignKeys {
			if fk.RefTable == t.Name && slices.Contains(fk.RefColumns, column) {
				return "foreign key " + fk.Name + " of " + other.Name
			}
		}
	}
	return ""
}

// differs says in what a table differs from what an op says it is, or "".
func differs(want, got *schema.Table) string {
	if a, b := want.ColumnNames(), got.ColumnNames(); !slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))) {
		return "its columns are " + some(a) + ", but they are " + some(b)
	}
	for _, c := range want.Columns {
		if d := got.Column(c.Name); !c.Equal(*d) {
			return "column " + c.Name + " is " + c.Describe() + ", but it is " + d.Describe()
		}
	}
	switch {
	case !want.PrimaryKey.Equal(got.PrimaryKey):
		return "another primary key than there is"
	case !slices.EqualFunc(want.Uniques, got.Uniques, schema.Unique.Equal):
		return "other unique constraints than there are"
	case !slices.Equal(want.Checks, got.Checks):
		return "other checks than there are"
	case !slices.EqualFunc(want.ForeignKeys, got.ForeignKeys, schema.ForeignKey.Equal):
		return "other foreign keys than there are"
	case !slices.EqualFunc(want.Indexes, got.Indexes, schema.Index.Equal):
		return "other indexes than there are"
	}
	said, there := definitionFacts(want), definitionFacts(got)
	for i := range min(len(said), len(there)) {
		if said[i] != there[i] { // of the names nothing differs any more
			return fmt.Sprintf("another %s of the table than there is", cmp.Or(said[i].Attr, there[i].Attr, said[i].Kind))
		}
	}
	if len(said) != len(there) {
		return "something else of the table than there is"
	}
	return ""
}

// definitionFacts returns what a table says, without what may differ: its comment, and the order of its columns.
func definitionFacts(t *schema.Table) []schema.Fact {
	return slices.DeleteFunc(schema.Facts(&schema.Schema{Tables: []*schema.Table{t}}), func(f schema.Fact) bool {
		return f.Kind == "table" && (f.Attr == "comment" || f.Attr == "columns")
	})
}

// alteration says in few words what changes between two definitions of a column.
func alteration(from, to schema.Column) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if from.Type != to.Type || !maps.Equal(from.TypeFor, to.TypeFor) {
		add("type %s to %s", from.Type, to.Type)
	}
	if from.Nullable != to.Nullable {
		add("%s", map[bool]string{true: "NULL allowed", false: "NOT NULL"}[to.Nullable])
	}
	if f, t := defaultText(from), defaultText(to); f != t {
		add("default %s to %s", f, t)
	}
	if from.Identity != to.Identity {
		add("%s", map[bool]string{true: "identity", false: "no identity"}[to.Identity])
	}
	if from.Collate != to.Collate {
		add("collation %q to %q", from.Collate, to.Collate)
	}
	for _, d := range slices.Sorted(maps.Keys(both(from.CollateFor, to.CollateFor))) {
		if from.CollateFor[d] != to.CollateFor[d] {
			add("collation on %s %q to %q", d, from.CollateFor[d], to.CollateFor[d])
		}
	}
	if from.Comment != to.Comment {
		add("comment")
	}
	return strings.Join(parts, ", ")
}

func both(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	if all == nil {
		return b
	}
	maps.Copy(all, b)
	return all
}

func defaultText(c schema.Column) string {
	text := "none"
	if c.Default != nil {
		text = strconv.Quote(*c.Default)
	} else if c.DefaultExpr != "" {
		text = "(" + c.DefaultExpr + ")"
	}
	for _, d := range slices.Sorted(maps.Keys(c.DefaultFor)) {
		text += " (" + d + ": " + c.DefaultFor[d] + ")"
	}
	return text
}

func list(names []string) string { return "(" + strings.Join(names, ", ") + ")" }

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
