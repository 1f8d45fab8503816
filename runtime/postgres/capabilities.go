package postgres

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Capabilities implements [migrate.Dialect].
func (d Dialect) Capabilities() migrate.Capabilities {
	engine := d.Engine.traits()
	frame := migrate.Frame{Begin: []migrate.Statement{{SQL: "BEGIN"}}, End: []migrate.Statement{{SQL: "COMMIT"}}}
	return migrate.Capabilities{
		Name: dialect, Aliases: []string{"pg"}, Product: engine.product, Engines: engineNames(), Probe: "SELECT pg_catalog.version()", Oldest: oldest,
		TransactionalDDL: engine.atomic, ConcurrentIndexes: true, StringIsTx: true, Script: frame, ScriptKeysOff: frame,
		CanonicalTypes: true, EnforcesTypes: true, BooleanConditions: true, NativeEnums: true, Serials: true, BytesLiteral: [2]string{`'\x`, "'"},
		IndexNulls: true, OperatorClasses: operatorClasses(), AnalyzedByHand: true, ComparesNoJSON: true, RebuildsIndexes: true, PinsPreparedType: true,
		ReservedWords: reserved, MaxIdentifier: schema.MaxName, KeysAreRelations: true, MergesKeys: true, ReservedSchemas: []string{"pg_", "information_schema"}, SystemColumns: systemColumns,
		NamesConstraints: true, Privileges: true, Objects: objectKinds(), HoldsColumns: true,
	}
}

// objectKinds returns the kinds of objects that PostgreSQL has beside tables.
func objectKinds() []schema.ObjectKind {
	return slices.DeleteFunc(schema.ObjectKinds(), func(k schema.ObjectKind) bool { return k == schema.VirtualTableKind })
}

// operatorClasses returns those of PostgreSQL and of pg_trgm that are for some types only (manual, 11.10 and F.33), by the kinds that they are for.
func operatorClasses() map[string][]schema.Kind {
	return map[string][]schema.Kind{
		"gin_trgm_ops": textKinds, "gist_trgm_ops": textKinds, "text_pattern_ops": textKinds, "varchar_pattern_ops": textKinds, "bpchar_pattern_ops": textKinds,
		"jsonb_ops": {schema.KindJSONB}, "jsonb_path_ops": {schema.KindJSONB}, "inet_ops": {schema.KindInet, schema.KindCIDR},
	}
}

var textKinds = []schema.Kind{schema.KindText, schema.KindVarchar, schema.KindChar}
