package gen

import (
	"errors"
	"regexp"
	"strings"
)

// Finding is one disagreement that [Check] found.
type Finding struct {
	Place  string `json:"place,omitempty"` // file:line:col or file, "" when there is none
	Reason string `json:"reason"`
	Fix    string `json:"fix,omitempty"`  // the command or the change that fixes it; "" when Reason says it
	Note   bool   `json:"note,omitempty"` // a remark that makes no check fail

	// What a line for people has in the place of Place and of the rest, where it is not made of them.
	at, message string

	migration string // that does not fit
	edit      bool   // of a migration
}

// String returns the finding on one line.
func (f Finding) String() string {
	at := f.Place
	if f.at != "" {
		at = f.at
	}
	if at == "" {
		return f.Message()
	}
	return at + ": " + f.Message()
}

// file returns the file of the place.
func (f Finding) file() string {
	file, _, _ := strings.Cut(f.Place, ":")
	return file
}

// Message returns the finding without its place.
func (f Finding) Message() string {
	switch {
	case f.message != "":
		return f.message
	case f.Fix != "":
		return f.Reason + ": " + f.Fix
	}
	return f.Reason
}

// remedied is a finding whose line reads on to what fixes it.
func remedied(place, reason, joint, fix string) Finding {
	return Finding{Place: place, Reason: reason, Fix: fix, message: reason + joint + fix}
}

// fixApart takes what fixes a finding out of its reason, behind the last joint.
func fixApart(f Finding, joint string) Finding {
	if i := strings.LastIndex(f.Reason, joint); i >= 0 {
		return remedied(f.Place, f.Reason[:i], joint, f.Reason[i+len(joint):])
	}
	return f
}

// disagreements are [Problems] of which more is known than a line.
type disagreements []Finding

func (d disagreements) Error() string { return d.problems().Error() }

func (d disagreements) problems() Problems {
	lines := make(Problems, len(d))
	for i, f := range d {
		lines[i] = f.String()
	}
	return lines
}

// As makes them Problems for everybody who asks for those.
func (d disagreements) As(target any) bool {
	p, ok := target.(*Problems)
	if ok {
		*p = d.problems()
	}
	return ok
}

// findingsOf returns what an error says is wrong with models or migrations; of any other error nothing.
func findingsOf(err error) (out []Finding, ok bool) {
	if d, ok := errors.AsType[disagreements](err); ok {
		return d, true
	}
	problems, ok := errors.AsType[Problems](err)
	for _, p := range problems {
		out = append(out, parsedFinding(p))
	}
	return out, ok
}

// A problem is a line that begins with its place: file:line:col: message.
var placedLine = regexp.MustCompile(`(?s)^([^:\n]+\.(?:go|json)(?::\d+(?::\d+)?)?): (.*)$`)

func parsedFinding(line string) Finding {
	if m := placedLine.FindStringSubmatch(line); m != nil {
		return Finding{Place: m[1], Reason: m[2]}
	}
	return Finding{Reason: strings.TrimSpace(line)}
}
