package migrate

import "time"

// Work is what one transaction does: history first, as a claim that no second runner can make, then the stages, then history again.
type Work struct {
	Before []Mark
	Stages []Stage // none with NoTx; all with KeysOff, or none
	After  []Mark
	Ran    func() // called when it has run, before the commit, where to know that costs no round trip; nil where nobody wants to know
}

// Record is one row of the history: one migration that was applied, or is on its way.
type Record struct {
	ID       int64  // counts up in the order in which migrations were begun
	Set      string // name of the set
	Name     string // name of the migration
	Hash     string // of its ops, see [HashOps]
	Digest   string // of all migrations of the set that were applied when it was, this one included
	State    State
	Stage    int       // stages that are done, while State is not StateDone
	Cursor   string    // how far a batched stage came
	Started  time.Time // by the server's clock, UTC
	Finished time.Time // zero while it is on its way
	By       string    // the database user
	Tool     string    // version of this package
	Module   string    // path of the Go module that applied it; "" is not known, as of rows of earlier versions
	Error    string    // code of the error that stopped it, such as a SQLSTATE
}

// State is where a migration in the history stands.
type State string

// The states. There is no "dirty": a migration that stopped half way says at which stage, and goes on there.
const (
	StateDone    State = "done"    // applied
	StateRunning State = "running" // on its way up: some stages are committed
	StateUndoing State = "undoing" // on its way down: some stages are committed
	StateFaked   State = "faked"   // recorded as applied without running
)

// Mark is one change of the history, written in the transaction of what it records.
type Mark struct {
	Kind       MarkKind
	Record     Record      // Set and Name say which row; further fields as the kind needs them. Not of the last three kinds
	Log        *LogEntry   // of MarkLog
	Protection *Protection // of MarkProtect
}

// MarkKind says what a [Mark] does.
type MarkKind int

// The kinds of marks.
const (
	MarkBegin  MarkKind = iota // inserts a row: Hash, Digest, State, Stage, Tool, Module; started is now
	MarkFinish                 // sets finished to now, and State; a row that was begun is complete
	MarkStage                  // sets State and Stage
	MarkRemove                 // deletes the row
	MarkDigest                 // sets Digest of the newest row of the set; Name is not looked at
	MarkError                  // sets Error, if there is a row, and no more
	MarkHash                   // sets Hash

	MarkLog       // inserts Log into the log; its time and database user are those of the server
	MarkProtect   // makes Protection the mark of the database, whatever it was; since, user and identity are those of the server
	MarkUnprotect // takes the mark off
)
