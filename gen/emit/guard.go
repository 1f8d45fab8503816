package emit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/format"
	"slices"
	"strconv"
	"strings"
)

// GuardTag is the build tag that leaves the guard out: models are loaded with it, so that a broken guard is in nobody's way.
const GuardTag = "modelgen"

// GuardModel is a model as the guard holds it to its shape.
type GuardModel struct {
	Name      string
	Structs   []GuardStruct
	Constants []GuardConstant
	Imports   map[string]string // path -> name that the types use
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

// GuardConstant is a constant whose value is in the schema.
type GuardConstant struct{ Name, Value string }

const guardMark = "// modelgen:guard "

// Guard gives the text of the guard of a package.
func Guard(pkg string, models []GuardModel) ([]byte, error) {
	raw := guardText(pkg, models)
	body, err := format.Source(raw)
	if err != nil {
		return nil, fmt.Errorf("the guard of package %s does not parse, please report it: %w", pkg, err)
	}
	// The second line tells the next run whether the file is current without writing and formatting it again.
	head := Generated + "\n" + guardMark + short(raw) + " " + short(body) + "\n\n"
	return append([]byte(head), body...), nil
}

// GuardCurrent tells whether file is what [Guard] would give.
func GuardCurrent(file []byte, pkg string, models []GuardModel) bool {
	rest, ok := bytes.CutPrefix(file, []byte(Generated+"\n"+guardMark))
	if !ok {
		return false
	}
	sums, body, ok := bytes.Cut(rest, []byte("\n\n"))
	return ok && string(sums) == short(guardText(pkg, models))+" "+short(body)
}

func short(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

func guardText(pkg string, models []GuardModel) []byte {
	var body bytes.Buffer
	body.WriteString("// These are the models as the newest migration knows them. Where one of these lines does not compile, a model has changed and\n" +
		"// has no migration for it yet: run go generate.\n\n")
	seen := map[string]bool{}
	for _, m := range models {
		for _, s := range m.Structs {
			if !seen[s.Type] {
				seen[s.Type] = true
				writeStruct(&body, s)
			}
		}
	}
	var constants []GuardConstant
	for _, m := range models {
		for _, c := range m.Constants {
			if !slices.Contains(constants, c) {
				constants = append(constants, c)
			}
		}
	}
	for _, c := range constants {
		fmt.Fprintf(&body, "var _ = map[bool]struct{}{false: {}, %s == %s: {}} // %s changed: run go generate\n", c.Name, c.Value, c.Name)
	}
	paths := map[string]string{}
	for _, m := range models {
		for path, name := range m.Imports {
			if bytes.Contains(body.Bytes(), []byte(name+".")) { // what only unguarded structs need is left out
				paths[path] = name
			}
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "//go:build !%s\n\npackage %s\n\n", GuardTag, pkg)
	if len(paths) > 0 {
		writeImports(&b, paths)
	}
	b.Write(body.Bytes())
	return b.Bytes()
}

// writeImports writes standard packages first, then the others, as goimports does.
func writeImports(b *bytes.Buffer, paths map[string]string) {
	var std, other []string
	for path, name := range paths {
		line := strconv.Quote(path)
		if name != path[strings.LastIndexByte(path, '/')+1:] {
			line = name + " " + line
		}
		if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") {
			other = append(other, line)
		} else {
			std = append(std, line)
		}
	}
	byPath := func(x, y string) int {
		return strings.Compare(x[strings.IndexByte(x, '"'):], y[strings.IndexByte(y, '"'):])
	}
	slices.SortFunc(std, byPath)
	slices.SortFunc(other, byPath)
	b.WriteString("import (\n" + strings.Join(std, "\n") + "\n")
	if len(std) > 0 && len(other) > 0 {
		b.WriteString("\n")
	}
	b.WriteString(strings.Join(other, "\n") + "\n)\n\n")
}

func writeStruct(b *bytes.Buffer, s GuardStruct) {
	if s.Unguarded != "" {
		fmt.Fprintf(b, "// %s\n\n", comment(s.Unguarded+": changes of its fields are found by modelgen check only."))
		return
	}
	b.WriteString("var _ struct {\n")
	for _, f := range s.Fields {
		if f.Embedded {
			b.WriteString("\t" + f.Type)
		} else {
			b.WriteString("\t" + f.Name + " " + f.Type)
		}
		if f.Tag != "" {
			b.WriteString(" " + quoteTag(f.Tag))
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(b, "} = %s{} // %s changed since its last migration: run go generate\n\n", s.Type, s.Type)
}

func quoteTag(tag string) string {
	if strconv.CanBackquote(tag) {
		return "`" + tag + "`"
	}
	return strconv.Quote(tag)
}
