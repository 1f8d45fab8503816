package migrate

import "context"

// Stage is what a dialect turns one or more ops into: statements that run in one transaction, or one statement that runs outside
// any. Stages that follow each other and are transactional share the transaction, unless one of them says otherwise.
type Stage struct {
	Cause      string      // what the op does, see [Op.Describe]
	Statements []Statement // in their order
	Note       string      // why there is nothing to do on this database, for people; such a stage has no statements
	NoTx       bool        // the single statement must run outside any transaction
	Commit     bool        // what follows needs this stage committed; the transaction ends here
	ByHand     bool        // written by a person: it may have changed settings of the session

	// Session is what earlier stages of the same step have set on the session, with NoTx and ByHand. What a step sets is put back behind each
	// of its stages, before the history is written, and set again before the next one, by a later run too. Scripts have no use for it.
	Session []Statement

	// Open says that the same step goes on in the next stage, with NoTx and ByHand: temporary tables and the like stay until then.
	Open bool

	// Run is what the stage does when it is not SQL that can be printed: a Go function. It runs after Statements,
	// in their transaction, or on the bare connection when NoTx is set.
	Run func(ctx context.Context, tx Tx) error

	// Script is what a script has in the place of Statements and Run, so that it fails where Run would. nil with a Run is a stage that no
	// script can have. See [Stage.SQL].
	Script []Statement

	// Again says in SQL what Ready finds out, for scripts that can be run again. nil is a stage that is simply run again.
	Again *Again

	// Check is asked before the first stage of a migration that takes several transactions: rows that are bound to make this stage fail are
	// a reason not to begin. Its error is for people. It changes nothing; nil has nothing to look at.
	Check func(ctx context.Context, tx Tx) error

	// CheckAlways asks Check before a migration of one transaction too: for what the server would say as well, but not what to do about it.
	CheckAlways bool

	// Ready is asked before a stage with NoTx runs, which may have run before, or half way: it cleans up what is left of that, and
	// reports whether nothing is to be done any more. nil is no.
	Ready func(ctx context.Context, tx Tx) (done bool, err error)

	// Failed is called when the stage has failed and its transaction is rolled back: it cleans up what is left, and returns a hint for
	// people, without values of rows other than primary keys. nil has none.
	Failed func(ctx context.Context, tx Tx, err error) (hint string)

	// Left looks, once a stage with NoTx has failed, for what it has left in the database, which nobody has recorded: "index users_nick_key, which
	// is not valid". "" is nothing. nil has nothing to look at.
	Left func(ctx context.Context, tx Tx) (what string, err error)

	// Parts are what the stage amounts to where its op takes several, as ops: their inverses undo it when the migration is given up between
	// two stages. A stage that leaves nothing behind has a slice of none; nil is not known, and such a stage cannot be undone alone.
	Parts []Op

	// Batch lets the migrator run the stage in pieces, each in a transaction of its own, see [Session.Batch]. It shares none with other
	// stages. Statements and Run are the same in one piece, for whoever runs or reads them.
	Batch *Batch

	// KeysOff asks for a transaction with foreign keys switched off and checked as a whole before it commits, as a rebuild of a
	// SQLite table needs it. Stages with and without KeysOff do not share a transaction.
	KeysOff bool

	// Rows are what Run does of a [Rows], row by row.
	Rows []RowStatement

	Facts
}

// SQL returns the statements of the stage for a script, which nobody watches over: they fail where the migrator would stop. ok is false when
// the stage runs Go code, which no script can.
func (s Stage) SQL() (statements []Statement, ok bool) {
	if s.Run == nil {
		return s.Statements, true
	}
	return s.Script, s.Script != nil
}

// Again tells how far an earlier try of a stage with NoTx came.
type Again struct {
	State string    // a query that returns 'done' when nothing is to be done any more, 'left' when Clear has something to take away, else nothing
	Clear Statement // outside any transaction
}

// Statement is one SQL statement without a semicolon at its end.
type Statement struct {
	SQL     string
	Comment string // why, when it is not plain from the cause; may be empty
	Shown   bool   // it is for people to read, and not sent: Run of the stage does it, and looks at what it returns
}

// Facts is what a stage does to a database in use, as far as the dialect knows.
type Facts struct {
	Lock     string   // strongest table lock as PostgreSQL names it: "ACCESS EXCLUSIVE"; "" where tables are not locked
	Tables   []string // tables that are locked so, hidden ones such as the parent of a foreign key included
	Scans    bool     // reads whole tables while it holds the lock
	Rewrites bool     // rewrites whole tables while it holds the lock
	Destroys []string // data that is lost for good, see [Op.Destroys]
}
