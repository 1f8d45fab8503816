package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/modelgen/modelgen/runtime/page"
)

// pageFlags are the flags of show.
type pageFlags struct{ html, format, from, to string }

func showFlags(c *call, f *flag.FlagSet) {
	f.StringVar(&c.page.html, "html", "", "write the page, index.html, into the directory `DIR`; a name that ends in .html is that of the file, - is stdout")
	f.StringVar(&c.page.format, "format", "", "print a diagram of the tables: svg or dot")
	f.StringVar(&c.page.from, "from", "", "what has changed since the migration `NAME`; zero is the empty database")
	f.StringVar(&c.page.to, "to", "", "with -from: until the migration `NAME`, by default the newest")
}

// show writes the set, and how the database stands to it, as a page.
func show(ctx context.Context, c *call) error {
	switch {
	case c.page.html == "" && c.page.format == "":
		return usageError{errors.New("show writes a page with -html DIR, or prints a diagram with -format svg or -format dot")}
	case c.page.html != "" && c.page.format != "":
		return usageError{errors.New("show takes -html or -format, not both")}
	case c.page.format != "" && c.page.format != "svg" && c.page.format != "dot":
		return usageError{fmt.Errorf("-format %s: it is svg or dot", c.page.format)}
	case (c.page.from != "" || c.page.to != "") && c.page.format == "dot":
		return usageError{errors.New("-from and -to compare in the page (-html) and in the drawing (-format svg)")}
	case c.json && (c.page.format != "" || c.page.html == "-"):
		return usageError{errors.New("-json goes with -html DIR; what else show prints has a form of its own")}
	}
	in := page.FromSet(c.Set, c.Dialect)
	in.From, in.To = c.page.from, c.page.to
	switch c.page.format {
	case "svg":
		return page.New(in).SVG(c.Stdout)
	case "dot":
		return page.New(in).DOT(c.Stdout)
	}
	st, err := c.m.Status(ctx)
	if err != nil {
		return err
	}
	in.Databases[0].Version = c.serverVersion(ctx, in.Databases[0].Version)
	at := map[string]int{}
	for i, m := range in.Migrations {
		at[m.Name] = i
	}
	for _, e := range st.Entries {
		i, ok := at[e.Migration]
		if !ok {
			in.Unknown = append(in.Unknown, e.Migration)
			continue
		}
		in.Migrations[i].State = word(e)
		switch r := e.Record; {
		case r == nil:
		case !e.Applied:
			in.Migrations[i].When = "since " + r.Started.UTC().Format(time.DateTime) + ": " + progressOf(e)
		case !r.Finished.IsZero():
			in.Migrations[i].When = r.Finished.UTC().Format(time.DateTime)
		}
	}
	p := page.New(in)
	if c.page.html == "-" {
		return p.HTML(c.Stdout)
	}
	file, err := p.WriteFile(c.page.html)
	if err != nil {
		return fmt.Errorf("show -html %s: %w", c.page.html, err)
	}
	if c.json {
		return c.encode(struct {
			Set  string `json:"set"`
			File string `json:"file"`
		}{c.Set.Name(), file})
	}
	c.print("%s\n", file)
	return nil
}

// serverVersion returns the major version of the server, as its answer to the probe of the dialect names it behind the name of the product; otherwise
// is what is returned where it names none, and where all versions have the same SQL.
func (c *call) serverVersion(ctx context.Context, otherwise int) int {
	can := c.Dialect.Capabilities()
	var says string
	if otherwise == 0 || c.DB.QueryRowContext(ctx, can.Probe).Scan(&says) != nil {
		return otherwise
	}
	_, says, _ = strings.Cut(says, can.Product+" ")
	end := strings.IndexFunc(says, func(r rune) bool { return r < '0' || r > '9' })
	if n, err := strconv.Atoi(says[:max(end, 0)]); err == nil && n >= otherwise {
		return n
	}
	return otherwise
}
