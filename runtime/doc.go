// Package migrate carries a database to the migrations that modelgen wrote. Its import path ends in runtime; generated files
// import it under the name migrate.
//
// A [Migration] is a named list of typed operations ([Op]) with its parents; a [Set] is all migrations of one application;
// a [Migrator] brings a database to a set through a [Dialect]:
//
//	m, err := migrate.New(db, postgres.Dialect{}, migrations.All, nil)
//	if err != nil { ... }
//	res, err := m.Up(ctx)
//
// The package uses the standard library only. It takes a *sql.DB that the caller opened and never closes it, logs neither
// secrets nor values of rows, and knows no dialect: those are in the packages postgres and sqlite beside it. It does not read
// models and writes no files; that is the generator's work.
//
// # Runs
//
// A run is what changes the database:
//
//	Up            applies all that is pending
//	UpTo, To      go to one migration; To also back
//	Down, Back    undo the newest migration, or the newest n
//	Rehearse      does all of that on a copy, and reports
//	Prune         forgets what squashes have replaced
//
// Read-only operations take no lock and change nothing: [Migrator.Plan] and [Migrator.PlanBack] return what a run would do, with its
// SQL, [Migrator.Status] where the database stands, [Migrator.Check] an error when something is pending, and [Migrator.Verify]
// the drift: what differs between the database and its migrations. [Set.Stages] plans one migration without a database.
//
// A run goes through these steps. It ends at the first error, which says what was done, what was not, and which command is next;
// running again goes on from there.
//
//  1. It reads the newest row of the history. When nothing is pending it ends here, without a lock.
//  2. It takes the lock that keeps out other runners, and waits for it at most [Options].LockWait.
//  3. It reads the history again, compares it with the set, and decides which migrations are to be applied or undone.
//  4. It calls [Options].BeforeRun with its [Plan], then makes a copy with [Options].Backup.
//  5. For each migration: it looks for rows that would make a step fail, then runs the stages of its ops, each transaction together
//     with its row of the history. Before each batch of a [Fill] or [Backfill] it calls [Options].Throttle; [Options].Progress is
//     called for each [Event].
//  6. It calls [Options].AfterRun with the [Result], and releases the lock.
//
// # For dialects
//
// These types are for packages that implement a [Dialect], as postgres and sqlite do, and for the generator. They are not covered by the promise
// that what compiles today compiles with the next release: a new op is a new method of [Planner], by which the compiler names every
// dialect that lacks it.
//
//	Dialect         opens sessions and plans SQL for a server's version
//	Session         one connection at work: Locker, HistoryStore, Executor, Inspector; Tx is a transaction of it
//	Planner         the stages of each op: Stage, Statement, Again, Batch
//	Work, Mark      what one transaction does, and what it records; Record, State
//	Cursor, BatchResult   where a stage in batches stands
//	Facts, Effects  what a schema consists of, and what an op reads and changes
//
// What a database can do besides is said by more interfaces, which are looked for: of a dialect [EngineDialect], [SchemaDialect], [SchemaInspector],
// [TypeNamer], [ReachingDialect] and [BusyDialect]; of a planner [ObjectPlanner], [SingleOpPlanner], [QuietPlanner], [RefusingPlanner] and [KeepingPlanner]; of a session
//
//	ObjectSession, ObjectLister, ViewSession, RowSession           what is in the database
//	BriefHistory, StraightSession, SchemaSession                   less to wait for
//	ProtectionStore, ValueCounter, Archiver, Rehearser             protection, backups, rehearsals
//	Looker, Watched, ForeseeingSession, Versioned, SayingSession   what people are told
//	Replicated, RowSecured                                         what a Backfill looks at
//
// Package dialecttest holds the tests that every dialect must pass.
package migrate
