package lint_test

import (
	"slices"
	"testing"

	"github.com/modelgen/modelgen/gen/lint"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestSeverities shows which changes make check fail until a reason is written, and where the same check only warns.
func TestSeverities(t *testing.T) {
	small := items()
	small.Columns[0] = schema.Integer("id").Identity().Def()
	smallKeys := &schema.Schema{}
	smallKeys.PutTable(&small)
	city := schema.Text("city").Def()
	mood := func(to ...string) []migrate.Op {
		return ops(migrate.AlterEnum{Name: "mood", From: []string{"good", "bad"}, To: to})
	}
	for _, c := range []struct {
		code   string
		before *schema.Schema
		ops    []migrate.Op
		want   lint.Severity
	}{
		{"MG210", nil, mood("good"), lint.Error},
		{"MG210", nil, mood("bad", "good"), lint.Warning},
		{"MG218", nil, ops(alter(column("name"), collated(column("name")))), lint.Error},
		{"MG218", nil, ops(migrate.AlterColumn{Table: "shops", From: city, To: collated(city)}), lint.Warning},
		{"MG218", nil, ops(migrate.DropIndex{Table: "items", Index: items().Indexes[0]}, alter(column("name"), collated(column("name")))), lint.Warning},
		{"MG219", nil, ops(retype("id", "integer")), lint.Error},
		{"MG219", smallKeys, ops(migrate.AlterColumn{Table: "items", From: small.Columns[0], To: column("id")}), lint.Warning},
		{"MG204", nil, ops(add(schema.BigInt("twice").Generated("stock * 2"))), lint.Warning},
		{"MG617", nil, ops(sql("CREATE DOMAIN d AS text CHECK (VALUE > '')")), lint.Error},
		{"MG617", &schema.Schema{}, ops(sql("CREATE DOMAIN d AS text CHECK (VALUE > '')")), lint.Warning},
		{"MG619", nil, ops(sql("ALTER TABLE items ADD EXCLUDE USING gist (a WITH &&)")), lint.Error},
		{"MG315", nil, ops(retype("stock", "bigint")), lint.Note},
		{"MG315", nil, ops(retype("name", "varchar(10)")), lint.Warning},
		{"MG315", nil, ops(retype("price", "text")), lint.Warning},
		{"MG316", nil, ops(keyless), lint.Warning},
		{"MG316", nil, ops(keyless, migrate.AddPrimaryKey{Table: "items", PrimaryKey: *new(items()).PrimaryKey}), lint.Note},
	} {
		list := look(lint.Input{Before: c.before}, c.ops...)
		i := slices.IndexFunc(list, func(f lint.Finding) bool { return f.Code == c.code })
		if i < 0 || list[i].Severity != c.want {
			t.Errorf("%s is no %s in %s: %v", c.code, c.want, describe(c.ops), list)
		}
	}
}

// TestRights speaks of the rights on new tables once in a migration, and not at all in the first one.
func TestRights(t *testing.T) {
	second := fresh()
	second.Table, second.PrimaryKey.Name = "second", "second_pkey"
	for _, c := range []struct {
		before *schema.Schema
		ops    []migrate.Op
		want   []int // ops with the finding
	}{
		{nil, ops(fresh(), second), []int{0}},
		{nil, ops(fresh(), second, sql("GRANT SELECT ON fresh TO app")), []int{1}},
		{&schema.Schema{}, ops(fresh(), second), nil},
	} {
		var got []int
		for _, f := range look(lint.Input{Before: c.before}, c.ops...) {
			if f.Code == "MG412" {
				got = append(got, f.Op)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: MG412 at %v, not at %v", describe(c.ops), got, c.want)
		}
	}
}
