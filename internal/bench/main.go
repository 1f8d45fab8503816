// Command bench times what people wait for, and prints it as one table beside the figures that it shall stay below:
//
//	make bench
//
// First whole processes of modelgen, on modules with up to 2,000 models of ten columns and with one model of up to 300: the first
// migration, a column added, and nothing changed. Peak is the memory of the largest process, be it modelgen or the go command that it
// runs. "Each more" is the time over that of the smallest module, for each model or column more: it shall not grow with their number.
//
// Then Up, on SQLite and PostgreSQL, beside a bare loop that runs the same statements, each migration in a transaction with a row that
// records it; with nothing pending, beside the one small query that finds that out.
//
// What is computed is computed from the best runs: what else the machine does can only make a run longer. Times depend on the machine,
// and nothing here fails because of one. PostgreSQL is the server that MODELGEN_TEST_POSTGRES names, else one is started.
//
// Then fleets, which the argument fleet measures alone: 10,000 SQLite files and 2,000 schemas on one PostgreSQL. The table has, for each tenant, the first
// migration, nothing pending, and one column more, beside a bare loop with as many goroutines that sends the same statements and a row; and the memory in
// use, which does not grow with the number of tenants but for their list.
//
//	make bench BENCH=fleet
//
// Then what docs/performance.md has, each beside the least that does the same, in turns; the argument costs measures that alone, and writes it into the page:
//
//	make bench BENCH=costs BENCHFLAGS='-page docs/performance.md'
//
// With -only the rows that it names are written, and the others stay as they are.
//
// With the argument stalls it measures something else, on PostgreSQL:
//
//	make bench BENCH=stalls
//
// Four clients read and write two tables of 2,000,000 rows while a migration changes them: once with the tool and its default options, once
// with the plain statement; each by itself, beside a transaction that has read the table and one that has written it, which stay open for
// 30 s. What writes every row is measured without clients, too: its rows a second are those.
// The table has the longest wait of any client, how many waited longer than they shall, the time taken, and the statement of the migration
// behind which a client waited longest for a lock. That is sampled, and may be empty where waits are short.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

func main() {
	if len(os.Args) > 2 && os.Args[1] == launch {
		os.Exit(launches(os.Args[2:]))
	}
	runs := flag.Int("n", 5, "how many `runs` of each kind; the slow ones get fewer")
	rows := flag.Int("rows", 2_000_000, "with stalls, the `number` of rows of each table")
	only := flag.String("only", "", "with stalls and costs, measure what has that `word` in its name")
	lockTimeout := flag.Duration("lock-timeout", 0, "with stalls, Options.LockTimeout of the tool; 0 is its default")
	hold := flag.Duration("hold", 30*time.Second, "with stalls, how long a blocker holds its lock")
	files := flag.Int("files", 10_000, "with fleet, the `number` of SQLite files")
	schemas := flag.Int("schemas", 2_000, "with fleet, the `number` of schemas on one PostgreSQL")
	page := flag.String("page", "", "with costs, write the table into this `file`, docs/performance.md")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	var err error
	switch mode := flag.Arg(0); {
	case mode == "" && flag.NArg() == 0:
		if err = bench(ctx, max(*runs, 1)); err == nil {
			err = measureFleet(ctx, max(*files, 1), max(*schemas, 1))
		}
		if err == nil {
			err = measureCosts(ctx, max(*runs, 1), "", "")
		}
	case mode == "stalls" && flag.NArg() == 1:
		err = measureStalls(ctx, max(*rows, 2*reserved), *hold, *only, &migrate.Options{LockTimeout: *lockTimeout})
	case mode == "costs" && flag.NArg() == 1:
		err = measureCosts(ctx, max(*runs, 1), *only, *page)
	case mode == "fleet" && flag.NArg() == 1:
		err = measureFleet(ctx, max(*files, 1), max(*schemas, 1))
	default:
		err = fmt.Errorf("there is no benchmark %q; without an argument all but stalls are run, with costs, fleet or stalls that one", strings.Join(flag.Args(), " "))
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench measures all and prints the table. The whole processes come first: the memory of this one counts as theirs until they begin.
func bench(ctx context.Context, runs int) error {
	dir, err := os.MkdirTemp("", "modelgen-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	pg, err := onPostgres()
	if err != nil {
		return err
	}
	rows, err := generate(ctx, dir, runs)
	if err != nil {
		return err
	}
	for _, d := range []database{onSQLite(dir), pg} {
		ups, err := d.up(ctx, runs)
		if err != nil {
			return err
		}
		rows = append(rows, ups...)
	}
	return printTable(rows)
}

// row is one line of the table. What is zero is left empty.
type row struct {
	what, size string
	runs       []time.Duration
	peak       int64           // bytes
	more       time.Duration   // for each model or column more than in the smallest module
	bare       []time.Duration // the same without us
	target     string
}

func (r row) best() time.Duration { return slices.Min(r.runs) }

func (r row) median() time.Duration {
	sorted := slices.Sorted(slices.Values(r.runs))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

func printTable(rows []row) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\tsize\truns\tbest\tmedian\tpeak\teach more\tbare\tratio\t  target")
	for _, r := range rows {
		peak, more, bare, ratio := "", "", "", ""
		if r.peak > 0 {
			peak = fmt.Sprintf("%d MB", (r.peak+500_000)/1_000_000)
		}
		if r.more > 0 { // else it is lost in what else the machine does
			more = short(r.more)
		}
		if len(r.bare) > 0 {
			best := slices.Min(r.bare)
			bare, ratio = short(best), fmt.Sprintf("%.2f", float64(r.best())/float64(best))
		}
		fmt.Fprintf(w, "%-32s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t  %s\n", r.what, r.size, len(r.runs), short(r.best()), short(r.median()), peak, more, bare, ratio, r.target)
	}
	return w.Flush()
}

// short gives three digits that say something.
func short(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%.3g µs", float64(d)/1e3)
	case d < time.Second:
		return fmt.Sprintf("%.3g ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.3g s", d.Seconds())
}
