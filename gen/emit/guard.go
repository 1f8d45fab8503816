package emit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/format"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/internal/bug"
)

// GuardTag is the build tag that leaves the guard out: models are loaded with it, so that a broken guard is in nobody's way.
const GuardTag = "modelgen"

// GuardModel is a model as the guard holds it to its shape.
type GuardModel struct {
	Name      string
	Structs   []GuardStruct
	Types     []GuardType
	Constants []GuardConstant
	Imports   map[string]string // path -> name that the types use
	// Builtins says that len, min and max are those of Go in the package of the guard.
	Builtins bool
}

// GuardStruct is a struct whose fields become columns.
type GuardStruct struct {
	Type      string // as written in the package
	Fields    []GuardField
	Unguarded string // why it cannot be guarded, "" when it can
}

// GuardField is one field.
type GuardField struct {
	Name, Type, Tag string
	Embedded        bool
}

// GuardType is a named type whose column comes from what it stands for.
type GuardType struct {
	Name, Is string
	Alias    bool // Name and Is are one type; else Is is what is underlying
}

// GuardConstant is a constant whose value is in the schema.
type GuardConstant struct{ Name, Value string }

// guardHead stands before the sums of a guard. The build tag comes first: the go command then passes over a guard in which version control has
// left the markers of a conflict, as those begin at the sums.
const guardHead = Generated + "\n\n//go:build !" + GuardTag + "\n\n// modelgen:guard "

// Guard returns the text of the guard of a package. run is the command that writes it again, which the comments name.
func Guard(pkg, run string, models []GuardModel) ([]byte, error) {
	raw := guardText(pkg, run, models, false)
	body, err := formatGuard(raw)
	if err != nil {
		return nil, bug.Error(fmt.Sprintf("the guard of package %s does not parse", pkg), err)
	}
	// The sums tell the next run whether the file is current without writing and formatting it again.
	head := guardHead + short(raw) + " " + short(body) + "\n\n"
	return append([]byte(head), body...), nil
}

// formatGuard formats a guard some structs at a time, which do not depend on each other: the syntax tree of a thousand takes much memory.
func formatGuard(raw []byte) ([]byte, error) {
	const some = 1 << 16
	out := make([]byte, 0, len(raw)+len(raw)/8)
	for end := []byte("\n}\n\n"); len(raw) > 0; { // no tag has a line end, as quoteTag writes it
		part := raw
		if len(raw) > some {
			if i := bytes.Index(raw[some:], end); i >= 0 {
				part = raw[:some+i+len(end)]
			}
		}
		raw = raw[len(part):]
		text, err := format.Source(part)
		if err != nil {
			return nil, err
		}
		if len(out) > 0 {
			out = append(out, '\n', '\n')
		}
		out = append(out, bytes.TrimSpace(text)...) // a part keeps the space around it, a file does not
	}
	return append(out, '\n'), nil
}

// GuardState is what a file is, beside the guard that would be written.
type GuardState int

// The states of a file in the place of a guard.
const (
	GuardCurrent GuardState = iota // it is what would be written
	GuardOld                       // it is what was written for other models, or by another version
	GuardOldForm                   // it holds these models, and is what a version before wrote for them
	GuardEdited                    // it was changed since it was written
	GuardForeign                   // it was not written by modelgen
	GuardMissing                   // there is none
)

// StateOfGuard compares a file, empty for none, with what [Guard] would give.
func StateOfGuard(file []byte, pkg, run string, models []GuardModel) GuardState {
	file = bytes.ReplaceAll(file, []byte("\r\n"), []byte("\n")) // version control may write other ends of lines
	switch {
	case len(file) == 0:
		return GuardMissing
	case !bytes.HasPrefix(file, []byte(Generated)):
		return GuardForeign
	}
	rest, ok := bytes.CutPrefix(file, []byte(guardHead))
	if !ok {
		if bytes.HasPrefix(file, []byte(Generated+"\n// modelgen:guard ")) {
			return GuardOld // by versions up to the first one with sums behind the build tag
		}
		return GuardEdited
	}
	sums, body, ok := bytes.Cut(rest, []byte("\n\n"))
	text, sum, two := strings.Cut(string(sums), " ")
	switch {
	case !ok || !two || sum != short(body):
		return GuardEdited
	case text == short(guardText(pkg, run, models, false)):
		return GuardCurrent
	case text == short(guardText(pkg, run, models, true)):
		return GuardOldForm
	}
	return GuardOld
}

func short(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// guardText writes the guard without formatting it. old is the form that was written until the names in it said what to do.
func guardText(pkg, run string, models []GuardModel, old bool) []byte {
	w := &guardWriter{run: run, old: old, std: map[string]bool{}, seen: map[string]bool{}}
	names := map[string]string{} // name -> path
	for _, m := range models {
		for path, name := range m.Imports {
			names[name] = path
			w.std[name] = isStd(path)
		}
	}
	for _, m := range models {
		w.model(m)
	}
	paths := map[string]string{}
	for _, name := range w.used {
		if path, ok := names[name]; ok {
			paths[path] = name
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "package %s\n\n", pkg)
	if len(paths) > 0 {
		w.imports(&b, paths)
	}
	fmt.Fprintf(&b, "// The models as the newest migration knows them. Where a line does not compile, a model has changed and has no migration yet: %s\n\n", w.advice())
	b.Write(w.body.Bytes())
	if w.lines.Len() > 0 {
		b.Write(w.lines.Bytes())
	}
	return b.Bytes()
}

// guardWriter writes what holds the models.
type guardWriter struct {
	run   string
	old   bool
	std   map[string]bool // names of imports -> whether they are of the standard library, which stays
	used  []string        // names of other packages in what was written
	seen  map[string]bool
	body  bytes.Buffer // the structs
	lines bytes.Buffer // types and constants, one a line
}

func (w *guardWriter) advice() string { return "run " + w.run }

// once reports whether something is new.
func (w *guardWriter) once(what string) bool {
	new := !w.seen[what]
	w.seen[what] = true
	return new
}

func (w *guardWriter) model(m GuardModel) {
	for _, s := range m.Structs {
		if w.once("struct " + s.Type) {
			w.structure(s)
		}
	}
	for _, t := range m.Types {
		if !w.once("type " + t.Name) {
			continue
		}
		w.uses(t.Name)
		w.uses(t.Is)
		w.typ(t)
	}
	for _, c := range m.Constants {
		if w.once("const " + c.Name + " " + c.Value) {
			w.uses(c.Name)
			w.constant(c, m.Builtins)
		}
	}
}

func (w *guardWriter) structure(s GuardStruct) {
	b := &w.body
	if s.Unguarded != "" {
		fmt.Fprintf(b, "// %s\n\n", comment(s.Unguarded+": changes of its fields are found by modelgen check only."))
		return
	}
	w.uses(s.Type)
	named := w.says(s.Type)
	if w.old {
		b.WriteString("var _ struct {\n")
	} else {
		fmt.Fprintf(b, "func _() {\ntype %s = struct {\n", named)
	}
	for _, f := range s.Fields {
		w.uses(f.Type)
		if f.Embedded {
			b.WriteString("\t" + f.Type)
		} else {
			b.WriteString("\t" + f.Name + " " + f.Type)
		}
		if f.Tag != "" {
			b.WriteString(" " + quoteTag(f.Tag))
		}
		if w.mayGo(f.Type) {
			b.WriteString(" // its type is gone? " + w.advice())
		}
		b.WriteString("\n")
	}
	if w.old {
		fmt.Fprintf(b, "} = %s{} // %s changed since its last migration: %s\n\n", s.Type, s.Type, w.advice())
		return
	}
	fmt.Fprintf(b, "}\nvar _ %s = %s{} // %s changed since its last migration: %s\n}\n\n", named, s.Type, s.Type, w.advice())
}

func quoteTag(tag string) string {
	if strconv.CanBackquote(tag) {
		return "`" + tag + "`"
	}
	return strconv.Quote(tag)
}
