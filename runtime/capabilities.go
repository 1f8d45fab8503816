package migrate

import "github.com/modelgen/modelgen/runtime/schema"

// Capabilities is what a [Dialect] can do and what it insists on, as far as packages have to know it that know no dialect by its name: the
// migrator, the loader of models, the comparison and the checks. It holds data alone, so that two values can be compared with reflect.DeepEqual.
// A dialect fills in every field that is true of its database; the zero value of each is the answer of a database that lacks it.
type Capabilities struct {
	Name    string   // see [Dialect.Name]; the key of maps such as [schema.Column.TypeFor]
	Aliases []string // what else it is called behind the dot of a tag: "pg"
	Product string   // what people call the database: "PostgreSQL"
	Probe   string   // a query for one value that only this database answers: SELECT sqlite_version()
	Oldest  int      // oldest supported version, as in postgres@14; 0 when the SQL is the same for all versions

	Engines []string // what a server that speaks its protocol may be, by the names that [EngineDialect] takes; none is one alone

	// Transactions and locks.

	TransactionalDDL  bool // what changes the schema is part of the transaction, and rolled back with it
	LocksDatabase     bool // a transaction that writes locks the whole database: there is no lock of a session, and none to be leased
	ConcurrentIndexes bool // it builds indexes while others write
	StringIsTx        bool // statements that are sent as one string run in one transaction
	Script            Frame
	ScriptKeysOff     Frame // for stages with [Stage.KeysOff]

	// Types and values.

	CanonicalTypes    bool              // it spells types as package schema does, and takes types that the package does not know as they are written
	EnforcesTypes     bool              // a column takes values of its type alone, none longer than the type says
	CastsTextToZero   bool              // a cast makes 0 of a text that is no number, where others fail
	BooleanConditions bool              // a condition is a boolean: a number or a text is an error
	NativeEnums       bool              // an enum is a type of its own
	ChainsGenerated   bool              // a generated column may be computed from another one
	Serials           bool              // a column of a type such as bigserial is numbered by a sequence, see [schema.Serial]
	GormTypes         map[string]string // what gorm's driver makes of gorm's types (bool, float, ...), where that is another spelling than the dialect's own
	BunTypes          map[string]string // what bun makes of the types that it finds (VARCHAR, TIMESTAMP, ...), where that is another spelling than the dialect's own
	BytesLiteral      [2]string         // what stands around the hexadecimal digits of a bytes literal: x' and '

	// Objects beside tables.

	Objects       []schema.ObjectKind // the kinds that it has
	TriggerBodies bool                // a trigger has its statements itself, between BEGIN and END, and does not call a function

	HoldsColumns bool // a column that a view, a trigger or a policy reads cannot get another type

	// Indexes and statistics.

	IndexNulls       bool                     // an index says whether NULL comes first or last
	OperatorClasses  map[string][]schema.Kind // the kinds of columns that an operator class is for; what is not in it may be for all
	AnalyzedByHand   bool                     // after a change of a column the planner knows nothing of its values until ANALYZE
	ComparesNoJSON   bool                     // values of type json have no equality
	RebuildsIndexes  bool                     // a change of a column's type or collation rebuilds the indexes over it, under its lock
	PinsPreparedType bool                     // a prepared statement fails once the type of a column that it returns has changed

	// Names.

	ReservedWords    []string // that need quotes as the name of a column, in small letters
	MaxIdentifier    int      // bytes that a name keeps; 0 is no limit
	IgnoresCase      bool     // names that differ in their case alone are the same
	KeysAreRelations bool     // keys, unique constraints and sequences share the names of tables and indexes
	MergesKeys       bool     // a unique constraint of the columns of another key, in the same CREATE TABLE, becomes one with it unless both are named
	ReservedPrefix   string   // of the names of tables and indexes that the database keeps for itself
	ReservedSchemas  []string // schemas that it keeps for itself; one that ends in _ stands for all that begin so
	SystemColumns    []string // columns that each table has
	NamesConstraints bool     // statements and errors name constraints, as in ON CONFLICT ON CONSTRAINT
	Privileges       bool     // who may read or write a table is granted
}

// Frame is what stands around the statements of a transaction in a script that no runner sees to.
type Frame struct{ Begin, End []Statement }

// ScriptFrame returns the frame of a transaction of stages, see [Transactions]: none for what runs outside of any.
func (c Capabilities) ScriptFrame(tx []Stage) Frame {
	switch {
	case len(tx) == 0, tx[0].NoTx:
		return Frame{}
	case tx[0].KeysOff:
		return c.ScriptKeysOff
	}
	return c.Script
}

// EngineDialect is a [Dialect] for several engines that speak alike.
type EngineDialect interface {
	// WithEngine returns the dialect for the engine of that name, or an error with the names there are. See -engine of [runtime/cli].
	WithEngine(name string) (Dialect, error)
}

// BusyDialect is a [Dialect] whose database can be so busy that a connection is not made, which is then tried again.
type BusyDialect interface {
	// Busy reports whether err says so.
	Busy(err error) bool
}
