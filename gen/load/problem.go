package load

import (
	"cmp"
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
)

// Problem is something wrong with the models, and where.
type Problem struct {
	Pos token.Position // the file is relative to Config.Dir
	Msg string
	At  token.Pos // the place in the file set, where there is one
	Fix Fix       // what fixes it, where that is clear
}

// Fix replaces a part of the source. The zero value is none.
type Fix struct {
	From, To token.Pos
	New      string
}

// String returns the problem as file:line:col: message.
func (p Problem) String() string {
	if p.Pos.Filename == "" {
		return p.Msg
	}
	return p.Pos.String() + ": " + p.Msg
}

// Problems is everything wrong with the models, sorted by place. It is an error with one line for each.
type Problems []Problem

// Error implements the error interface.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// sorted returns the problems by place, each once. A mistake in a struct that several models embed is found in each of them: what it is said
// with, other names that there are or other places, may differ, and the first one is enough.
func (ps Problems) sorted() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Pos.Filename, b.Pos.Filename), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
	said := map[string]bool{}
	return slices.DeleteFunc(ps, func(p Problem) bool {
		msg := p.Msg
		for _, rest := range []string{": did you mean ", ": there is ", ", also at "} {
			msg, _, _ = strings.Cut(msg, rest)
		}
		key := fmt.Sprint(p.Pos, " ", msg)
		was := said[key]
		said[key] = true
		return was
	})
}

// failf notes a problem.
func (l *loader) failf(pos token.Pos, format string, args ...any) {
	l.problems = append(l.problems, Problem{Pos: l.position(pos), Msg: fmt.Sprintf(format, args...), At: pos})
}

// fixable adds to the problem that was noted last what fixes it: another text in the place of old, at pos.
func (l *loader) fixable(pos token.Pos, old, new string) {
	if new != "" {
		l.problems[len(l.problems)-1].Fix = Fix{pos, pos + token.Pos(len(old)), new}
	}
}

// fail notes an error that may know better than pos where it stands.
func (l *loader) fail(pos token.Pos, err error) {
	if at, ok := err.(*posError); ok {
		pos, err = at.pos, at.err
	}
	l.failf(pos, "%s", err)
}

// posError is an error at a place.
type posError struct {
	pos token.Pos
	err error
}

func (e *posError) Error() string { return e.err.Error() }

// position returns the place with its file relative to the directory of the configuration.
func (l *loader) position(pos token.Pos) token.Position {
	p := l.fset.Position(pos)
	p.Filename, p.Offset = l.relative(p.Filename), 0
	return p
}

func (l *loader) relative(file string) string {
	if !filepath.IsAbs(file) {
		return filepath.ToSlash(file)
	}
	if rel, ok := l.rel[file]; ok {
		return rel
	}
	rel := file
	for _, dir := range l.dirs {
		if r, err := filepath.Rel(dir, file); err == nil && len(r) < len(rel) {
			rel = r
		}
	}
	rel = filepath.ToSlash(rel)
	l.rel[file] = rel
	return rel
}

// shortPos returns a place for the middle of a message.
func (l *loader) shortPos(pos token.Pos) string { return l.position(pos).String() }
