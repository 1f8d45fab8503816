package main

import (
	"fmt"
	"slices"

	"github.com/modelgen/modelgen/gen/adopt"
	migrate "github.com/modelgen/modelgen/runtime"
)

// adopted says what was taken over, what was not, and what is to be done next.
func (e env) adopted(in *migrate.Inspection, res *adopt.Result, left []migrate.Unexpressed) {
	fmt.Fprintf(e.stderr, "%d tables with %d columns were read\n", res.Tables, res.Columns)
	belong := map[string]int{}
	rest := 0
	for _, u := range left {
		if u.Belong != "" {
			belong[u.Belong]++
			continue
		}
		if rest++; rest == 1 {
			fmt.Fprintln(e.stderr, "what the models cannot say, and what happens to it:")
		}
		fmt.Fprintf(e.stderr, "  %s: %s\n", u.Object, u.Why)
	}
	var names []string
	for name := range belong {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if in.Dialect != "postgres" {
			fmt.Fprintf(e.stderr, "  %s: its own tables (%d) are left to it\n", name, belong[name])
			continue
		}
		fmt.Fprintf(e.stderr, "  extension %s: objects of it (%d) are left to it; a new database needs CREATE EXTENSION %s before the first migration\n", name, belong[name], name)
	}
	for _, h := range in.Histories {
		version := h.Version
		if version == "" {
			version = "none"
		}
		fmt.Fprintf(e.stderr, "%s has applied migrations here, the newest is %s (table %s): take it out of where the program starts, as two tools must not change one database\n", h.Tool, version, h.Table)
	}
	fmt.Fprintln(e.stderr, "next: read the models, build, then run the program's migrate up -fake-initial, which records that the tables are there, and migrate verify")
}
