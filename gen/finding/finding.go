// Package finding has the form in which everything that is wrong with models or migrations is reported: a place, what is wrong, and what fixes it.
//
// It finds nothing itself, and does not know who shows what was found: a terminal, the page of a review, or an editor.
package finding

import (
	"errors"
	"regexp"
	"strings"
)

// Finding is one thing that is wrong with models or migrations.
type Finding struct {
	Place  string `json:"place,omitempty"` // file:line:col or file, "" when there is none
	Reason string `json:"reason"`
	Fix    string `json:"fix,omitempty"`  // the command or the change that fixes it; "" when Reason says it
	Note   bool   `json:"note,omitempty"` // a remark that makes no check fail

	// What a line for people has in the place of Place and of the rest, where it is not made of them.
	at, message string

	Migration string `json:"-"` // the one that does not fit, "" when it is about something else
	Edit      bool   `json:"-"` // it is about an edit of a migration
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

// ShownAt returns the finding with at in the place of Place on its line for people.
func (f Finding) ShownAt(at string) Finding {
	f.at = at
	return f
}

// File returns the file of the place.
func (f Finding) File() string {
	file, _, _ := strings.Cut(f.Place, ":")
	return file
}

// Message returns the finding without its place.
func (f Finding) Message() string {
	switch {
	case f.message != "":
		return f.message
	case f.Fix != "" && strings.HasSuffix(f.Reason, "?"):
		return f.Reason + " " + strings.ToUpper(f.Fix[:1]) + f.Fix[1:]
	case f.Fix != "":
		return f.Reason + ": " + f.Fix
	}
	return f.Reason
}

// Remedied is a finding whose line reads on to what fixes it.
func Remedied(place, reason, joint, fix string) Finding {
	return Finding{Place: place, Reason: reason, Fix: fix, message: reason + joint + fix}
}

// SplitFix takes what fixes a finding out of its reason, behind the last joint.
func SplitFix(f Finding, joint string) Finding {
	if i := strings.LastIndex(f.Reason, joint); i >= 0 {
		return Remedied(f.Place, f.Reason[:i], joint, f.Reason[i+len(joint):])
	}
	return f
}

// Problems is an error with one line for each thing that is wrong: file:line:col: message.
type Problems []string

// Error returns the lines.
func (p Problems) Error() string { return strings.Join(p, "\n") }

// List has located problems: [Problems] with their place, reason and fix.
type List []Finding

// Error returns the lines of [List.Problems].
func (d List) Error() string { return d.Problems().Error() }

// Problems returns the lines alone.
func (d List) Problems() Problems {
	lines := make(Problems, len(d))
	for i, f := range d {
		lines[i] = f.String()
	}
	return lines
}

// As makes them Problems for everybody who asks for those.
func (d List) As(target any) bool {
	p, ok := target.(*Problems)
	if ok {
		*p = d.Problems()
	}
	return ok
}

// Of returns what an error says is wrong with models or migrations; of any other error nothing.
func Of(err error) (out []Finding, ok bool) {
	if d, ok := errors.AsType[List](err); ok {
		return d, true
	}
	problems, ok := errors.AsType[Problems](err)
	for _, p := range problems {
		out = append(out, Parse(p))
	}
	return out, ok
}

// placedLine is a line that begins with its place: file:line:col: message.
var placedLine = regexp.MustCompile(`(?s)^([^:\n]+\.(?:go|json)(?::\d+(?::\d+)?)?): (.*)$`)

// Parse returns the finding that a line with or without a place is.
func Parse(line string) Finding {
	if m := placedLine.FindStringSubmatch(line); m != nil {
		return Finding{Place: m[1], Reason: m[2]}
	}
	return Finding{Reason: strings.TrimSpace(line)}
}

// Distinct leaves out what was said before.
func Distinct(all []Finding) (out []Finding) {
	said := map[string]bool{}
	for _, f := range all {
		if line := f.String(); !said[line] {
			said[line] = true
			out = append(out, f)
		}
	}
	return out
}
