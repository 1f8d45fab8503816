package everyop

import (
	"reflect"

	"github.com/modelgen/modelgen/runtime/schema"
)

// Schema returns a schema that has something in every exported field of every type, and which each dialect can make.
func Schema() *schema.Schema {
	text := func(s string) *string { return &s }
	typ := func(k schema.Kind) schema.Type { return schema.Type{Kind: k} }
	parents := &schema.Table{
		Name: "parents", Was: "elders", Comment: "what others refer to",
		Columns: []schema.Column{
			{Name: "id", Type: typ(schema.KindBigInt), Identity: true, Comment: "the number"},
			{Name: "code", Was: "word", Type: typ(schema.KindText)},
			{Name: "note", Type: typ(schema.KindText), Nullable: true, Collate: "C", CollateFor: map[string]string{"sqlite": "nocase"}},
			{Name: "title", Type: schema.Type{Kind: schema.KindVarchar, Size: 40}, Collate: "nocase", CollateFor: map[string]string{"postgres": "POSIX"}},
		},
		PrimaryKey: &schema.PrimaryKey{Name: "parents_key", Columns: []string{"id"}},
		Uniques: []schema.Unique{
			{Name: "parents_code_title_unique", Columns: []string{"code", "title"}, Only: "sqlite"},
			{Name: "parents_code_unique", Columns: []string{"code"}},
			{Name: "parents_note_key", Columns: []string{"note"}, NullsNotDistinct: true, Only: "postgres"},
			{Name: "parents_title_key", Columns: []string{"title"}, Deferrable: schema.InitiallyDeferred, Only: "postgres"},
		},
	}
	items := &schema.Table{
		Name: "items", Options: schema.TableOptions{Unlogged: true, With: "fillfactor=70"},
		Columns: []schema.Column{
			{Name: "id", Type: typ(schema.KindBigInt)},
			{Name: "amount", Type: typ(schema.KindInteger), Nullable: true},
			{Name: "mood", Type: schema.Type{Kind: schema.KindEnum, Name: "mood"}, Default: text("sad"), ValueWas: map[string]string{"sad": "low"}},
			{Name: "made", Type: typ(schema.KindTimestampTZ), DefaultExpr: "CURRENT_TIMESTAMP"},
			{Name: "name", Type: typ(schema.KindText), DefaultFor: map[string]string{"postgres": "md5('x')", "sqlite": "hex(randomblob(4))"}},
			{Name: "parent_code", Type: typ(schema.KindText), Nullable: true},
			{Name: "cost", Type: schema.Type{Kind: schema.KindNumeric, Precision: 8, Scale: 2}, Nullable: true},
			{Name: "price", Type: schema.Type{Kind: schema.KindNumeric, Precision: 8, Scale: 2}, TypeFor: map[string]string{"postgres": "numeric(9,3)", "sqlite": "REAL"}},
			{Name: "size", Type: typ(schema.KindInteger), Nullable: true},
			{Name: "size_next", Type: typ(schema.KindBigInt), Nullable: true},
			{Name: "tags", Type: schema.Type{Kind: schema.KindText, Array: true}, Nullable: true},
			{Name: "twice", Type: typ(schema.KindInteger), Nullable: true, Generated: "amount * 2"},
		},
		PrimaryKey: &schema.PrimaryKey{Name: "items_pkey", Columns: []string{"id"}},
		Checks: []schema.Check{
			{Name: "items_amount_low", Expr: "amount < 90", Only: "postgres"},
			{Name: "items_amount_positive", Expr: "amount > 0"},
			{Name: "items_name_check", Expr: "length(name) < 80", Only: "sqlite"},
		},
		ForeignKeys: []schema.ForeignKey{{Name: "items_parent", Columns: []string{"parent_code"}, RefTable: "parents", RefColumns: []string{"code"},
			OnDelete: schema.Cascade, OnUpdate: schema.Cascade, Deferrable: schema.InitiallyDeferred}},
		Indexes: []schema.Index{
			{Name: "items_lower_idx", Unique: true, Parts: []schema.IndexPart{{Expr: "lower(name)"}}},
			{Name: "items_made_idx", Parts: []schema.IndexPart{{Column: "made", Desc: true}}, Where: "amount > 10"},
			{Name: "items_mood_idx", Parts: []schema.IndexPart{{Column: "mood"}}, Only: "sqlite"},
			{Name: "items_name_idx", Unique: true, NullsNotDistinct: true, Include: []string{"size"}, Only: "postgres",
				Parts: []schema.IndexPart{{Column: "name", Collate: "C", OpClass: "text_pattern_ops", Nulls: schema.NullsFirst}}},
			{Name: "items_size_idx", Parts: []schema.IndexPart{{Column: "size"}}, Using: "hash", Only: "postgres"},
		},
		DualWrites: []schema.DualWrite{{Name: "items_size_both", From: "size", To: "size_next", Up: "size", Down: "size_next",
			Column: schema.Column{Name: "size", Type: typ(schema.KindBigInt), Nullable: true}}},
	}
	visits := &schema.Table{
		Name: "visits", Columns: []schema.Column{{Name: "at", Type: typ(schema.KindTimestampTZ)}},
		PrimaryKey: &schema.PrimaryKey{Name: "visits_pkey", Columns: []string{"at"}},
		Options:    schema.TableOptions{Partition: "range (at)", Strict: true, WithoutRowid: true},
	}
	regions := &schema.Table{
		Name: "regions", Columns: []schema.Column{{Name: "code", Type: typ(schema.KindText)}},
		PrimaryKey: &schema.PrimaryKey{Name: "regions_pkey", Columns: []string{"code"}}, Options: schema.TableOptions{Reference: true},
		Rows: schema.TableRows{Key: []string{"code"}, Rows: []schema.Row{{"code": text("eu")}}},
	}
	tenants := &schema.Table{
		Name: "tenants", Columns: []schema.Column{{Name: "id", Type: typ(schema.KindBigInt)}},
		PrimaryKey: &schema.PrimaryKey{Name: "tenants_pkey", Columns: []string{"id"}}, Options: schema.TableOptions{Distribute: "id"},
	}
	tickets := &schema.Table{
		Name: "tickets", Columns: []schema.Column{{Name: "tenant_id", Type: typ(schema.KindBigInt)}, {Name: "number", Type: typ(schema.KindBigInt)}},
		PrimaryKey: &schema.PrimaryKey{Name: "tickets_pkey", Columns: []string{"tenant_id", "number"}}, Options: schema.TableOptions{Distribute: "tenant_id", Colocate: "tenants"},
	}
	return &schema.Schema{
		Namespaces: []string{"billing"},
		Enums:      []*schema.Enum{{Name: "mood", Was: "humour", Values: []string{"sad", "glad"}, Owner: "shop.Mood", ValueWas: map[string]string{"glad": "happy"}, Parts: []int{0}}},
		Tables:     []*schema.Table{items, parents, regions, tenants, tickets, visits},
		SQLObjects: sqlObjects(),
		Objects:    []schema.Object{{Kind: "trigger", Name: "stamp", Table: "items", Only: "postgres"}},
	}
}

// sqlObjects are of every kind, sorted. One that only a dialect has says so.
func sqlObjects() []schema.SQLObject {
	s := &schema.Schema{SQLObjects: []schema.SQLObject{
		{Kind: schema.ViewKind, Name: "dear_items", Was: "costly_items", SQL: "SELECT id, amount FROM items WHERE amount > 50"},
		{Kind: schema.ViewKind, Name: "billing.moods", Head: "WITH (security_barrier)", SQL: "SELECT mood, count(*) AS n FROM items GROUP BY mood", Only: "postgres"},
		{Kind: schema.TriggerKind, Name: "items_touch", Table: "items", Only: "sqlite", SQL: "CREATE TRIGGER items_touch AFTER UPDATE ON items BEGIN UPDATE parents SET note = 'touched' WHERE code = NEW.parent_code; END"},
		{Kind: schema.TriggerKind, Name: "items_touch", Table: "items", Only: "postgres", Head: "DISABLE", SQL: "CREATE TRIGGER items_touch BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION touch()"},
		{Kind: schema.VirtualTableKind, Name: "places", Only: "sqlite", SQL: "CREATE VIRTUAL TABLE places USING fts5(name, note)"},
		{Kind: schema.ExtensionKind, Name: "pg_trgm", Only: "postgres", SQL: "SCHEMA public"},
		{Kind: schema.DomainKind, Name: "price", Only: "postgres", SQL: "CREATE DOMAIN price AS numeric(9,2) DEFAULT 0 CONSTRAINT price_positive CHECK (VALUE >= 0)"},
		{Kind: schema.CompositeTypeKind, Name: "money_of", Only: "postgres", SQL: "CREATE TYPE money_of AS (amount price, currency text)"},
		{Kind: schema.RangeTypeKind, Name: "sizes", Only: "postgres", SQL: "CREATE TYPE sizes AS RANGE (subtype = integer)"},
		{Kind: schema.SequenceKind, Name: "billing.numbers", Only: "postgres", SQL: "CREATE SEQUENCE billing.numbers INCREMENT BY 5 CACHE 10"},
		{Kind: schema.FunctionKind, Name: "touch()", Only: "postgres", SQL: "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.made = now(); RETURN NEW; END $$"},
		{Kind: schema.FunctionKind, Name: "is_dear(integer)", Only: "postgres", SQL: "CREATE FUNCTION is_dear(amount integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT amount > 50'"},
		{Kind: schema.ProcedureKind, Name: "empty_items(integer)", Only: "postgres", SQL: "CREATE PROCEDURE empty_items(below integer DEFAULT 0) LANGUAGE sql AS $$ DELETE FROM items WHERE amount < below $$"},
		{Kind: schema.AggregateKind, Name: "total(integer)", Only: "postgres", SQL: "CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0')"},
		{Kind: schema.PartitionKind, Name: "visits_old", Table: "visits", Only: "postgres", SQL: "FOR VALUES FROM (MINVALUE) TO ('2026-01-01')"},
		{Kind: schema.MaterializedViewKind, Name: "item_totals", Only: "postgres", SQL: "SELECT parent_code, total(amount) AS amount FROM items GROUP BY parent_code"},
		{Kind: schema.ViewIndexKind, Name: "item_totals_key", Table: "item_totals", Only: "postgres", SQL: "CREATE UNIQUE INDEX item_totals_key ON item_totals (parent_code)"},
		{Kind: schema.ExclusionKind, Name: "visits_apart", Table: "items", Only: "postgres", SQL: "EXCLUDE USING gist (int8range(id, id, '[]') WITH &&)"},
		{Kind: schema.RuleKind, Name: "items_kept", Table: "items", Only: "postgres", SQL: "CREATE RULE items_kept AS ON DELETE TO items WHERE OLD.amount > 80 DO INSTEAD NOTHING"},
		{Kind: schema.EventTriggerKind, Name: "everyop_watch", Only: "postgres", SQL: "CREATE EVENT TRIGGER everyop_watch ON ddl_command_end WHEN TAG IN ('CREATE SERVER') EXECUTE FUNCTION watch()"},
		{Kind: schema.FunctionKind, Name: "watch()", Only: "postgres", SQL: "CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$"},
		{Kind: schema.PolicyKind, Name: "items_cheap", Table: "items", Only: "postgres", SQL: "CREATE POLICY items_cheap ON items FOR SELECT USING (NOT is_dear(amount))"},
		{Kind: schema.RowSecurityKind, Name: "items", Only: "postgres", SQL: "FORCE"},
		{Kind: schema.StatisticsKind, Name: "items_together", Only: "postgres", SQL: "CREATE STATISTICS items_together (dependencies) ON amount, size FROM items"},
		{Kind: schema.PublicationKind, Name: "everyop_news", Only: "postgres", SQL: "CREATE PUBLICATION everyop_news FOR TABLE parents WITH (publish = 'insert')"},
		{Kind: schema.CommentKind, Name: "view dear_items", Only: "postgres", SQL: "what costs more than 50"},
		{Kind: schema.GrantKind, Name: "table items to PUBLIC", Only: "postgres", SQL: "SELECT, UPDATE (amount)"},
	}}
	s.SortSQLObjects()
	return s.SQLObjects
}

// Lesser is [Schema] without one thing that a field says.
type Lesser struct {
	Field string // "Index.NullsNotDistinct"
	*schema.Schema
}

// Without returns one schema for every place in [Schema] where a field of its has something, without that.
func Without() (all []Lesser) {
	for i := range places(Schema()) {
		s := Schema()
		p := places(s)[i]
		p.v.SetZero()
		all = append(all, Lesser{p.field, s})
	}
	return all
}

// Fields returns all exported fields of the types that a schema consists of, as [Lesser] has them.
func Fields() (all []string) {
	seen := map[reflect.Type]bool{}
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || seen[t] {
			return
		}
		seen[t] = true
		for f := range t.Fields() {
			if f.IsExported() {
				all = append(all, t.Name()+"."+f.Name)
				walk(f.Type)
			}
		}
	}
	walk(reflect.TypeFor[schema.Schema]())
	return all
}

// Said returns the fields in which a schema has something.
func Said(s *schema.Schema) (all []string) {
	for _, p := range places(s) {
		all = append(all, p.field)
	}
	return all
}

type fieldAt struct {
	field string
	v     reflect.Value
}

func places(s *schema.Schema) (all []fieldAt) {
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			for f, x := range v.Fields() {
				if f.IsExported() && !x.IsZero() {
					all = append(all, fieldAt{v.Type().Name() + "." + f.Name, x})
					walk(x)
				}
			}
		}
	}
	walk(reflect.ValueOf(s).Elem())
	return all
}

// Hints returns the fields that only the generator reads, with the reason, for [Unnoticed] in a place that looks at what a database has.
func Hints() map[string]string {
	all := map[string]string{}
	for _, f := range []string{"Table.Was", "Column.Was", "Column.ValueWas", "Enum.Was", "Enum.ValueWas", "Enum.Owner", "Enum.Parts", "SQLObject.Was"} {
		all[f] = "a hint for the generator"
	}
	return all
}

// Unnoticed returns the problems of a place that has to notice what any field of a schema says: those that it notices nowhere and that are not
// excused, which maps fields to reasons, and those that are excused in vain.
func Unnoticed(place string, notices func(Lesser) bool, excused map[string]string) (problems []string) {
	noticed := map[string]bool{}
	for _, l := range Without() {
		noticed[l.Field] = noticed[l.Field] || notices(l)
	}
	for _, f := range Fields() {
		_, skip := excused[f]
		switch at, ok := noticed[f]; {
		case !ok:
			problems = append(problems, "the schema in internal/everyop/schema.go has nothing in "+f)
		case !at && !skip:
			problems = append(problems, place+" does not notice "+f)
		case at && skip:
			problems = append(problems, place+" notices "+f+": it is excused in vain")
		}
	}
	return problems
}
