package dialecttest_test

import (
	"database/sql"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestPostgresSame: a table that somebody else has made in other words is the one that the migrations make, and one that is another is not. The other words
// are those of dumps, of Django, Rails, gorm and pop.
func TestPostgresSame(t *testing.T) {
	t.Parallel()
	other := schema.Other
	zero := "0"
	for _, tt := range []struct {
		name, made string
		column     schema.ColumnDef
		differs    bool
	}{
		{"no default, which is NULL", "c varchar(20) DEFAULT NULL::character varying", schema.Varchar("c", 20).Null(), false},
		{"a default for none", "c varchar(20) DEFAULT ''", schema.Varchar("c", 20).Null(), true},
		{"a quoted zero", "c bigint DEFAULT '0'::bigint", schema.BigInt("c").Null().Default(0), false},
		{"another number", "c bigint DEFAULT '1'::bigint", schema.BigInt("c").Null().Default(0), true},
		{"a negative number of another type", "c bigint DEFAULT '-5'::integer", schema.BigInt("c").Null().Default(-5), false},
		{"zeros at the end of a number", "c numeric(10,2) DEFAULT 0.00", schema.Numeric("c", 10, 2).Null().Default("0"), false},
		{"zeros that a number without a scale keeps", "c numeric DEFAULT 0.00", schema.Numeric("c", 0, 0).Null().Default("0"), true},
		{"a whole number for a double", "c double precision DEFAULT 0.0", schema.Double("c").Null().Default(0), false},
		{"text for a varchar", "c varchar(20) DEFAULT 'x'::text", schema.Varchar("c", 20).Null().Default("x"), false},
		{"another text", "c varchar(20) DEFAULT 'y'::text", schema.Varchar("c", 20).Null().Default("x"), true},
		{"an empty array", "c text[] DEFAULT ARRAY[]::text[]", schema.Array(schema.Text("c")).Null().Default("{}"), false},
		{"an empty array of another type", "c text[] DEFAULT '{}'::character varying[]", schema.Array(schema.Text("c")).Null().Default("{}"), false},
		{"the time of the transaction", "c timestamptz DEFAULT CURRENT_TIMESTAMP", schema.TimestampTZ("c").Null().DefaultExpr("now()"), false},
		{"the time of the clock", "c timestamptz DEFAULT clock_timestamp()", schema.TimestampTZ("c").Null().DefaultExpr("now()"), true},
		{"six digits of a second", "c timestamp(6)", schema.Timestamp("c").Null(), false},
		{"whole seconds", "c timestamp(0)", schema.Sized(schema.Timestamp("c"), schema.NoDigits).Null(), false},
		{"whole seconds for six digits", "c timestamp(0)", schema.Timestamp("c").Null(), true},
		{"three digits of a second", "c timestamp(3)", schema.Timestamp("c").Null(), true},
		{"public written", "c int DEFAULT nextval('public.numbers'::regclass)", schema.Integer("c").Null().DefaultExpr("nextval('numbers')"), false},
		{"public written by us", "c citext", other("c", "public.citext").Null(), false},
		{"the collation of the database, written", `c text COLLATE "default"`, schema.Text("c").Null(), false},
		{"a collation", `c text COLLATE "C"`, schema.Text("c").Null(), true},
		{"a sequence with its own name", "c int NOT NULL DEFAULT nextval('numbers'); ALTER SEQUENCE numbers OWNED BY items.c", other("c", "serial"), false},
		{"a value of an enum", "c mood DEFAULT 'ok'::mood", schema.Column{Name: "c", Type: schema.Type{Kind: schema.KindEnum, Name: "mood"}, Nullable: true, Default: new("ok")}, false},
		{"a domain", "c whole DEFAULT 0", schema.Column{Name: "c", Type: schema.Type{Kind: schema.KindOther, Name: "whole"}, Nullable: true, DefaultExpr: zero}, false},
	} {
		t.Run(strings.ReplaceAll(tt.name, " ", "_"), func(t *testing.T) {
			pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
				def, more, _ := strings.Cut(tt.made, ";")
				pgExec(t, db, "CREATE EXTENSION citext", "CREATE SEQUENCE numbers AS int", "CREATE TYPE mood AS ENUM ('ok')", "CREATE DOMAIN whole AS int", "CREATE TABLE items (id bigint PRIMARY KEY, "+def+")", more)
				table := &schema.Table{Name: "items", Columns: []schema.Column{schema.BigInt("id").Def(), tt.column.Def()}, PrimaryKey: &schema.PrimaryKey{Name: "items_pkey", Columns: []string{"id"}}}
				want := &schema.Schema{Enums: []*schema.Enum{{Name: "mood", Values: []string{"ok"}}}, Tables: []*schema.Table{table}}
				m, err := migrate.New(db, postgres.Dialect{}, migrate.NewSet("shop", &migrate.Migration{Name: "0001_initial", Ops: makeAll(want)}), nil)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := m.Fake(t.Context(), "0001_initial"); err != nil {
					t.Fatal(err)
				}
				diff, err := m.Verify(t.Context())
				if err != nil || len(diff) > 0 != tt.differs {
					t.Errorf("verify: %v %v", diff, err)
				}
			})
		})
	}
}
