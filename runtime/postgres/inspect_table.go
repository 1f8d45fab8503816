package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// tableRow is a row of pg_class, and columnRow one of pg_attribute, with what belongs to them.
type (
	tableRow struct {
		OID                                                  int64
		Schema, Name, Kind, Persistence, Comment             string
		Partition, RLS, Forced, Readable                     bool
		Partkey, Bound, Parents, Options, Tablespace, Method string
		Replica, Type, Extension                             string
	}
	columnRow struct {
		OID                              int64
		Num                              int
		Name, Type, Bare, Comment, Kind  string
		NotNull, Builtin, Local          bool
		Target                           int
		Identity, Generated              string
		Default                          *string
		EnumSchema, Enum                 string
		Collation, CollationSchema       string
		Storage, Compression, Options    string
		Sequence, Owned, SequenceOptions string
	}
)

func (i *inspector) readTables(ctx context.Context) error {
	defer i.findHistories()
	return i.rows(ctx, inspectTables, func(kind string, row []byte) error {
		if kind == "table" {
			var r tableRow
			if err := json.Unmarshal(row, &r); err != nil {
				return err
			}
			i.table(r)
			return nil
		}
		var c columnRow
		if err := json.Unmarshal(row, &c); err != nil {
			return err
		}
		if t := i.tables[c.OID]; t != nil {
			i.column(t, c)
		}
		return nil
	})
}

func (i *inspector) table(r tableRow) {
	label := i.label(r.Schema, r.Name)
	if i.ignored(label) {
		return
	}
	t := &inspected{Table: &schema.Table{Name: label, Comment: r.Comment}, names: map[int]string{}, types: map[string]string{}, schema: r.Schema, readable: r.Readable}
	i.tables[r.OID] = t
	sql := i.name(label)
	switch {
	case r.Extension != "":
		t.out = true
		t.said = append(t.said, migrate.Unexpressed{Object: "table " + label, Why: "it belongs to extension " + r.Extension, Owner: r.Extension})
		return
	case r.Kind == "f":
		t.out = true
		i.say(t, "foreign table "+label, "models are tables of this database: it is left as it is", "")
		return
	case r.Partition:
		t.out = true
		if ns, parent := schema.NameParts(r.Parents); i.ignored(schema.JoinName(ns, parent)) {
			return
		}
		i.partition(t, r)
		return
	}
	say := func(what, why, sql string) *migrate.Unexpressed {
		return i.say(t, "table "+label+": "+what, why, sql)
	}
	if err := schema.CheckName(r.Name); err != nil {
		t.out = true
		i.say(t, "table "+label, "models cannot have such a name: "+err.Error(), "")
		return
	}
	t.Options.Unlogged = r.Persistence == "u"
	if kind, key, ok := strings.Cut(r.Partkey, "("); ok && r.Kind == "p" {
		t.Options.Partition = strings.ToLower(strings.TrimSpace(kind)) + " (" + key
	}
	if r.Parents != "" {
		say("inheritance", "it inherits from "+r.Parents+"; its columns are in the model", "ALTER TABLE "+sql+" INHERIT "+r.Parents)
	}
	if r.Options != "" {
		all := strings.Split(r.Options, ", ")
		slices.Sort(all)
		t.Options.With = strings.Join(all, ", ")
	}
	if r.Tablespace != "" {
		say("tablespace", leftAsItIs, "ALTER TABLE "+sql+" SET TABLESPACE "+ident(r.Tablespace))
	}
	if r.Method != "" {
		say("access method", leftAsItIs, "ALTER TABLE "+sql+" SET ACCESS METHOD "+ident(r.Method))
	}
	if r.Type != "" {
		say("type", "it is a table OF "+r.Type+"; its columns are in the model", "ALTER TABLE "+sql+" OF "+r.Type)
	}
	if r.RLS {
		say("row level security", leftAsItIs, "ALTER TABLE "+sql+" ENABLE ROW LEVEL SECURITY").Allow = allowed("row security", "", label)
	}
	if r.Forced {
		say("forced row level security", leftAsItIs, "ALTER TABLE "+sql+" FORCE ROW LEVEL SECURITY").Allow = allowed("row security", "", label)
	}
	switch r.Replica {
	case "f":
		say("replica identity", leftAsItIs, "ALTER TABLE "+sql+" REPLICA IDENTITY FULL")
	case "n":
		say("replica identity", leftAsItIs, "ALTER TABLE "+sql+" REPLICA IDENTITY NOTHING")
	}
}

func (i *inspector) column(t *inspected, c columnRow) {
	t.names[c.Num], t.types[c.Name] = c.Name, c.Bare
	if t.part != "" || t.Options.Partition != "" {
		t.rows = append(t.rows, c)
	}
	if t.out {
		return
	}
	say := func(what, why, sql string) *migrate.Unexpressed {
		return i.say(t, fmt.Sprintf("column %s.%s: %s", t.Name, c.Name, what), why, sql)
	}
	alter := "ALTER TABLE " + i.name(t.Name) + " ALTER COLUMN " + ident(c.Name) + " "
	col := schema.Column{Name: c.Name, Nullable: !c.NotNull, Comment: c.Comment, Collate: c.Collation, Type: i.typeOfColumn(c)}
	if err := schema.CheckName(c.Name); err != nil {
		say("name", "models cannot have such a name: "+err.Error(), "")
	}
	if c.CollationSchema != "" {
		say("collation", "it is in schema "+c.CollationSchema+", and models name collations without one", "")
	}
	if words := map[string]string{"p": "PLAIN", "e": "EXTERNAL", "x": "EXTENDED", "m": "MAIN"}[c.Storage]; words != "" {
		say("storage", leftAsItIs, alter+"SET STORAGE "+words)
	}
	if words := map[string]string{"p": "pglz", "l": "lz4"}[c.Compression]; words != "" {
		say("compression", leftAsItIs, alter+"SET COMPRESSION "+words)
	}
	if c.Target >= 0 {
		say("statistics target", leftAsItIs, fmt.Sprintf("%sSET STATISTICS %d", alter, c.Target))
	}
	if c.Options != "" {
		say("options", leftAsItIs, alter+"SET ("+c.Options+")")
	}
	own := c.Owned == "a" && c.Default != nil && strings.HasPrefix(*c.Default, "nextval(") && strings.HasSuffix(*c.Default, "::regclass)")
	serial := map[schema.Kind]string{schema.KindSmallInt: "smallserial", schema.KindInteger: "serial", schema.KindBigInt: "bigserial"}[col.Type.Kind]
	switch {
	case c.Identity != "":
		col.Identity = true
		if c.Identity == "a" {
			say("identity", "models have GENERATED BY DEFAULT AS IDENTITY, this is GENERATED ALWAYS: it is left as it is", alter+"SET GENERATED ALWAYS").Allow = allowed("identity always", c.Name, t.Name)
		}
	case c.Generated != "" && c.Default != nil:
		if col.Generated = i.expression(t, *c.Default); c.Generated == "v" {
			say("generated", "models have columns whose computed value is stored, this is VIRTUAL: it is left as it is", "").Allow = allowed("virtual column", c.Name, t.Name)
		}
		if col.Generated == "" {
			say("generated", "its expression cannot be written in a tag", "GENERATED ALWAYS AS ("+*c.Default+")")
		}
	case own && serial != "" && !col.Type.Array && c.NotNull:
		col.Type = schema.Type{Kind: schema.KindOther, Name: serial}
		if own := ownSequence(t.Name, c.Name); own != "" && !strings.HasSuffix(c.Sequence, ident(own)) && !strings.HasSuffix(*c.Default, own+"'::regclass)") {
			say("sequence", "it is called "+c.Sequence+", which stays; that of a database that is new is "+own, "ALTER SEQUENCE "+ident(own)+" RENAME TO "+c.Sequence)
		}
	case c.Default != nil:
		i.setDefault(t, &col, c)
	}
	if name := ownSequence(t.Name, c.Name); name != "" && c.Sequence != "" && (col.Identity || col.Type.Name == serial) && !strings.HasSuffix(c.Sequence, ident(name)) {
		if i.renewed == nil {
			i.renewed = map[string]string{}
		}
		ns, _ := schema.SplitName(t.Name)
		i.renewed[schema.JoinName(ns, name)] = t.Name + "." + c.Name
	}
	if c.SequenceOptions != "" {
		u := say("sequence", "its sequence has options of its own, which models do not say: they are left as they are", "ALTER SEQUENCE "+c.Sequence+" "+c.SequenceOptions)
		if c.Identity != "" && !strings.HasPrefix(c.SequenceOptions, "CACHE") { // of which alone verify takes no note
			u.Allow = allowed("sequence options", c.Name, t.Name)
		}
	}
	t.Columns = append(t.Columns, col)
}

// ownSequence returns the name that the sequence of a new serial column has, "" where the server cuts it.
func ownSequence(table, column string) string {
	_, base := schema.SplitName(table)
	if name := base + "_" + column + "_seq"; len(name) <= 63 {
		return name
	}
	return ""
}

// typeOfColumn returns the type of a column as the model language has it.
func (i *inspector) typeOfColumn(c columnRow) schema.Type {
	base, array := strings.CutSuffix(c.Type, "[]")
	if c.Kind == "e" {
		name := i.label(c.EnumSchema, c.Enum)
		if e := i.enums[name]; e == nil {
			i.used[name] = true
		}
		return schema.Type{Kind: schema.KindEnum, Name: name, Array: array}
	}
	space := "pg_catalog."
	if !c.Builtin {
		space = i.schema + "." // a type called blob, which is another word in a tag
	}
	t, err := schema.ParseType(base)
	known := err == nil && t.Kind != schema.KindOther
	switch {
	case known && (!c.Builtin || lossy(base)), err != nil && c.Builtin && !strings.Contains(base, `"`):
		t = schema.Type{Kind: schema.KindOther, Name: space + base}
	case !known:
		t = schema.Type{Kind: schema.KindOther, Name: base}
	}
	t.Array = array
	return t
}

// lossy reports whether the word of a type means something else in a tag: bpchar without a length is char(1) there.
func lossy(printed string) bool { return printed == "bpchar" }

// columns returns the columns of a list of attribute numbers.
func (t *inspected) columns(list string) []string {
	var all []string
	for word := range strings.FieldsSeq(list) {
		var n int
		if _, err := fmt.Sscan(word, &n); err == nil {
			all = append(all, t.names[n])
		}
	}
	return slices.Clip(all)
}
