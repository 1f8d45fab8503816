package sqlite

import migrate "github.com/modelgen/modelgen/runtime"

// Capabilities implements [migrate.Dialect].
func (d Dialect) Capabilities() migrate.Capabilities {
	begin := []migrate.Statement{{SQL: "PRAGMA foreign_keys = OFF", Comment: "else rows of other tables go with the old one"}, {SQL: "BEGIN IMMEDIATE"}}
	end := d.Fail("rows refer to others that are not there: PRAGMA foreign_key_check lists them", "(SELECT count(*) FROM pragma_foreign_key_check)")
	return migrate.Capabilities{
		Name: name, Product: "SQLite", Probe: "SELECT sqlite_version()",
		TransactionalDDL: true, LocksDatabase: true,
		Script:          migrate.Frame{Begin: []migrate.Statement{{SQL: "BEGIN"}}, End: []migrate.Statement{{SQL: "COMMIT"}}},
		ScriptKeysOff:   migrate.Frame{Begin: begin, End: append(end, migrate.Statement{SQL: "COMMIT"}, migrate.Statement{SQL: "PRAGMA foreign_keys = ON"})},
		GormTypes:       map[string]string{"bool": "numeric", "float": "real"},
		BunTypes:        map[string]string{"VARCHAR": "VARCHAR", "TIMESTAMP": "TIMESTAMP", "DOUBLE PRECISION": "DOUBLE PRECISION", "JSON": "JSON"},
		CastsTextToZero: true, ChainsGenerated: true, BytesLiteral: [2]string{"x'", "'"},
		ReservedWords: reserved, IgnoresCase: true, Objects: objectKinds, TriggerBodies: true, ReservedPrefix: "sqlite_",
	}
}
