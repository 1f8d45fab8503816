package migrate

import (
	"testing"

	"github.com/modelgen/modelgen/runtime/schema"
)

func TestHandDestroys(t *testing.T) {
	made := func(table, column string) bool { return table == "fresh" || column == "newer" }
	for text, want := range map[string]string{
		"DROP TABLE a":                                                                      "DROP TABLE",
		"drop /* and */ schema s cascade":                                                   "DROP SCHEMA",
		"SELECT 1; TRUNCATE a":                                                              "TRUNCATE",
		"DELETE FROM ONLY a WHERE x":                                                        "DELETE FROM",
		"WITH gone AS (DELETE FROM a RETURNING *) SELECT 1":                                 "DELETE FROM",
		"MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN DELETE":                      "DELETE",
		"REPLACE INTO a VALUES (1)":                                                         "REPLACE INTO",
		"INSERT OR REPLACE INTO a VALUES (1)":                                               "REPLACE INTO",
		"ALTER TABLE a DROP b":                                                              "ALTER TABLE ... DROP",
		"SELECT 1; ALTER TABLE a ADD c int, DROP IF EXISTS b":                               "ALTER TABLE ... DROP",
		"DROP TYPE mood CASCADE":                                                            "DROP ... CASCADE",
		"DROP EXTENSION citext CASCADE":                                                     "DROP ... CASCADE",
		"DO $$ BEGIN DELETE FROM a; END $$":                                                 "DELETE FROM",
		"DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'a'); END $$":                          "DROP TABLE",
		"DO 'BEGIN TRUNCATE a; END'":                                                        "TRUNCATE",
		"UPDATE a SET b = ''":                                                               "UPDATE of a.b",
		"update only s.a as x set b = upper(b), c = 1":                                      "UPDATE of s.a.b, s.a.c",
		`UPDATE "A" SET ("B", newer) = (SELECT 1, 2) WHERE id > 3`:                          "UPDATE of A.B",
		"UPDATE a SET b = c IS DISTINCT FROM d, e = 1 FROM f WHERE f.id = a.id":             "UPDATE of a.b, a.e",
		"UPDATE a SET b = CASE WHEN c THEN 1 ELSE 2 END, d = 2":                             "UPDATE of a.b, a.d",
		"UPDATE a SET b = 1 WHERE b IS NULL OR b = 0":                                       "UPDATE of a.b",
		"UPDATE a SET b = 1 WHERE NOT b IS NULL":                                            "UPDATE of a.b",
		"UPDATE a SET b = 1 WHERE c IS NULL":                                                "UPDATE of a.b",
		"UPDATE a SET b[1] = 1":                                                             "UPDATE of a.b",
		"UPDATE OR REPLACE a SET newer = 1":                                                 "UPDATE OR REPLACE",
		"UPDATE OR IGNORE a SET b = 1":                                                      "UPDATE of a.b",
		"WITH x AS (SELECT 1) UPDATE a SET b = 1":                                           "UPDATE of a.b",
		"WITH x AS (UPDATE a SET b = 1 RETURNING *) SELECT * FROM x":                        "UPDATE of a.b",
		"INSERT INTO a (id, b) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET b = excluded.b": "UPDATE of a.b",
		"MERGE INTO a USING c ON a.id = c.id WHEN MATCHED THEN UPDATE SET b = 1 WHEN NOT MATCHED THEN DO NOTHING": "UPDATE of a.b",
		"DO $$ BEGIN IF true THEN UPDATE a SET b = 1; END IF; END $$":                                             "UPDATE of a.b",
		"DO $$ BEGIN FOR r IN SELECT 1 LOOP UPDATE a SET b = r.b WHERE id = r.id; END LOOP; END $$":               "UPDATE of a.b",
		"ALTER TABLE a ALTER COLUMN b TYPE int USING 0":                                                           "ALTER TABLE ... TYPE",
		"ALTER TABLE a ALTER b SET DATA TYPE int":                                                                 "ALTER TABLE ... TYPE",
		"CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END; DELETE FROM a":                                   "DELETE FROM",
		// What takes nothing away, though it has the words.
		"SELECT 'DROP TABLE a'":                     "",
		"ALTER TABLE a DROP CONSTRAINT b":           "",
		"ALTER TABLE a ALTER COLUMN b DROP DEFAULT": "",
		"DROP VIEW v":                               "",
		"DROP INDEX i":                              "",
		"CREATE TRIGGER t AFTER DELETE ON a EXECUTE FUNCTION f()":              "",
		"CREATE TABLE a (b bigint REFERENCES c ON DELETE CASCADE)":             "",
		"CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM a $$": "",
		"CREATE OR REPLACE VIEW v AS SELECT replace(x, 'a', 'b') AS y FROM a":  "",
		"INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING":                      "",
		"UPDATE fresh SET b = 1": "",
		"UPDATE a SET newer = b": "",
		"UPDATE a x SET b = 1, c = 2 WHERE x.b IS NULL AND c IS NULL AND d > 1":                                "",
		"UPDATE a SET b = 1 WHERE b IS NULL RETURNING id":                                                      "",
		"SELECT * FROM a FOR UPDATE":                                                                           "",
		"SELECT * FROM a FOR NO KEY UPDATE":                                                                    "",
		"CREATE TABLE a (b bigint REFERENCES c ON UPDATE SET NULL)":                                            "",
		"CREATE TRIGGER t BEFORE INSERT OR UPDATE ON a EXECUTE FUNCTION f()":                                   "",
		"CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = CASE WHEN c THEN 1 END; DELETE FROM c; END": "",
		"CREATE FUNCTION f() RETURNS void BEGIN ATOMIC UPDATE a SET b = 1; DELETE FROM a; END":                 "",
		"CREATE RULE r AS ON UPDATE TO a DO INSTEAD UPDATE b SET c = 1":                                        "",
		"CREATE RULE r AS ON INSERT TO a DO UPDATE b SET c = 1":                                                "",
		"CREATE POLICY p ON a FOR UPDATE USING (true)":                                                         "",
		"GRANT UPDATE ON a TO b":                                                                               "",
		"ALTER TYPE mood ADD VALUE 'x'":                                                                        "",
		"GRANT TRUNCATE ON a TO b":                                                                             "",
	} {
		if got := handDestroys(text, made); got != want {
			t.Errorf("%s: %q, not %q", text, got, want)
		}
	}
}

// TestDestroyingWhatIsNew: what the plan has made itself is nobody's, under each name that it gets; what was there is, even where it gets the name of something new.
func TestDestroyingWhatIsNew(t *testing.T) {
	table := func(name string) Op {
		return CreateTable{Table: name, Columns: []schema.ColumnDef{schema.BigInt("id")}}
	}
	column := func(table, name string) Op { return AddColumn{Table: table, Column: schema.Text(name).Null()} }
	drop := func(table, name string) Op { return DropColumn{Table: table, Column: schema.Text(name).Null()} }
	for name, c := range map[string]struct {
		ops  []Op
		want int
	}{
		"a column that was there":                 {[]Op{drop("a", "x")}, 1},
		"a table that was there":                  {[]Op{DropTable{Table: "a"}}, 1},
		"a new column":                            {[]Op{column("a", "x"), drop("a", "x")}, 0},
		"a new column that is renamed":            {[]Op{column("a", "x"), RenameColumn{Table: "a", From: "x", To: "y"}, drop("a", "y")}, 0},
		"a column of a new table":                 {[]Op{table("a"), drop("a", "id")}, 0},
		"a new table":                             {[]Op{table("a"), DropTable{Table: "a"}}, 0},
		"a new table that is renamed":             {[]Op{table("a"), RenameTable{From: "a", To: "b"}, drop("b", "id"), DropTable{Table: "b"}}, 0},
		"a new column of a table that is renamed": {[]Op{column("a", "x"), RenameTable{From: "a", To: "b"}, drop("b", "x")}, 0},
		"one that was there under a new name":     {[]Op{RenameColumn{Table: "a", From: "x", To: "y"}, drop("a", "y")}, 1},
		"one that was there under the name of a new one": {[]Op{column("a", "x"), drop("a", "x"),
			RenameColumn{Table: "a", From: "y", To: "x"}, drop("a", "x")}, 1},
		"a table that was there under the name of a new one": {[]Op{table("b"), RenameTable{From: "b", To: "c"}, RenameTable{From: "a", To: "b"}, DropTable{Table: "b"}}, 1},
		"a table that was there, made again":                 {[]Op{DropTable{Table: "a"}, table("a"), DropTable{Table: "a"}}, 1},
	} {
		if got := destroying(c.ops, "postgres", &course{}); len(got) != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
