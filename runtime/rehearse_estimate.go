package migrate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// estimate fills in how long the stages of the way up take with all rows.
func (r *rehearsal) estimate(before map[string]tally, again *RehearsedRun) {
	rows := map[string]int64{}
	for name, t := range before {
		rows[name] = t.rows
	}
	for i := range r.out.Runs {
		run := &r.out.Runs[i]
		seen := map[string]int{}
		for j := range run.Stages {
			st := &run.Stages[j]
			key := st.Migration + "\n" + st.Stage
			var second *RehearsedStage
			if run.Name == "up" && again != nil {
				second = nth(again.Stages, key, seen[key])
			}
			seen[key]++
			st.Estimate = estimate(*st, second, rows, r.full, r.out.Percent == 100)
		}
	}
}

// nth returns the stage that is the nth of its kind.
func nth(stages []RehearsedStage, key string, n int) *RehearsedStage {
	for i := range stages {
		if stages[i].Migration+"\n"+stages[i].Stage == key {
			if n == 0 {
				return &stages[i]
			}
			n--
		}
	}
	return nil
}

// tables returns the tables whose rows decide how long a stage takes.
func (s RehearsedStage) tables() []string {
	names := map[string]bool{}
	for _, t := range slices.Concat(s.Declared.Tables, s.Rewritten) {
		names[t] = true
	}
	for _, l := range s.Locks {
		names[l.Table] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// growing reports whether the time of a stage grows with rows: it reads, writes or indexes whole tables.
func (s RehearsedStage) growing() bool {
	return s.Declared.Scans || s.Declared.Rewrites || s.Sampled || len(s.Rewritten) > 0 || s.Read > 0 || s.Written > 0
}

// Below these a measurement says nothing of more rows.
const (
	fewRows   = 1000
	shortTime = 5 * time.Millisecond
)

// estimate says how long a stage takes with all rows, from one or two measurements on the copy.
func estimate(st RehearsedStage, second *RehearsedStage, rows, full map[string]int64, all bool) Estimate {
	low, high := st.Duration, st.Duration
	if second != nil {
		low, high = min(low, second.Duration), max(high, second.Duration)
	}
	switch {
	case !st.growing():
		return Estimate{low, high, "as measured: it does not grow with the rows"}
	case all:
		return Estimate{low, high, "as measured, with all rows"}
	}
	ratio, names := 0.0, []string{}
	var have, want int64
	for _, t := range st.tables() {
		here, known := rows[t]
		there, counted := full[t]
		if !known || !counted || there <= 0 {
			continue
		}
		names, have, want = append(names, t), have+here, want+there
	}
	if have > 0 {
		ratio = float64(want) / float64(have)
	}
	switch {
	case len(names) == 0:
		return Estimate{Basis: "unknown: how many rows its tables have is not known"}
	case have < fewRows && want > have:
		return Estimate{Basis: fmt.Sprintf("unknown: %s of %s on the copy are too few for %d", counted(int(have), "row"), strings.Join(names, ", "), want)}
	case want <= have:
		return Estimate{low, high, "as measured, with all rows of " + strings.Join(names, ", ")}
	case low < shortTime:
		return Estimate{Basis: fmt.Sprintf("unknown: it took less than %s on the copy", shortTime)}
	case second != nil && float64(high) > 1.25*float64(low):
		return Estimate{Basis: "unknown: two measurements differ by more than a quarter"}
	case second == nil:
		return Estimate{scale(low, ratio/2), scale(high, ratio*2), fmt.Sprintf("one measurement with %d of about %d rows of %s; half to double", have, want, strings.Join(names, ", "))}
	}
	return Estimate{scale(low, ratio*0.75), scale(high, ratio*1.25), fmt.Sprintf("two measurements with %d of about %d rows of %s; a quarter less to a quarter more", have, want, strings.Join(names, ", "))}
}

func scale(d time.Duration, by float64) time.Duration { return time.Duration(float64(d) * by) }
