package lint

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Check is one check with its documentation.
type Check struct {
	Code     string   // "MG101"; never reused
	Title    string   // what it finds, in a few words
	Severity Severity // unless the settings say otherwise
	Breaks   string   // what breaks
	When     string   // under which circumstances: versions, rows, a rolling deploy
	Safe     string   // the safe way

	run func(p *pass) // looks at one op; nil when Lint itself finds it
}

// Severity is how bad a finding is.
type Severity int

// The severities. Off is for settings only.
const (
	Off     Severity = iota
	Note             // worth knowing; printed by lint only
	Warning          // can hurt, depending on rows, traffic and the binary that still runs; printed by generate too
	Error            // nearly always wrong; makes lint and check fail
)

var severities = []string{"off", "note", "warning", "error"}

// String returns the severity as its word: warning.
func (s Severity) String() string { return severities[s] }

// MarshalText writes the severity as its word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// ParseSeverity reads one of off, note, warning and error.
func ParseSeverity(word string) (Severity, error) {
	if i := slices.Index(severities, word); i >= 0 {
		return Severity(i), nil
	}
	return Off, fmt.Errorf("%q is no severity; it is %s", word, strings.Join(severities, ", "))
}

// Settings give checks another severity, by code.
type Settings map[string]Severity

// Input is the context that checks run in.
type Input struct {
	Before   *schema.Schema // what the first op finds
	Ops      []Op
	Allow    []Allow // what is silenced for the whole migration
	Exact    bool    // Before and Ops are all there is, so that an op that does not fit is wrong
	Targets  []Target
	Settings Settings
}

// Op is one op of the migration.
type Op struct {
	Value migrate.Op // nil: it is not known, and nothing is said of it
	Rows  *Rows      // what is known of a Backfill, whose Value is not; else nil
	Allow []Allow
}

// Allow silences checks, when it gives a reason.
type Allow struct {
	Codes  []string
	Reason string
	Pos    token.Position
}

// Target is a dialect that the migration is for.
type Target struct {
	Dialect migrate.Capabilities
	Version int // the oldest one; 0 is the oldest that the dialect supports
	Planner func() migrate.Planner

	// Stages are what the ops become on it, where somebody has planned them before; else nil.
	Stages []migrate.Stage
}

// String returns the target as flags have it: postgres@14.
func (t Target) String() string {
	if t.Version == 0 {
		return t.Dialect.Name
	}
	return fmt.Sprintf("%s@%d", t.Dialect.Name, t.Version)
}

// Finding is what a check found.
type Finding struct {
	Code     string
	Severity Severity
	Op       int            // index of the op, -1 for the migration as a whole
	Message  string         // what breaks, and when
	Safe     string         // the safe way
	Pos      token.Position // only of findings about comments
}

func find(code string) *Check {
	for _, c := range all {
		if c.Code == code {
			return c
		}
	}
	return nil
}
