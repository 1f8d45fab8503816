// Package cli is the ready command line for the program that holds the migrations:
//
//	os.Exit(cli.Run(ctx, db, postgres.Dialect{}, migrations.All, os.Args[2:]))
//
// Its verbs:
//
//	status [-plan]     every migration: applied or pending, when, how long; -plan in the order in which they are applied; -watch looks again and again
//	plan [-to NAME]    what up would do: stages, SQL, locks, what it destroys; -down N what down would
//	up [-to NAME]      apply everything that is pending; -contract, -fake-initial, -backup DIR
//	to NAME|zero       go to a migration, forward or back; a beginning of the name is enough
//	down [-n N]        undo the newest migration, or the newest N
//	fake NAME|zero     make the history say so, without running anything
//	sql [-back] NAME   print the SQL of a migration; needs no database
//	check              is anything pending? for readiness probes and deploys
//	verify             does the database look as its migrations say? -expected URL
//	rehearse           carry out what is pending on a copy, and report; -rows 5%, -on URL, -keep
//	show -html DIR     a page of the tables and migrations, with what is applied; -from NAME -to NAME compares; -format svg|dot
//	prune [NAME...]    forget rows whose migrations are gone, as after a squash
//	protect -name NAME say what the database is, as production: what may lose something then needs -approve HASH, which plan prints
//	unprotect [NAME]   lift that, once its name is given
//	log                who did what to a protected database, when, from where
//	inspect            what the database holds, as JSON for modelgen adopt; -schema a,b, -ignore PATTERNS; needs no migrations
//
// -json makes every verb print JSON on stdout, also when it fails: {"error": "..."}. Exit status: 0 done or nothing to do; 1 no: pending,
// drift, refused, failed half way; 2 it could not run: bad arguments, no connection. It reads no configuration and opens no database.
//
// -color auto|always|never is taken by every verb; auto heeds NO_COLOR, CLICOLOR_FORCE, FORCE_COLOR and TERM, in this order.
//
// Where consent is needed, a person at a terminal is asked for the name of the database in the place of -approve.
//
// SIGINT and SIGTERM cancel what runs, and the answer of the database is waited for; a second signal ends the process at once.
package cli

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/modelgen/modelgen/internal/nearest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli/terminal"
	"github.com/modelgen/modelgen/runtime/internal/samedriver"
)

// Command is a command line with what can be set about it. DB, Dialect and Set are needed; Set may be nil for inspect alone.
type Command struct {
	DB      *sql.DB
	Dialect migrate.Dialect
	Set     *migrate.Set
	Options *migrate.Options // nil is the defaults; flags come on top
	Stdin   io.Reader        // where a person at a terminal is asked; nil is os.Stdin
	Stdout  io.Writer        // nil is os.Stdout
	Stderr  io.Writer        // nil is os.Stderr
	Name    string           // how the program is called in messages, "" is "migrate"

	// URL is the connection string for the backups of up -backup on PostgreSQL, see [migrate.Backup], and for the copies of rehearse; "" is the
	// environment variable DATABASE_URL, if it is set.
	URL string
}

// Run runs one verb with the default options and returns the exit status. It does not close db.
func Run(ctx context.Context, db *sql.DB, dialect migrate.Dialect, set *migrate.Set, args []string) int {
	return Command{DB: db, Dialect: dialect, Set: set}.Run(ctx, args)
}

// verb is one word of the command line.
type verb struct {
	name, args, does string
	run              func(ctx context.Context, c *call) error
	flags            func(c *call, f *flag.FlagSet)
	operands         int // how many operands it takes, exactly; below 0 is any number
}

var verbs = []verb{
	{"status", "", "every migration: applied or pending, when, how long", status, func(c *call, f *flag.FlagSet) {
		f.BoolVar(&c.order, "plan", false, "in the order in which they are applied, with what each comes after")
		watchFlags(c, f)
	}, 0},
	{"plan", "", "what up would do: stages, SQL, locks, what it destroys", plan, func(c *call, f *flag.FlagSet) {
		toFlag(c, f)
		f.IntVar(&c.steps, "down", 0, "what down -n `N` would do")
		contractFlag(c, f)
		initialFlag(c, f)
		policyFlags(c, f)
		consentFlags(c, f)
		withoutBackupFlag(c, f)
		f.StringVar(&c.backup, "backup", "", "what up -backup `DIR` would do")
	}, 0},
	{"up", "", "apply everything that is pending", up, func(c *call, f *flag.FlagSet) {
		toFlag(c, f)
		contractFlag(c, f)
		initialFlag(c, f)
		changeFlags(c, f)
	}, 0},
	{"to", "NAME|zero", "go to a migration, forward or back", to, changeFlags, 1},
	{"down", "", "undo the newest migration", down, func(c *call, f *flag.FlagSet) {
		f.IntVar(&c.steps, "n", 1, "undo the newest `N` migrations")
		changeFlags(c, f)
	}, 0},
	{"fake", "NAME|zero", "make the history say so, without running anything", fake, func(c *call, f *flag.FlagSet) { lockFlags(c, f); policyFlags(c, f); consentFlags(c, f) }, 1},
	{"sql", "NAME", "print the SQL of a migration", printSQL, func(c *call, f *flag.FlagSet) {
		f.BoolVar(&c.back, "back", false, "the SQL that undoes it")
		f.IntVar(&c.server, "server", newest, "major `version` of the server that the SQL is for")
	}, 1},
	{"check", "", "is anything pending?", check, func(c *call, f *flag.FlagSet) { policyFlags(c, f); expectFlag(c, f) }, 0},
	{"verify", "", "does the database look as its migrations say?", verify, func(c *call, f *flag.FlagSet) {
		f.StringVar(&c.expected, "expected", "", "build what to compare with in the database `URL`, for a standby or a role that may create nothing")
	}, 0},
	{"rehearse", "", "carry out what is pending on a copy, and report", rehearse, rehearseFlags, 0},
	{"show", "", "write a page of the tables and what is applied", show, showFlags, 0},
	{"prune", "[NAME...]", "forget rows of the history whose migrations are gone", prune, func(c *call, f *flag.FlagSet) { lockFlags(c, f); consentFlags(c, f) }, -1},
	{"protect", "", "say what it is, and refuse what may lose something", protect, func(c *call, f *flag.FlagSet) {
		f.StringVar(&c.name, "name", "", "what the database is called: production")
		lockFlags(c, f)
	}, 0},
	{"unprotect", "[NAME]", "lift the protection of the database of that name", unprotect, lockFlags, -1},
	{"log", "", "who did what to a protected database, when, from where", printLog, nil, 0},
	{"inspect", "", "what the database holds, as JSON for modelgen adopt", inspect, inspectFlags, 0},
}

// call is one run of a verb.
type call struct {
	Command
	m       *migrate.Migrator
	opt     migrate.Options
	args    []string
	json    bool
	encoded bool // JSON was printed
	to      string
	back    bool
	order   bool
	steps   int
	backup  string
	server  int
	colours [2]bool   // whether stdout and stderr show them
	busy    bool      // a line on the terminal says what is being done
	said    time.Time // when the progress of a batched stage was printed
	retry   retry

	name     string // of protect
	rehearse migrate.RehearseOptions
	expected string // where verify builds what it compares with
	look     migrate.InspectOptions
	watch    bool // of status
	interval time.Duration
	page     pageFlags
}

// newest stands for the newest server there is: what is printed is not refused for the sake of an older one.
const newest = 99

func toFlag(c *call, f *flag.FlagSet) {
	f.StringVar(&c.to, "to", "", "only as far as the migration `NAME`")
}

func initialFlag(c *call, f *flag.FlagSet) {
	f.BoolVar(&c.opt.FakeInitial, "fake-initial", c.opt.FakeInitial, "a first migration whose tables are there, exactly as it makes them, is only recorded")
}

func contractFlag(c *call, f *flag.FlagSet) {
	f.BoolVar(&c.opt.Contract, "contract", c.opt.Contract, "end dual writes as well: no program is running any more that knows only the old column")
}

// changeFlags are those of verbs that change the database.
func changeFlags(c *call, f *flag.FlagSet) {
	f.StringVar(&c.backup, "backup", "", "first write a copy of the database into the directory `DIR`")
	lockFlags(c, f)
	policyFlags(c, f)
	consentFlags(c, f)
	withoutBackupFlag(c, f)
}

func lockFlags(c *call, f *flag.FlagSet) {
	f.DurationVar(&c.opt.LockWait, "lock-wait", c.opt.LockWait, "how long to wait for another run to finish, 0 is a minute; -1s fails at once")
	f.DurationVar(&c.opt.LockTimeout, "lock-timeout", c.opt.LockTimeout, "how long a statement waits for the lock of a table before it is tried again, 0 is 50ms; others wait as long")
	f.BoolFunc("lease", "the lock is a row with an end, for a pooler in transaction mode", func(string) error { c.opt.Lock = migrate.LockLease; return nil })
}

func policyFlags(c *call, f *flag.FlagSet) {
	policy := func(p *migrate.Policy, name, usage string) {
		f.BoolFunc(name, usage, func(string) error { *p = migrate.PolicyAllow; return nil })
	}
	policy(&c.opt.OutOfOrder, "allow-out-of-order", "apply what is pending although ones that come after it are applied")
	policy(&c.opt.Unknown, "allow-unknown", "go on although the database has migrations that this program does not know")
	policy(&c.opt.Edited, "allow-edited", "go on although applied migrations have changed")
}

// errNo is an answer of no that has been printed already.
var errNo = errors.New("no")

// usageError is a command line that cannot be understood.
type usageError struct{ error }

// Run runs one verb and returns the exit status. SIGINT and SIGTERM cancel what runs, wait for the answer of the database and end with what was done; a
// second signal ends the process at once.
func (cmd Command) Run(ctx context.Context, args []string) int {
	if cmd.Stdout == nil {
		cmd.Stdout = os.Stdout
	}
	if cmd.Stderr == nil {
		cmd.Stderr = os.Stderr
	}
	if cmd.Stdin == nil {
		cmd.Stdin = os.Stdin
	}
	if cmd.Name == "" {
		cmd.Name = "migrate"
	}
	c := &call{Command: cmd, colours: [2]bool{terminal.Colours(cmd.Stdout), terminal.Colours(cmd.Stderr)}}
	ctx, came, stop := interruptible(ctx)
	defer stop()
	err := c.dispatch(ctx, args)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errNo):
		return 1
	case errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, new(lostError)):
		return 2
	}
	initial := new(migrate.InitialError)
	errors.As(err, &initial)
	var consent *consentJSON
	if needed := new(migrate.ConsentError); errors.As(err, &needed) {
		needed.Program = cmd.Name
		consent = consentOf(needed)
	}
	if asked := c.json || slices.Contains(args, "-json") || slices.Contains(args, "--json"); asked && !c.encoded { // flags may not have been read
		_ = c.encode(struct {
			Error       string           `json:"error"`
			Differences []differenceJSON `json:"differences,omitempty"`
			Consent     *consentJSON     `json:"consent,omitempty"`
		}{migrate.ErrorText(brief(err)), differencesJSON(initial.Differences), consent}) // stderr has it, too
	} else if !asked {
		c.differences(initial.Differences)
	}
	text := c.wrapped(cmd.Stderr, cmd.Name+": "+migrate.ErrorText(brief(err)))
	fmt.Fprintf(cmd.Stderr, "%s%s\n", terminal.Paint(c.colours[1], terminal.Red, cmd.Name), strings.TrimPrefix(text, cmd.Name))
	if sig := came(); sig != "" {
		fmt.Fprintf(cmd.Stderr, "%s: stopped by a signal (%s), and the database has answered\n", cmd.Name, sig)
	}
	return exitCode(err)
}

// wrapped breaks a message at its words where a terminal is narrower. Lines with a command or a statement stay whole, as they are there to be copied.
func (c *call) wrapped(w io.Writer, text string) string {
	width := terminal.Width(w)
	if width == 0 {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if !strings.Contains(line, c.Name+" ") && !strings.HasPrefix(line, "  statement: ") {
			lines[i] = terminal.Wrap(line, width, 4)
		}
	}
	return strings.Join(lines, "\n")
}

// refusal is an error of the program's own hook, which said no.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

// halfway is an error of a run that has applied something.
type halfway struct{ error }

func (h halfway) Unwrap() error { return h.error }

// exitCode tells a no from a could-not-run.
func exitCode(err error) int {
	if errors.Is(err, migrate.ErrCommitLost) || errors.Is(err, migrate.ErrClaimed) {
		return 1
	}
	for _, no := range []any{
		new(*migrate.MigrationError), new(*migrate.HistoryError), new(*migrate.PendingError), new(*migrate.IrreversibleError), new(*migrate.LockedError),
		new(*migrate.UnwrittenError), new(*migrate.DualWriteError), new(*migrate.BackupError), new(*migrate.RehearsalError), new(*migrate.ConsentError), new(*migrate.ProtectedError), new(*migrate.NotMarkedError), new(refusal), new(halfway),
	} {
		if errors.As(err, no) {
			return 1
		}
	}
	return 2
}

func (c *call) dispatch(ctx context.Context, args []string) error {
	args, help := helped(args)
	if len(args) == 0 {
		c.usage(c.Stderr)
		if !help {
			return usageError{errors.New("missing verb")}
		}
		return nil
	}
	for _, v := range verbs {
		if v.name == args[0] {
			return c.call(ctx, v, args[1:])
		}
	}
	if near := nearVerb(args[0]); near != "" {
		return usageError{fmt.Errorf("there is no verb %q; did you mean %s?", args[0], near)}
	}
	return usageError{fmt.Errorf("there is no verb %q; %s help lists them", args[0], c.Name)}
}

// helped takes the word help off, of which it reports whether it is there: what is behind it is a verb whose flags are wanted.
func helped(args []string) (_ []string, help bool) {
	if len(args) == 0 || !slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		return args, false
	}
	if args = args[1:]; len(args) > 0 {
		args = []string{args[0], "-h"}
	}
	return args, true
}

func nearVerb(word string) string {
	best, least := "", 3
	for _, v := range verbs {
		n := nearest.Distance(word, v.name, 3)
		if strings.HasPrefix(v.name, word) || strings.HasPrefix(word, v.name) {
			n = 0
		}
		if n < least && n < len(v.name) {
			best, least = v.name, n
		}
	}
	return best
}

func (c *call) call(ctx context.Context, v verb, args []string) error {
	if c.Options != nil {
		c.opt = *c.Options
	}
	c.opt.Rehash = true // a person asks, or a deploy: not the start of each process
	f := flag.NewFlagSet(v.name, flag.ContinueOnError)
	f.SetOutput(io.Discard) // what is wrong is said once, below
	f.BoolVar(&c.json, "json", false, "print JSON")
	c.colorFlag(f)
	if d, ok := c.Dialect.(migrate.EngineDialect); ok {
		f.Func("engine", "what the server is, where it does not show it: "+strings.Join(c.Dialect.Capabilities().Engines, ", "), func(name string) (err error) {
			c.Dialect, err = d.WithEngine(name)
			return err
		})
	}
	if v.flags != nil {
		v.flags(c, f)
	}
	operands, err := parse(f, args)
	if err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprintf(c.Stderr, "usage: %s\n  %s\n", strings.Join(strings.Fields(c.Name+" "+v.name+" [flags] "+v.args), " "), v.does)
			f.SetOutput(c.Stderr)
			f.PrintDefaults()
			return err
		}
		return usageError{fmt.Errorf("%s: %w; %s %s -h lists the flags", v.name, err, c.Name, v.name)}
	}
	switch {
	case v.operands < 0:
	case len(operands) > v.operands:
		return usageError{c.unexpected(v, operands)}
	case len(operands) < v.operands:
		return usageError{fmt.Errorf("%s takes %s; %s status lists the names", v.name, v.args, c.Name)}
	}
	c.args = operands
	if c.opt.Progress == nil {
		c.opt.Progress = c.progress
	}
	if before := c.opt.BeforeRun; before != nil {
		c.opt.BeforeRun = func(ctx context.Context, p *migrate.Plan) error {
			if err := before(ctx, p); err != nil {
				return refusal{err}
			}
			return nil
		}
	}
	if c.opt.Confirm == nil && c.asks() {
		c.opt.Confirm = c.confirm
	}
	if c.backup != "" {
		c.opt.Backup = &migrate.Backup{Dir: c.backup, URL: cmp.Or(c.URL, os.Getenv("DATABASE_URL"))}
	}
	if c.expected != "" {
		db, err := samedriver.Open(c.DB, c.expected)
		if err != nil {
			return fmt.Errorf("verify -expected: %w", err)
		}
		defer db.Close()
		c.opt.Expected = db
	}
	if v.name == "inspect" && c.Set == nil { // a program whose migrations are still to be written
		return v.run(ctx, c)
	}
	if c.m, err = migrate.New(c.DB, c.Dialect, c.Set, &c.opt); err != nil {
		return err
	}
	return v.run(ctx, c)
}

// colorFlag gives a verb the flag that says when there are colours.
func (c *call) colorFlag(f *flag.FlagSet) {
	f.Func("color", "`when` there are colours: auto, always or never (default auto)", func(name string) error {
		mode, err := terminal.ParseMode(name)
		if err == nil {
			c.colours = [2]bool{terminal.ColoursIn(mode, c.Stdout), terminal.ColoursIn(mode, c.Stderr)}
		}
		return err
	})
}

// unexpected says what the first operand too many may have been meant for.
func (c *call) unexpected(v verb, operands []string) error {
	extra, meant := operands[v.operands], ""
	number, err := strconv.Atoi(extra)
	switch {
	case (v.name == "up" || v.name == "plan") && c.to == "" && len(operands) == 1:
		meant = v.name + " -to " + extra
	case v.name == "down" && len(operands) == 1 && err == nil && number > 0 && len(extra) < 4: // 0003 begins a name
		meant = "down -n " + extra
	case v.name == "down" && len(operands) == 1:
		meant = "to " + extra
	default:
		return fmt.Errorf("%s: unexpected argument %q; %s %s -h lists what it takes", v.name, extra, c.Name, v.name)
	}
	return fmt.Errorf("%s: unexpected argument %q; did you mean %s %s?", v.name, extra, c.Name, meant)
}

// parse lets flags stand before and behind the operands.
func parse(f *flag.FlagSet, args []string) (operands []string, err error) {
	for {
		if err := f.Parse(args); err != nil {
			return nil, err
		}
		args = f.Args()
		if len(args) == 0 {
			return operands, nil
		}
		operands = append(operands, args[0])
		args = args[1:]
	}
}

func (cmd Command) usage(w io.Writer) {
	fmt.Fprintf(w, "usage: %s VERB [flags] [operands]\n\n", cmd.Name)
	for _, v := range verbs {
		fmt.Fprintf(w, "  %-20s %s\n", strings.TrimSpace(v.name+" "+v.args), v.does)
	}
	fmt.Fprintf(w, "\n%s VERB -h lists the flags of a verb.\n", cmd.Name)
}
