package migrate

import (
	"context"
	"errors"
	"os"
	"os/user"
	"strings"
	"time"
)

// LogEntry is one row of the log: something that was done to the database, or failed. It has no secret and no value of a row. No verb changes or deletes one.
type LogEntry struct {
	ID         int64
	At         time.Time // by the server's clock, UTC
	Verb       string    // "up", "down -n 2", "to 0002_price", "fake zero", "prune", "protect", "unprotect"
	Set        string    // that the migration is of
	Migrations []string
	Result     string // one of the Logged constants
	Error      string // code of the error of LoggedFailed, such as a SQLSTATE; may be empty
	Name       string // what the database was called, "" while it was not protected

	By      string // the database user, "" on SQLite
	User    string // of the operating system
	Host    string
	Program string // path and version of the program's module, with the revision that it was built from, as far as the build knows them
	Tool    string // version of this package

	Approved string // hash of the plan that had consent; with ", name typed" behind it where a person typed the name of the database
	Reason   string // why there was no backup (Options.WithoutBackup)
	Backup   string // path of the copy on Host, with LoggedBackup
	Bytes    int64  // size of that
}

// What a [LogEntry] says has happened.
const (
	LoggedBegun       = "begun"    // the first of several transactions of a migration is committed
	LoggedApplied     = "applied"  // migrations are applied
	LoggedUndone      = "undone"   // migrations are undone
	LoggedRecorded    = "recorded" // the history says so, nothing was run
	LoggedFailed      = "failed"   // the run ended with an error
	LoggedBackup      = "backup"   // a copy of the database was made
	LoggedPruned      = "pruned"   // rows of the history were taken out
	LoggedAccepted    = "accepted" // edits of migrations were accepted
	LoggedProtected   = "protected"
	LoggedUnprotected = "unprotected"
)

// Log returns the log of the database, the oldest entry first: who did what, when, from where, with which version. It begins with the first [Migrator.Protect], has one
// entry for each migration that a run applies or undoes, one more where that takes several transactions, and one for each run that fails. Those of all sets are in it.
func (m *Migrator) Log(ctx context.Context) (_ []LogEntry, err error) {
	defer m.explain(ctx, &err)
	s, done, err := m.session(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	store, ok := s.(ProtectionStore)
	if !ok {
		return nil, nil
	}
	entries, err := store.Log(ctx)
	if err != nil {
		return nil, redacted{err}
	}
	return entries, nil
}

// entry is one that says who and where.
func (m *Migrator) entry(verb string) *LogEntry {
	return &LogEntry{Verb: verb, Set: m.set.name, User: osUser(), Host: host(), Program: program(), Tool: tool()}
}

func host() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}

func osUser() string {
	if u, err := user.Current(); err == nil { // which it keeps
		return u.Username
	}
	return os.Getenv("USER")
}

// program is the module of the program with its version, and the revision of version control.
func program() string {
	info := buildInfo()
	if info == nil || info.Main.Path == "" {
		return ""
	}
	var text strings.Builder
	text.WriteString(info.Main.Path)
	if info.Main.Version != "" {
		text.WriteString("@" + info.Main.Version)
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			text.WriteString(" " + s.Value[:min(12, len(s.Value))])
		}
	}
	return text.String()
}

// logged returns the mark that writes an entry about migrations of one set, and whether this database has a log.
func (r *run) logged(m *Migrator, set, result string, migrations ...string) (Mark, bool) {
	if r == nil || r.state == nil || !r.state.Logged {
		return Mark{}, false
	}
	e := m.entry(r.verb)
	e.Set, e.Migrations, e.Result, e.Approved, e.Reason = set, migrations, result, r.approved, m.opt.WithoutBackup
	if r.state.Mark != nil {
		e.Name = r.state.Mark.Name
	}
	return Mark{Kind: MarkLog, Log: e}, true
}

// logs returns marks with an entry about one migration behind them, where there is a log.
func (k *marker) logs(marks []Mark, result string) []Mark {
	if k.entry == nil {
		return marks
	}
	if mark, ok := k.entry(result); ok {
		marks = append(marks, mark)
	}
	return marks
}

// ended is the entry of a migration that came to its end.
func (mv move) ended() string {
	switch {
	case mv.fake:
		return LoggedRecorded
	case mv.back:
		return LoggedUndone
	}
	return LoggedApplied
}

// logFailure writes that a run has failed. It is written beside the work, for people: when it cannot be, nothing else is lost. A connection that is gone is
// made again for it.
func (m *Migrator) logFailure(ctx context.Context, s Session, r *run, moves []move, failure error) {
	if errors.Is(failure, ErrClaimed) || errors.Is(failure, ErrCommitLost) {
		return
	}
	set, migrations := m.set.name, []string(nil)
	var failed *MigrationError
	switch {
	case errors.As(failure, &failed):
		set, migrations = failed.Set, []string{failed.Migration}
	default:
		for _, mv := range moves[min(len(r.res.Done), len(moves)):] {
			migrations = append(migrations, m.set.label(mv.at))
		}
	}
	mark, ok := r.logged(m, set, LoggedFailed, migrations...)
	if !ok {
		return
	}
	mark.Log.Error = ErrorCode(failure)
	if st := new(StatementError); errors.As(failure, &st) {
		mark.Log.Error = st.Code
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if s.Transact(end, Work{After: []Mark{mark}}) == nil {
		return
	}
	other, done, err := m.session(end)
	if err != nil {
		return
	}
	defer done()
	_ = other.Transact(end, Work{After: []Mark{mark}})
}
