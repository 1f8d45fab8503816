package migrate

import (
	"context"
	"strings"
	"testing"
	"time"
)

// meterSession shows one state of a session after another.
type meterSession struct {
	states []Measurement
}

func (s *meterSession) CopyDatabase(context.Context, CopyConfig) (*DatabaseCopy, error) {
	return nil, nil
}
func (s *meterSession) SampleLocks(context.Context) func() []RehearsedLock {
	return func() []RehearsedLock { return []RehearsedLock{{Table: "people", Mode: "SHARE", Held: time.Second}} }
}
func (s *meterSession) Checksum(string) string { return "" }
func (s *meterSession) Measure(context.Context) (*Measurement, error) {
	m := s.states[0]
	if len(s.states) > 1 {
		s.states = s.states[1:]
	}
	return &m, nil
}

func people(file string, locks ...string) Measurement {
	m := Measurement{Tables: map[string]TableStorage{"1": {Name: "people", File: file}, "2": {Name: "people_1", Root: "people", File: "9"}}}
	for _, l := range locks {
		id, mode, _ := strings.Cut(l, " ")
		m.Locks = append(m.Locks, TableLock{id, mode})
	}
	return m
}

// What a stage does is held against what it declares: more than that is a fault, less is none, and what a person wrote declares nothing.
func TestMeterFaults(t *testing.T) {
	exclusive := Facts{Lock: "ACCESS EXCLUSIVE", Tables: []string{"people"}}
	weak := Facts{Lock: "SHARE UPDATE EXCLUSIVE", Tables: []string{"people"}}
	for _, c := range []struct {
		name   string
		stages []Stage
		states []Measurement
		want   string
	}{
		{"as declared", []Stage{{Facts: exclusive}}, []Measurement{people("1"), people("1", "1 ACCESS EXCLUSIVE")}, ""},
		{"less", []Stage{{Facts: exclusive}}, []Measurement{people("1"), people("1", "1 SHARE")}, ""},
		{"a stronger lock", []Stage{{Cause: "Alter", Facts: weak}}, []Measurement{people("1"), people("1", "1 ACCESS EXCLUSIVE")},
			"0001: Alter: it locked people with ACCESS EXCLUSIVE, and had declared SHARE UPDATE EXCLUSIVE of people"},
		{"another table", []Stage{{Cause: "Alter", Facts: Facts{Lock: "ACCESS EXCLUSIVE", Tables: []string{"pets"}}}}, []Measurement{people("1"), people("1", "1 SHARE")},
			"0001: Alter: it locked people with SHARE, and had declared ACCESS EXCLUSIVE of pets"},
		{"nobody notices", []Stage{{}}, []Measurement{people("1"), people("1", "1 ROW EXCLUSIVE")}, ""},
		{"a partition of the table", []Stage{{Facts: exclusive}}, []Measurement{people("1"), people("1", "2 ACCESS EXCLUSIVE")}, ""},
		{"a new table", []Stage{{}}, []Measurement{people("1"), people("1", "3 ACCESS EXCLUSIVE")}, ""},
		{"held from the stage before", []Stage{{Facts: exclusive}, {}}, []Measurement{people("1"), people("1", "1 ACCESS EXCLUSIVE"), people("1", "1 ACCESS EXCLUSIVE")}, ""},
		{"written again", []Stage{{Cause: "Alter", Facts: exclusive}}, []Measurement{people("1"), people("2", "1 ACCESS EXCLUSIVE")}, "0001: Alter: it wrote people again as a whole, and had not declared so"},
		{"by hand", []Stage{{ByHand: true}}, []Measurement{people("1"), people("2", "1 ACCESS EXCLUSIVE")}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &meter{s: &meterSession{c.states}, strict: true}
			stages, err := r.measured(t.Context(), "0001", c.stages, 0)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the first try came to nothing
				r.s = &meterSession{c.states[1:]}
				for _, st := range stages {
					if err := st.Run(t.Context(), nil); err != nil {
						t.Fatal(err)
					}
				}
			}
			r.ended(nil)
			if got := strings.Join(r.faults, "; "); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
			if len(r.take()) != len(c.stages) {
				t.Error("a stage is missing, or is there twice")
			}
		})
	}
}

// A stage that is in no transaction is looked at from outside.
func TestMeterApart(t *testing.T) {
	r := &meter{s: &meterSession{[]Measurement{people("1")}}, strict: true}
	if err := r.apart(t.Context(), "0001", Stage{Cause: "Index", NoTx: true, Statements: []Statement{{SQL: "x"}}}, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	st := r.take()
	if len(st) != 1 || len(st[0].Locks) != 1 || !st[0].Sampled || len(r.faults) != 1 {
		t.Errorf("%+v %q", st, r.faults)
	}
}

// An estimate is made of what grows with the rows, where two measurements agree and there are enough rows; else it says why there is none.
func TestEstimate(t *testing.T) {
	scan := func(d time.Duration) RehearsedStage {
		return RehearsedStage{Duration: d, Declared: Facts{Scans: true, Tables: []string{"people"}}}
	}
	rows, full := map[string]int64{"people": 5000}, map[string]int64{"people": 100000}
	second := func(d time.Duration) *RehearsedStage { s := scan(d); return &s }
	for _, c := range []struct {
		name      string
		st        RehearsedStage
		second    *RehearsedStage
		rows      map[string]int64
		all       bool
		low, high time.Duration
		basis     string
	}{
		{"catalog only", RehearsedStage{Duration: time.Second}, nil, rows, false, time.Second, time.Second, "it does not grow with the rows"},
		{"all rows", scan(time.Second), second(2 * time.Second), rows, true, time.Second, 2 * time.Second, "with all rows"},
		{"two", scan(100 * time.Millisecond), second(120 * time.Millisecond), rows, false, 1500 * time.Millisecond, 3 * time.Second, "two measurements with 5000 of about 100000 rows of people"},
		{"one", scan(100 * time.Millisecond), nil, rows, false, time.Second, 4 * time.Second, "one measurement"},
		{"they differ", scan(100 * time.Millisecond), second(200 * time.Millisecond), rows, false, 0, 0, "differ by more than a quarter"},
		{"few rows", scan(100 * time.Millisecond), nil, map[string]int64{"people": 12}, false, 0, 0, "unknown: 12 rows of people on the copy are too few for 100000"},
		{"too short", scan(time.Millisecond), nil, rows, false, 0, 0, "less than 5ms"},
		{"not known", scan(time.Second), nil, map[string]int64{}, false, 0, 0, "how many rows its tables have is not known"},
	} {
		e := estimate(c.st, c.second, c.rows, full, c.all)
		if e.Low != c.low || e.High != c.high || !strings.Contains(e.Basis, c.basis) {
			t.Errorf("%s: %+v", c.name, e)
		}
	}
}

// The round trip is compared by rows, values and, where there are sums, by what the values are.
func TestMissing(t *testing.T) {
	before := map[string]tally{
		"gone": {rows: 3}, "empty": {},
		"people": {rows: 4, values: map[string]int64{"a": 4, "b": 2, "c": 1, "d": 0}, sums: map[string]string{"a": "1", "c": "5"}},
	}
	after := map[string]tally{"people": {rows: 4, values: map[string]int64{"a": 4, "b": 1}, sums: map[string]string{"a": "2"}}}
	var got []string
	for _, l := range missing(before, after) {
		got = append(got, l.String())
	}
	if text := strings.Join(got, "; "); text != "gone: 3 rows; people.a: values are not what they were; people.b: 1 value; people.c: 1 value" {
		t.Error(text)
	}
}
