package adopt

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

// structTag writes a tag as Go source: `db:"id,pk"`.
func structTag(key string, parts ...string) string {
	tag := key + ":" + strconv.Quote(strings.Join(parts, ","))
	if strings.ContainsRune(tag, '`') {
		return strconv.Quote(tag)
	}
	return "`" + tag + "`"
}

// sqlWord is what a tag without quotes would mean, or would be asked whether it does.
var sqlWord = regexp.MustCompile(`(?i)^(null|current_(timestamp|date|time|user)|localtime(stamp)?|session_user)$`)

// plainWord is a value that needs no quotes in a tag.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_.+-][A-Za-z0-9_.+:-]*$`)

func quoted(s string) string { return sqllex.QuoteString(s) }

// only returns the suffix of a word that is for one dialect.
func (w *writer) only(dialect string) string {
	if dialect == "" || dialect == w.cfg.Only {
		return ""
	}
	return "." + dialect
}

// columnOptions returns what the tag of a column says beside its name. g is the type of its field.
func (w *writer) columnOptions(t *schema.Table, c schema.Column, g goType) []string {
	var all []string
	add := func(option string) { all = append(all, option) }
	if w.keyOnColumns(t) && slices.Contains(t.PrimaryKey.Columns, c.Name) {
		add("pk")
	}
	if c.Identity {
		add("identity")
	}
	switch {
	case c.Nullable && !g.null:
		add("null")
	case !c.Nullable && (g.null && !(t.PrimaryKey != nil && slices.Contains(t.PrimaryKey.Columns, c.Name)) || cannotSet(t, c)): // which is said
		add("notnull")
	}
	switch {
	case c.Type.Kind == schema.KindEnum && c.Type.Array:
		all = append(all, "array", "enum"+w.enumOf[t.Name+"."+c.Name])
	case c.Type.Kind == schema.KindEnum:
		add("enum" + w.enumOf[t.Name+"."+c.Name])
	case c.Type.Kind == schema.KindVarchar && !c.Type.Array && c.Type.Size > 0 && g.typ.Kind == schema.KindText:
		add("size:" + strconv.Itoa(c.Type.Size))
	case c.Type.Array && c.Type == g.typ:
		add("array")
	case c.Type != g.typ || w.otherInteger(t, c):
		add("type:" + c.Type.String())
	}
	for _, d := range slices.Sorted(maps.Keys(c.TypeFor)) {
		add("type." + d + ":" + c.TypeFor[d])
	}
	switch {
	case c.Default != nil && c.Type.Literal() == schema.BytesLiteral:
		add("default:(x'" + *c.Default + "')")
	case c.Default != nil && plainWord.MatchString(*c.Default) && !sqlWord.MatchString(*c.Default):
		add("default:" + *c.Default)
	case c.Default != nil:
		add("default:" + quoted(*c.Default))
	case c.DefaultExpr != "":
		add("default:(" + c.DefaultExpr + ")")
	}
	for _, d := range slices.Sorted(maps.Keys(c.DefaultFor)) {
		add("default." + d + ":(" + c.DefaultFor[d] + ")")
	}
	if c.Generated != "" {
		add("generated:(" + c.Generated + ")")
	}
	if c.Collate != "" {
		add("collate:" + c.Collate)
	}
	for _, d := range slices.Sorted(maps.Keys(c.CollateFor)) {
		add("collate." + d + ":" + c.CollateFor[d])
	}
	all = append(all, w.objectOptions(t, c)...)
	if w.values[t.Name+"."+c.Name] != nil && !w.derivedList(t, c) {
		add("check:-")
	}
	if c.Comment != "" && !(w.comments && docComment(c.Comment)) {
		add("comment:" + quoted(c.Comment))
	}
	return all
}

// cannotSet reports whether a foreign key would set the column to NULL, or to a default that there is not.
func cannotSet(t *schema.Table, c schema.Column) bool {
	none := c.Default == nil && c.DefaultExpr == "" && len(c.DefaultFor) == 0
	return slices.ContainsFunc(t.ForeignKeys, func(f schema.ForeignKey) bool {
		return slices.Contains(f.Columns, c.Name) && (f.OnDelete == schema.SetNull || f.OnUpdate == schema.SetNull || none && (f.OnDelete == schema.SetDefault || f.OnUpdate == schema.SetDefault))
	})
}

// otherInteger reports whether the column refers to an integer of another size, which the tag has to say.
func (w *writer) otherInteger(t *schema.Table, c schema.Column) bool {
	return slices.ContainsFunc(t.ForeignKeys, func(f schema.ForeignKey) bool {
		i := slices.Index(f.Columns, c.Name)
		if i < 0 {
			return false
		}
		to := w.s.Table(f.RefTable).Column(f.RefColumns[i])
		return to != nil && to.Type.Plain() != c.Type.Plain()
	})
}

// objectOptions returns the keys and indexes that stand on a column.
func (w *writer) objectOptions(t *schema.Table, c schema.Column) []string {
	if w.embedding[t.Name][c.Name] != nil {
		return nil
	}
	var all []string
	for _, u := range t.Uniques {
		if w.uniqueOnColumn(t, u, c.Name) {
			all = append(all, w.nameOption("unique"+w.only(u.Only), named{t.Name, "unique", u.Name}))
			if u.Deferrable != schema.NotDeferrable {
				all = append(all, deferrable(u.Deferrable))
			}
		}
	}
	for _, x := range t.Indexes {
		if w.indexOnColumn(t, x, c.Name) {
			all = append(all, w.nameOption("index"+w.only(x.Only), named{t.Name, "index", x.Name}))
		}
	}
	for _, f := range t.ForeignKeys {
		if !w.keyOnColumn(t, f, c.Name) {
			continue
		}
		ref := w.s.Table(f.RefTable)
		target := w.structs[f.RefTable]
		if ref.PrimaryKey == nil || !slices.Equal(ref.PrimaryKey.Columns, f.RefColumns) {
			target += "(" + f.RefColumns[0] + ")"
		}
		all = append(all, "fk:"+target)
		all = append(all, actions(f)...)
	}
	return all
}

func (w *writer) nameOption(word string, n named) string {
	if w.omit[n] {
		return word
	}
	return word + ":" + n.name
}

func deferrable(d schema.Deferrable) string {
	if d == schema.InitiallyImmediate {
		return "deferrable"
	}
	return "deferrable:deferred"
}

func actions(f schema.ForeignKey) []string {
	var all []string
	if f.OnDelete != schema.NoAction {
		all = append(all, "ondelete:"+strings.ToLower(string(f.OnDelete)))
	}
	if f.OnUpdate != schema.NoAction {
		all = append(all, "onupdate:"+strings.ToLower(string(f.OnUpdate)))
	}
	if f.Deferrable != schema.NotDeferrable {
		all = append(all, deferrable(f.Deferrable))
	}
	return all
}

// keyOnColumns reports whether the primary key is said by the flags of its columns.
func (w *writer) keyOnColumns(t *schema.Table) bool {
	return t.PrimaryKey != nil && w.omit[named{t.Name, "pk", t.PrimaryKey.Name}] && inOrder(t, t.PrimaryKey.Columns)
}

// short reports whether the name of an object can stand behind a word of a column's tag: words behind a blank are those of an index.
func (w *writer) short(n named) bool { return w.omit[n] || !strings.ContainsAny(n.name, " ,'\"()") }

// uniqueOnColumn reports whether a unique constraint is said on its one column. There is one deferrable option for a column, which goes to a foreign key first.
func (w *writer) uniqueOnColumn(t *schema.Table, u schema.Unique, column string) bool {
	return w.short(named{t.Name, "unique", u.Name}) && len(u.Columns) == 1 && u.Columns[0] == column && !u.NullsNotDistinct && w.embedding[t.Name][column] == nil && (u.Deferrable == schema.NotDeferrable ||
		!slices.ContainsFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { return slices.Contains(f.Columns, column) }))
}

func (w *writer) indexOnColumn(t *schema.Table, x schema.Index, column string) bool {
	return w.short(named{t.Name, "index", x.Name}) && w.embedding[t.Name][column] == nil && !x.Unique && len(x.Parts) == 1 && x.Parts[0] == schema.IndexPart{Column: column} && x.Where == "" && x.Using == "" && len(x.Include) == 0
}

// keyOnColumn reports whether a foreign key is said on its one column: the first of those that have no name of their own.
func (w *writer) keyOnColumn(t *schema.Table, f schema.ForeignKey, column string) bool {
	if len(f.Columns) != 1 || f.Columns[0] != column || !w.omit[named{t.Name, "fk", f.Name}] || w.embedding[t.Name][column] != nil {
		return false
	}
	i := slices.IndexFunc(t.ForeignKeys, func(g schema.ForeignKey) bool {
		return len(g.Columns) == 1 && g.Columns[0] == column && w.omit[named{t.Name, "fk", g.Name}]
	})
	return t.ForeignKeys[i].Name == f.Name
}

// derivedList reports whether the constants of the column's type make the check that the database has.
func (w *writer) derivedList(t *schema.Table, c schema.Column) bool {
	return slices.ContainsFunc(t.Checks, func(k schema.Check) bool { return w.isDerivedList(t, k, c.Name) })
}

func (w *writer) isDerivedList(t *schema.Table, k schema.Check, column string) bool {
	of, values := valuesOf(k.Expr)
	v := w.values[t.Name+"."+column]
	return v != nil && of == column && slices.Equal(values, v.values) && w.omit[named{t.Name, "check", k.Name}] && k.Only == ""
}
