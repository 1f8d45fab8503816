package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli/terminal"
	"github.com/modelgen/modelgen/runtime/fleet"
)

// Fleet is the command line of a program whose tenants have each a database or a schema, see [fleet]. Targets and Set are needed.
//
//	os.Exit(cli.Fleet{Targets: fleet.Schemas(db, postgres.Dialect{}, "SELECT schema_name FROM public.tenants"), Set: migrations.All}.Run(ctx, os.Args[2:]))
//
// Its verbs, each for all targets or those that -only picks:
//
//	status             how many are at which migration, which are behind, which failed and why
//	plan [-to NAME]    what up would do, once for all targets of which it is the same
//	up                 apply everything that is pending; -canary N
//	to NAME|zero       go to a migration, forward or back
//	verify             do the databases look as their migrations say?
//	check              is anything pending?
//	add NAME           make a new tenant: its schema or file, and all migrations
//
// -json makes every verb print JSON on stdout, -color is that of [Command]. Exit status: 0 nothing is left; 1 something is: a target failed, is behind, has drifted, or had no turn; 2 it
// could not run. That targets are behind is no 1 of status and plan.
type Fleet struct {
	Targets fleet.Targets
	Set     *migrate.Set
	Options *fleet.Options // nil is the defaults; flags come on top
	Stdout  io.Writer      // nil is os.Stdout
	Stderr  io.Writer      // nil is os.Stderr
	Name    string         // how the program is called in messages, "" is "migrate"
}

// fleetCall is one run of a verb.
type fleetCall struct {
	*call
	f     Fleet
	opt   fleet.Options
	begun time.Time
	said  time.Time
	last  time.Time // when the line of the terminal was written
}

// fleetVerb is one word of the command line.
type fleetVerb struct {
	name, args, does string
	run              func(ctx context.Context, c *fleetCall) (*fleet.Report, error)
	print            func(c *fleetCall, r *fleet.Report)
	flags            func(c *fleetCall, f *flag.FlagSet)
	operands         int
}

func fleetVerbs() []fleetVerb {
	return []fleetVerb{
		{"status", "", "how many are at which migration, what failed and why", func(ctx context.Context, c *fleetCall) (*fleet.Report, error) {
			return fleet.Status(ctx, c.f.Targets, c.f.Set, &c.opt)
		}, (*fleetCall).status, nil, 0},
		{"plan", "", "what up would do, once for all that are alike", func(ctx context.Context, c *fleetCall) (*fleet.Report, error) {
			return fleet.Plan(ctx, c.f.Targets, c.f.Set, c.to, &c.opt)
		}, (*fleetCall).plans, func(c *fleetCall, f *flag.FlagSet) {
			toFlag(c.call, f)
			contractFlag(c.call, f)
			policyFlags(c.call, f)
		}, 0},
		{"up", "", "apply everything that is pending", func(ctx context.Context, c *fleetCall) (*fleet.Report, error) {
			return fleet.Up(ctx, c.f.Targets, c.f.Set, &c.opt)
		}, (*fleetCall).summary, func(c *fleetCall, f *flag.FlagSet) {
			contractFlag(c.call, f)
			fleetChangeFlags(c, f)
		}, 0},
		{"to", "NAME|zero", "go to a migration, forward or back", func(ctx context.Context, c *fleetCall) (*fleet.Report, error) {
			return fleet.To(ctx, c.f.Targets, c.f.Set, c.args[0], &c.opt)
		}, (*fleetCall).summary, fleetChangeFlags, 1},
		{"verify", "", "do the databases look as their migrations say?", func(ctx context.Context, c *fleetCall) (*fleet.Report, error) {
			return fleet.Verify(ctx, c.f.Targets, c.f.Set, &c.opt)
		}, (*fleetCall).drift, nil, 0},
		{"check", "", "is anything pending?", func(ctx context.Context, c *fleetCall) (*fleet.Report, error) {
			return fleet.Check(ctx, c.f.Targets, c.f.Set, &c.opt)
		}, (*fleetCall).summary, policyFlagsOf, 0},
		{"add", "NAME", "make a new tenant: its schema or file, and all migrations", addTarget, (*fleetCall).summary, func(c *fleetCall, f *flag.FlagSet) { lockFlags(c.call, f) }, 1},
	}
}

func policyFlagsOf(c *fleetCall, f *flag.FlagSet) { policyFlags(c.call, f) }

// fleetChangeFlags are those of verbs that change databases.
func fleetChangeFlags(c *fleetCall, f *flag.FlagSet) {
	f.IntVar(&c.opt.Canary, "canary", c.opt.Canary, "change `N` targets first; when one of them fails, no other is touched")
	f.DurationVar(&c.opt.CanaryPause, "canary-pause", c.opt.CanaryPause, "how long to wait behind the canary")
	f.IntVar(&c.opt.MaxFailures, "max-failures", c.opt.MaxFailures, "begin no further target after `N` failures, 0 is 10; -1 is without limit")
	f.StringVar(&c.call.opt.Approve, "approve", c.call.opt.Approve, "consent to the plan of one protected target, by its `HASH`, together with -only")
	f.StringVar(&c.backup, "backup", "", "first write a copy of each target that is changed into the directory `DIR`")
	f.StringVar(&c.call.opt.WithoutBackup, "without-backup", c.call.opt.WithoutBackup, "why what destroys data in a protected target goes without a backup: a `reason`")
	f.BoolVar(&c.opt.CreateSchemas, "create-schemas", c.opt.CreateSchemas, "create schemas that are in the list and not in the database")
	lockFlags(c.call, f)
	policyFlags(c.call, f)
}

// fleetFlags are those of all verbs.
func fleetFlags(c *fleetCall, f *flag.FlagSet) {
	f.BoolVar(&c.json, "json", false, "print JSON")
	c.colorFlag(f)
	f.Func("only", "only targets of these `names`, with commas between them, or patterns such as eu-*", func(s string) error {
		for name := range strings.SplitSeq(s, ",") {
			if name = strings.TrimSpace(name); name != "" {
				c.opt.Only = append(c.opt.Only, name)
			}
		}
		if len(c.opt.Only) == 0 {
			return errors.New("no name in it")
		}
		return nil
	})
	f.IntVar(&c.opt.Jobs, "jobs", c.opt.Jobs, "how many `targets` are at work at a time, 0 is 8")
	f.IntVar(&c.opt.PerServer, "per-server", c.opt.PerServer, "how many `connections` there are to one server at most, 0 is as many as -jobs")
	f.DurationVar(&c.opt.Timeout, "timeout", c.opt.Timeout, "the longest time for one target, 0 is without limit")
	f.BoolVar(&c.opt.AllowNone, "allow-none", c.opt.AllowNone, "a list without a single target is right")
}

// addTarget makes a tenant.
func addTarget(ctx context.Context, c *fleetCall) (*fleet.Report, error) {
	namer, ok := c.f.Targets.(fleet.Namer)
	if !ok {
		return nil, usageError{fmt.Errorf("add: the list of targets cannot say where %s would be; make it in the program with fleet.Provision", c.args[0])}
	}
	t, err := namer.Target(c.args[0])
	if err != nil {
		return nil, err
	}
	c.opt.Only = nil
	res, err := fleet.Provision(ctx, t, c.f.Set, &c.opt)
	report := &fleet.Report{Set: c.f.Set.Name(), Results: []fleet.Result{res}, Elapsed: res.Duration}
	if err != nil {
		err = &fleet.LeftError{Report: report}
	}
	return report, err
}

// Run runs one verb and returns the exit status. Signals are those of [Command.Run].
func (f Fleet) Run(ctx context.Context, args []string) int {
	if f.Stdout == nil {
		f.Stdout = os.Stdout
	}
	if f.Stderr == nil {
		f.Stderr = os.Stderr
	}
	if f.Name == "" {
		f.Name = "migrate"
	}
	c := &fleetCall{f: f, begun: time.Now(), call: &call{Command: Command{Set: f.Set, Stdout: f.Stdout, Stderr: f.Stderr, Name: f.Name},
		colours: [2]bool{terminal.Colours(f.Stdout), terminal.Colours(f.Stderr)}}}
	ctx, came, stop := interruptible(ctx)
	defer stop()
	err := c.dispatch(ctx, args)
	if left := new(fleet.LeftError); err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	} else if errors.As(err, &left) {
		if sig := came(); sig != "" {
			fmt.Fprintf(f.Stderr, "%s: stopped by a signal (%s), and the databases have answered\n", f.Name, sig)
		}
		return 1
	}
	if asked := c.json || slices.Contains(args, "-json") || slices.Contains(args, "--json"); asked && !c.encoded {
		_ = c.encode(struct {
			Error string `json:"error"`
		}{migrate.ErrorText(err)})
	}
	fmt.Fprintf(f.Stderr, "%s: %s\n", terminal.Paint(c.colours[1], terminal.Red, f.Name), migrate.ErrorText(err))
	return 2
}

func (c *fleetCall) dispatch(ctx context.Context, args []string) error {
	args, help := helped(args)
	if len(args) == 0 {
		c.usage()
		if !help {
			return usageError{errors.New("missing verb")}
		}
		return nil
	}
	for _, v := range fleetVerbs() {
		if v.name == args[0] {
			return c.perform(ctx, v, args[1:])
		}
	}
	return usageError{fmt.Errorf("there is no verb %q; %s help lists them", args[0], c.Name)}
}

// perform reads the flags of a verb, runs it, and prints what it says.
func (c *fleetCall) perform(ctx context.Context, v fleetVerb, args []string) error {
	if c.f.Options != nil {
		c.opt = *c.f.Options
		c.call.opt = c.opt.Migrate
	}
	f := flag.NewFlagSet(v.name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	fleetFlags(c, f)
	if v.flags != nil {
		v.flags(c, f)
	}
	operands, err := parse(f, args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(c.Stderr, "usage: %s\n  %s\n", strings.Join(strings.Fields(c.Name+" "+v.name+" [flags] "+v.args), " "), v.does)
		f.SetOutput(c.Stderr)
		f.PrintDefaults()
		return err
	}
	switch {
	case err != nil:
		return usageError{fmt.Errorf("%s: %w; %s %s -h lists the flags", v.name, err, c.Name, v.name)}
	case len(operands) > v.operands:
		return usageError{fmt.Errorf("%s: unexpected argument %q; %s %s -h lists what it takes", v.name, operands[v.operands], c.Name, v.name)}
	case len(operands) < v.operands:
		return usageError{fmt.Errorf("%s takes %s", v.name, v.args)}
	case c.f.Targets == nil || c.f.Set == nil:
		return errors.New("cli.Fleet: Targets and Set are needed")
	}
	if c.backup != "" {
		c.call.opt.Backup = &migrate.Backup{Dir: c.backup, URL: os.Getenv("DATABASE_URL")}
	}
	c.args, c.opt.Migrate = operands, c.call.opt
	if v.name == "to" || c.to != "" {
		if err := c.known(append([]string{c.to}, operands...)); err != nil {
			return err
		}
	}
	c.watch()
	report, err := v.run(ctx, c)
	c.clear()
	if report == nil {
		return err
	}
	if c.json {
		if e := c.encode(fleetJSON(report)); e != nil {
			return e
		}
		return err
	}
	v.print(c, report)
	if report.Stopped != "" {
		fmt.Fprintf(c.Stderr, "%s: the run stopped: %s\n", c.Name, report.Stopped)
	}
	return err
}

// known refuses a migration that the set has not, before any target is asked for it.
func (c *fleetCall) known(names []string) error {
	for _, name := range names {
		if name == "" || name == "zero" || strings.HasSuffix(name, "/zero") {
			continue
		}
		found := slices.ContainsFunc(c.f.Set.Migrations(), func(m *migrate.Migration) bool {
			return strings.HasPrefix(m.Name, name[strings.LastIndexByte(name, '/')+1:])
		})
		if !found {
			all := c.f.Set.Migrations()
			if len(all) == 0 {
				return usageError{fmt.Errorf("there is no migration %s in set %s, which has none", name, c.f.Set.Name())}
			}
			return usageError{fmt.Errorf("there is no migration %s in set %s; the newest is %s", name, c.f.Set.Name(), all[len(all)-1].Name)}
		}
	}
	return nil
}

func (c *fleetCall) usage() {
	fmt.Fprintf(c.Stderr, "usage: %s VERB [flags] [operands]\n\n", c.Name)
	for _, v := range fleetVerbs() {
		fmt.Fprintf(c.Stderr, "  %-20s %s\n", strings.TrimSpace(v.name+" "+v.args), v.does)
	}
	fmt.Fprintf(c.Stderr, "\n%s VERB -h lists the flags of a verb; all have -only, -jobs, -json and -color.\n", c.Name)
}
