package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli/terminal"
)

// consentFlags are those of verbs that a protected database may refuse.
func consentFlags(c *call, f *flag.FlagSet) {
	f.StringVar(&c.opt.Approve, "approve", c.opt.Approve, "consent to the one plan that has this `HASH`, on a protected database")
	expectFlag(c, f)
}

func withoutBackupFlag(c *call, f *flag.FlagSet) {
	f.Func("without-backup", "on a protected database, destroy data without a backup, because of this `REASON`, which the log keeps", func(reason string) error {
		if c.opt.WithoutBackup = strings.TrimSpace(reason); c.opt.WithoutBackup == "" {
			return errors.New("it needs a reason")
		}
		return nil
	})
}

func expectFlag(c *call, f *flag.FlagSet) {
	f.StringVar(&c.opt.Expect, "expect", c.opt.Expect, "refuse a database that protect has not given this `NAME`")
}

// confirm asks the person at the terminal for the name of the database.
func (c *call) confirm(ctx context.Context, needed *migrate.ConsentError) (string, error) {
	needed.Program = c.Name
	fmt.Fprintf(c.Stderr, "%s: %s\n", c.Name, migrate.ErrorText(needed))
	name, err := c.typed(ctx, "type the name of the database to do it now: ")
	if err == nil && name == "" {
		err = refusal{errors.New("no name was typed")}
	}
	return name, err
}

// typed reads one line from the terminal. It ends with ctx, too.
func (c *call) typed(ctx context.Context, question string) (string, error) {
	fmt.Fprint(c.Stderr, question)
	type answer struct {
		line string
		err  error
	}
	came := make(chan answer, 1)
	go func() {
		line, err := bufio.NewReader(c.Stdin).ReadString('\n')
		came <- answer{line, err}
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(c.Stderr)
		return "", ctx.Err()
	case a := <-came:
		if a.err != nil {
			fmt.Fprintln(c.Stderr)
			return "", nil // the end of the input is no
		}
		return strings.TrimSpace(a.line), nil
	}
}

// asks reports whether a person sits in front of the program, who can be asked.
func (c *call) asks() bool {
	in, ok := c.Stdin.(*os.File)
	return ok && !c.json && terminal.Is(in) && terminal.Is(c.Stderr)
}

func protect(ctx context.Context, c *call) error {
	if c.name == "" {
		return usageError{fmt.Errorf("protect needs the name of the database: %s protect -name production", c.Name)}
	}
	done, err := c.m.Protect(ctx, c.name)
	return c.marked(c.name, true, done, err)
}

func unprotect(ctx context.Context, c *call) error {
	name := ""
	switch {
	case len(c.args) > 1:
		return usageError{errors.New("unprotect takes one name")}
	case len(c.args) == 1:
		name = c.args[0]
	default:
		mark, err := c.m.Protection(ctx)
		if err != nil {
			return err
		}
		if mark == nil {
			return c.marked("", false, false, nil)
		}
		if !c.asks() {
			return usageError{fmt.Errorf("unprotect takes the name of the database, which is %s", mark)}
		}
		if name, err = c.typed(ctx, fmt.Sprintf("this is %s; type its name to lift the protection: ", mark)); err != nil {
			return err
		}
	}
	done, err := c.m.Unprotect(ctx, name)
	return c.marked(name, false, done, err)
}

// marked prints what has become of the mark.
func (c *call) marked(name string, on, done bool, err error) error {
	if err != nil {
		return err
	}
	if c.json {
		return c.encode(struct {
			Name      string `json:"name,omitempty"`
			Protected bool   `json:"protected"`
			Changed   bool   `json:"changed"`
		}{name, on, done})
	}
	switch {
	case !done && on:
		c.print("%s is protected already\n", name)
	case !done:
		c.print("this database is not protected\n")
	case on:
		c.print("%s is protected\n", name)
	default:
		c.print("%s is not protected any more\n", name)
	}
	return nil
}

func printLog(ctx context.Context, c *call) error {
	entries, err := c.m.Log(ctx)
	if err != nil {
		return err
	}
	if c.json {
		return c.encode(logJSON(entries))
	}
	if len(entries) == 0 {
		c.print("there is no log: it begins with protect\n")
		return nil
	}
	var rows [][]terminal.Cell
	for _, e := range entries {
		who := strings.TrimSuffix(e.User+"@"+e.Host, "@")
		if e.By != "" {
			who = e.By + " (" + who + ")"
		}
		result := e.Result
		if e.Error != "" {
			result += " " + e.Error
		}
		style := terminal.Green
		switch e.Result {
		case migrate.LoggedFailed:
			style = terminal.Red
		case migrate.LoggedBegun:
			style = terminal.Yellow
		}
		rows = append(rows, append([]terminal.Cell{
			{Style: terminal.Faint, Text: e.At.Format(time.DateTime)}, {Style: style, Text: result}, {Text: cmp.Or(strings.Join(e.Migrations, ", "), e.Name)}, {Text: e.Verb}, {Text: who},
		}, because(e)...))
	}
	for _, line := range terminal.Table(rows, 0, terminal.Width(c.Stdout), c.colours[0]) {
		c.print("%s\n", line)
	}
	return nil
}

// because is what an entry says of consent and backups.
func because(e migrate.LogEntry) (cells []terminal.Cell) {
	if e.Approved != "" {
		cells = append(cells, terminal.Cell{Text: "approved " + e.Approved})
	}
	if e.Reason != "" {
		cells = append(cells, terminal.Cell{Text: "without backup: " + terminal.OneLine(e.Reason)})
	}
	if e.Backup != "" {
		cells = append(cells, terminal.Cell{Text: fmt.Sprintf("%s, %d kB", e.Backup, (e.Bytes+1023)/1024)})
	}
	return cells
}

func logJSON(entries []migrate.LogEntry) any {
	type entry struct {
		ID         int64     `json:"id"`
		At         time.Time `json:"at"`
		Verb       string    `json:"verb"`
		Set        string    `json:"set,omitempty"`
		Migrations []string  `json:"migrations,omitempty"`
		Result     string    `json:"result"`
		Error      string    `json:"error,omitempty"`
		Name       string    `json:"name,omitempty"`
		By         string    `json:"by,omitempty"`
		User       string    `json:"user,omitempty"`
		Host       string    `json:"host,omitempty"`
		Program    string    `json:"program,omitempty"`
		Tool       string    `json:"tool,omitempty"`
		Approved   string    `json:"approved,omitempty"`
		Reason     string    `json:"reason,omitempty"`
		Backup     string    `json:"backup,omitempty"`
		Bytes      int64     `json:"bytes,omitempty"`
	}
	out := []entry{}
	for _, e := range entries {
		out = append(out, entry(e))
	}
	return struct {
		Log []entry `json:"log"`
	}{out}
}

// protectionJSON is what a protected database says of itself.
type protectionJSON struct {
	Name  string    `json:"name"`
	Since time.Time `json:"since"`
	By    string    `json:"by,omitempty"`
	Copy  bool      `json:"copy,omitempty"` // the mark was made in another database
}

func protectionOf(p *migrate.Protection) *protectionJSON {
	if p == nil {
		return nil
	}
	return &protectionJSON{p.Name, p.Since, p.By, p.Copied()}
}

// consentJSON is what a plan needs on a protected database.
type consentJSON struct {
	Needs   []string   `json:"needs,omitempty"`
	Loses   []lossJSON `json:"loses,omitempty"`
	Hash    string     `json:"hash"`
	Given   string     `json:"given,omitempty"`
	Changed []string   `json:"changed,omitempty"`
	Backup  string     `json:"backup,omitempty"` // what is missing of one
	Plan    string     `json:"plan,omitempty"`   // the words that print the plan
	Command string     `json:"command"`
}

type lossJSON struct {
	Table  string `json:"table"`
	Column string `json:"column,omitempty"`
	Rows   *int64 `json:"rows,omitempty"` // none is not known
	Exact  bool   `json:"exact"`
}

func lossesJSON(losses []migrate.Loss) (all []lossJSON) {
	for _, l := range losses {
		j := lossJSON{Table: l.Table, Column: l.Column, Exact: l.Exact}
		if l.Rows >= 0 {
			j.Rows = &l.Rows
		}
		all = append(all, j)
	}
	return all
}

func consentOf(e *migrate.ConsentError) *consentJSON {
	if e == nil {
		return nil
	}
	return &consentJSON{e.Reasons, lossesJSON(e.Losses), e.Hash, e.Given, e.Changed, e.Backup, e.Plan, e.Command}
}

// protectedLine prints what a protected database is, before all else.
func (c *call) protectedLine(p *migrate.Protection) {
	if p != nil && !c.json {
		c.print("%s\n", c.paint(terminal.Bold, p.String()))
	}
}
