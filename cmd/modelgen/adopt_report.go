package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/adopt"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// adopted says what was taken over, what was not, and what is to be done next. The line generate is missing in the models, "" when it is not; known are
// migrations that were there; written is false when all of it was there already.
func (e env) adopted(in *migrate.Inspection, res *adopt.Result, left []migrate.Unexpressed, generate string, known []string, written bool) {
	tables, columns := "tables", "columns were"
	if res.Tables == 1 {
		tables = "table"
	}
	if res.Columns == 1 {
		columns = "column was"
	}
	fmt.Fprintf(e.stderr, "%d %s with %d %s read\n", res.Tables, tables, res.Columns, columns)
	belong := map[string]int{}
	rest, long := 0, false
	for _, u := range left {
		own := strings.HasSuffix(u.Object, " "+u.Owner) // the extension itself
		if u.Owner != "" && !own {
			belong[u.Owner]++
			continue
		}
		if rest++; rest == 1 {
			fmt.Fprintln(e.stderr, "what the models cannot say, and what happens to it:")
		}
		fmt.Fprintf(e.stderr, "  %s: %s\n", u.Object, u.Why)
		if u.SQL != "" && !strings.Contains(u.SQL, "\n") {
			fmt.Fprintf(e.stderr, "      %s\n", u.SQL)
		}
		long = long || strings.Contains(u.SQL, "\n")
	}
	for _, name := range slices.Sorted(maps.Keys(belong)) {
		fmt.Fprintf(e.stderr, "  %s: what is its own (%d) is left to it\n", name, belong[name])
	}
	if rest > 0 {
		text := "a new database needs of these what the application uses: a statement below a line can be a step by hand, migrate.SQL, in a migration"
		if long {
			text += "; statements of several lines are in what the program's verb inspect prints"
		}
		fmt.Fprintln(e.stderr, text)
	}
	for _, h := range in.Histories {
		if h.Tool == migrate.OwnHistory {
			e.managed(h, known)
			continue
		}
		what := "has applied migrations here, the newest is " + h.Version
		if h.Version == "" {
			what = "keeps a history here, and has applied nothing"
		}
		fmt.Fprintf(e.stderr, "%s %s (table %s): take it out of where the program starts, as two tools must not change one database\n", h.Tool, what, h.Table)
	}
	for _, t := range res.Schema.Tables {
		if _, base := schema.SplitName(t.Name); ownRunner.MatchString(base) {
			fmt.Fprintf(e.stderr, "table %s has become a model, and looks like what a migration runner of the program's own writes down: take that out of where the program starts, and leave out the table with -ignore %[1]s when nothing else reads it\n", t.Name)
		}
	}
	if generate != "" {
		fmt.Fprintf(e.stderr, "go generate does not know of the models yet: put %s above a declaration of them\n", generate)
	}
	if !written {
		fmt.Fprintln(e.stderr, "nothing to do: models and migrations say all of that already")
		return
	}
	fmt.Fprintln(e.stderr, "next: read the models, build, then run the program's migrate up -fake-initial, which records that the tables are there, and migrate verify")
}

// managed says of a database in which modelgen has applied migrations, other than those that are known here, where to go on.
func (e env) managed(h migrate.ForeignHistory, known []string) {
	at := map[string]string{} // newest migration by set
	for _, v := range h.Applied {
		set, name, _ := strings.Cut(v, "/")
		at[set] = name
	}
	var sets []string
	for _, set := range slices.Sorted(maps.Keys(at)) {
		if !slices.Contains(known, at[set]) {
			sets = append(sets, fmt.Sprintf("set %s is at %s", set, at[set]))
		}
	}
	if h.Unreadable {
		sets = []string{"how far, the role may not read"}
	}
	if len(sets) > 0 {
		fmt.Fprintf(e.stderr, "modelgen manages this database already (table %s): %s: go on in the project that has these migrations, by changing its models; "+
			"what is adopted beside them is a set of another name (-set), without their tables (-ignore)\n", h.Table, strings.Join(sets, ", "))
	}
}

// ownRunner has the names of tables in which programs that run migrations with code of their own write down how far they are.
var ownRunner = regexp.MustCompile(`^(schema|db|database)_?(migrations?|versions?|history|info)$|^(migrations?|migrations?_?(history|log|versions?|status))$|._(schema_)?migrations$`)

// generateLine returns the line for go generate that no Go file of a directory has, "" when one has it.
func generateLine(dir, flags string) string {
	const line = "//go:generate go tool modelgen"
	files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		for l := range strings.Lines(string(text)) {
			if strings.HasPrefix(l, "//go:generate ") && strings.Contains(l, "modelgen") {
				return ""
			}
		}
	}
	return line + " " + flags
}
