package dialecttest_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

func TestPostgresFillAndConvert(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		s := pgReady(t, db, postgres.Dialect{}, pgConfig())
		at := &schema.Schema{}
		code, token := schema.Char("code", 40), schema.Bytes("token").Null().Default([]byte{0, 0x79})
		pgMustApply(t, s, at, migrate.CreateTable{Table: "users", Columns: []schema.ColumnDef{schema.BigInt("id"), code, token},
			PrimaryKey: schema.PrimaryKey{Name: "users_pkey", Columns: []string{"id"}}})
		pgExec(t, db, "INSERT INTO users VALUES (1, '00000000-0000-0000-0000-000000000001', NULL)")
		pgMustApply(t, s, at, migrate.Fill{Table: "users", Column: "token", Expr: migrate.FillDefault}, pgAlter("users", code, schema.UUID("code")))
		pgWantRows(t, db, "SELECT code || ' ' || encode(token, 'hex') FROM users", "00000000-0000-0000-0000-000000000001 0079")

		err := pgApply(context.Background(), s, at, migrate.AddColumn{Table: "users", Column: schema.Text("name")})
		for _, words := range []string{`ADD COLUMN "name" text NOT NULL`, "its values went with the drop", "adds it as nullable, fills it"} {
			if err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("%v says nothing of %q", err, words)
			}
		}
	})
}
