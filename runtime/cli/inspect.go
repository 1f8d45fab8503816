package cli

import (
	"context"
	"flag"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

// inspect prints what the database holds as JSON, which modelgen adopt reads.
func inspect(ctx context.Context, c *call) error {
	c.look.History = c.opt.History
	in, err := migrate.Inspect(ctx, c.DB, c.Dialect, c.look)
	if err != nil {
		return err
	}
	return c.encode(in)
}

func inspectFlags(c *call, f *flag.FlagSet) {
	list := func(to *[]string) func(string) error {
		return func(s string) error {
			for word := range strings.SplitSeq(s, ",") {
				if word = strings.TrimSpace(word); word != "" {
					*to = append(*to, word)
				}
			}
			return nil
		}
	}
	f.Func("schema", "PostgreSQL `schemas` to read, with commas between them; none is public", list(&c.look.Schemas))
	f.Func("ignore", "tables to leave out: `patterns` with *, with commas between them", list(&c.look.Ignore))
}
