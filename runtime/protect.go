package migrate

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Protection is what a database says of itself once [Migrator.Protect] has marked it: that it is not to be changed in ways that may lose something
// without consent for that one plan, see [Options.Approve].
type Protection struct {
	Name  string    // what the database is called: "production"
	Since time.Time // by the server's clock, UTC
	By    string    // the database user who marked it
	Host  string    // where the program ran that did

	// Identity is that of the database when it was marked, and Now the one that it has. Where they differ it is a copy, see [Protection.Copied].
	Identity, Now Identity
}

// Identity tells a database from its copies, as far as the database knows itself.
type Identity struct {
	System   string // PostgreSQL's system_identifier (manual, pg_control_system); "" is not known: the role may not ask, or it is SQLite
	Database string // the name on its server; "" on SQLite
}

// Copied reports whether the mark was made in another database, of which this one is a copy: a dump that was restored elsewhere, or under another name. What
// is not known of one of them is not compared. A copy of all files of a server cannot be told from the server.
func (p *Protection) Copied() bool {
	return p.Identity.Database != p.Now.Database || p.Identity.System != "" && p.Now.System != "" && p.Identity.System != p.Now.System
}

// String returns what the database is, in one line: "production (protected)".
func (p *Protection) String() string {
	if !p.Copied() {
		return p.Name + " (protected)"
	}
	return "a copy of " + p.Name + " (protected until protect or unprotect says what it is)"
}

// copyText says of what it is a copy, "" when it is none.
func (p *Protection) copyText() string {
	switch {
	case !p.Copied():
		return ""
	case p.Identity.Database != p.Now.Database:
		return fmt.Sprintf("this is a copy of %s, made from the database %s, and called %s; run protect -name NAME if it is to be protected, or unprotect %s", p.Name, p.Identity.Database, p.Now.Database, p.Name)
	}
	return fmt.Sprintf("this is a copy of %s on another server; run protect -name NAME if it is to be protected, or unprotect %s", p.Name, p.Name)
}

// ProtectionStore is a [Session] that keeps, in two tables beside the history, what the database is and the log of who did what to it. Neither is there before the
// first [Migrator.Protect]. Both are written by marks, see [MarkProtect] and [MarkLog].
type ProtectionStore interface {
	// Protection reads the mark, and who the database is. It takes no lock and changes nothing.
	Protection(ctx context.Context) (*ProtectionState, error)

	// BootstrapProtection creates the two tables, once there is a history. Without need it changes nothing.
	BootstrapProtection(ctx context.Context) error

	// Log reads all entries, the oldest first; none without a log.
	Log(ctx context.Context) ([]LogEntry, error)
}

// ProtectionState is what a [ProtectionStore] knows.
type ProtectionState struct {
	Mark   *Protection // nil: the database is not protected
	Logged bool        // there is a log
	Now    Identity
	Place  string    // what tells it from another one with a copy of the mark: the schema of a tenant, the path of a file; "" without a mark
	Clock  time.Time // of the server; zero where there is neither mark nor log
}

// NotMarkedError says that a database has another name than the program expects (Options.Expect), or none. Nothing was changed.
type NotMarkedError struct {
	Expected string
	Mark     *Protection // nil: it has no name
}

// Error implements the error interface.
func (e *NotMarkedError) Error() string {
	switch {
	case e.Mark == nil:
		return fmt.Sprintf("the program expects the database %s (Options.Expect), and this one has no name; if it is the one, say so with: protect -name %[1]s; nothing was changed", e.Expected)
	case e.Mark.Copied():
		return fmt.Sprintf("the program expects the database %s (Options.Expect), and %s; nothing was changed", e.Expected, e.Mark.copyText())
	}
	return fmt.Sprintf("the program expects the database %s (Options.Expect), and this one is %s; look at its connection string; nothing was changed", e.Expected, e.Mark.Name)
}

// protection reads the mark. A dialect that keeps none has none.
func (m *Migrator) protection(ctx context.Context, s Session) (*ProtectionState, error) {
	store, ok := s.(ProtectionStore)
	if !ok {
		return &ProtectionState{}, nil
	}
	state, err := store.Protection(ctx)
	if err != nil {
		return nil, redacted{err}
	}
	return state, nil
}

// expects refuses a database that is not the one that the program is for.
func (m *Migrator) expects(ctx context.Context, s Session) error {
	if m.opt.Expect == "" {
		return nil
	}
	state, err := m.protection(ctx, s)
	if err != nil {
		return err
	}
	return m.isExpected(state)
}

func (m *Migrator) isExpected(state *ProtectionState) error {
	if m.opt.Expect == "" || state.Mark != nil && state.Mark.Name == m.opt.Expect && !state.Mark.Copied() {
		return nil
	}
	return &NotMarkedError{m.opt.Expect, state.Mark}
}

// Protection returns what the database is, nil when it is not protected.
func (m *Migrator) Protection(ctx context.Context) (_ *Protection, err error) {
	defer m.explain(ctx, &err)
	s, done, err := m.session(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	state, err := m.protection(ctx, s)
	if err != nil {
		return nil, err
	}
	return state.Mark, nil
}

// Protect makes the database known as name, such as "production", and protects it: what may lose something needs consent from then on, see [Options.Approve].
// The first one begins the log, see [Migrator.Log]. A database that is protected under another name is refused; a copy of one is not. It needs what applying migrations
// needs: on PostgreSQL the owner of the history, or a member of that role. It reports whether there was something to do.
func (m *Migrator) Protect(ctx context.Context, name string) (bool, error) {
	if err := checkProtectionName(name); err != nil {
		return false, err
	}
	return m.remark(ctx, func(mark *Protection) (Mark, error) {
		switch {
		case mark == nil || mark.Copied():
			return Mark{Kind: MarkProtect, Protection: &Protection{Name: name, Host: host()}}, nil
		case mark.Name != name:
			return Mark{}, &ProtectedError{mark, fmt.Sprintf("this database is %s, and cannot be %s as well; if it is no longer %[1]s, run unprotect %[1]s first; nothing was changed", mark.Name, name)}
		}
		return Mark{}, nil
	})
}

// Unprotect takes the mark off, once its name is given. The log stays, and goes on. It reports whether there was something to do.
func (m *Migrator) Unprotect(ctx context.Context, name string) (bool, error) {
	return m.remark(ctx, func(mark *Protection) (Mark, error) {
		switch {
		case mark == nil:
			return Mark{}, nil
		case mark.Name != name:
			return Mark{}, &ProtectedError{mark, fmt.Sprintf("%q is not the name of this database, which is %s; nothing was changed", name, mark)}
		}
		return Mark{Kind: MarkUnprotect, Protection: mark}, nil
	})
}

// ProtectedError says that a database is protected, and why it stays as it is.
type ProtectedError struct {
	Mark   *Protection
	reason string
}

// Error implements the error interface.
func (e *ProtectedError) Error() string { return e.reason }

// remark writes or takes off the mark, with its entry of the log, in one transaction.
func (m *Migrator) remark(ctx context.Context, decide func(*Protection) (Mark, error)) (done bool, err error) {
	err = m.locked(ctx, func(s Session) error {
		store, ok := s.(ProtectionStore)
		if !ok {
			return fmt.Errorf("the dialect %s keeps no protection", m.dialect.Name())
		}
		state, err := m.protection(ctx, s)
		if err != nil {
			return err
		}
		mark, err := decide(state.Mark)
		if err != nil || mark.Protection == nil {
			return err
		}
		if err := store.BootstrapProtection(ctx); err != nil {
			return redacted{err}
		}
		if state, err = m.protection(ctx, s); err != nil { // now it is known which database it is
			return err
		}
		mark.Protection.Now = state.Now
		verb, result := "protect", "protected"
		if mark.Kind == MarkUnprotect {
			verb, result = "unprotect", "unprotected"
		}
		entry := m.entry(verb)
		entry.Name, entry.Result = mark.Protection.Name, result
		if err := s.Transact(ctx, Work{After: []Mark{mark, {Kind: MarkLog, Log: entry}}}); err != nil {
			return err
		}
		done = true
		return nil
	})
	return done, err
}

// checkProtectionName refuses what could not be typed as a name, or would break a line of a message.
func checkProtectionName(name string) error {
	const most = 63
	switch {
	case name == "":
		return fmt.Errorf("a protected database has a name: protect -name production")
	case len(name) > most:
		return fmt.Errorf("the name of a protected database has at most %d bytes, and this one %d", most, len(name))
	case strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`"'\/`+"`", r) }):
		return fmt.Errorf("the name %q: letters, digits, - and _ make one that can be typed; spaces and quotes do not", name)
	}
	return nil
}
