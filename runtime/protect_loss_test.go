package migrate

import "testing"

func TestHandDestroys(t *testing.T) {
	for text, want := range map[string]string{
		"DROP TABLE a":                                                 "DROP TABLE",
		"drop /* and */ schema s cascade":                              "DROP SCHEMA",
		"SELECT 1; TRUNCATE a":                                         "TRUNCATE",
		"DELETE FROM ONLY a WHERE x":                                   "DELETE FROM",
		"WITH gone AS (DELETE FROM a RETURNING *) SELECT 1":            "DELETE FROM",
		"MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN DELETE": "DELETE",
		"REPLACE INTO a VALUES (1)":                                    "REPLACE INTO",
		"INSERT OR REPLACE INTO a VALUES (1)":                          "REPLACE INTO",
		"ALTER TABLE a DROP b":                                         "ALTER TABLE ... DROP",
		"SELECT 1; ALTER TABLE a ADD c int, DROP IF EXISTS b":          "ALTER TABLE ... DROP",
		"DROP TYPE mood CASCADE":                                       "DROP ... CASCADE",
		"DROP EXTENSION citext CASCADE":                                "DROP ... CASCADE",
		"DO $$ BEGIN DELETE FROM a; END $$":                            "DELETE FROM",
		"DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'a'); END $$":     "DROP TABLE",
		"DO 'BEGIN TRUNCATE a; END'":                                   "TRUNCATE",
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
		"GRANT TRUNCATE ON a TO b":                                             "",
	} {
		if got := handDestroys(text); got != want {
			t.Errorf("%s: %q, not %q", text, got, want)
		}
	}
}
