package adopt

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/runtime/schema"
)

// saying is what directives above type _ = NAME say of a struct that is not edited.
type saying struct {
	table []string          // of the table, one directive a line
	tags  map[string]string // of the fields
}

// outside reports whether what a struct lacks is said elsewhere: its file is generated, or this is how it is said already.
func outside(s *load.DeclaredStruct) bool { return s.Generated || len(s.Said) > 0 }

func (x *into) saying(s *load.DeclaredStruct) *saying {
	if x.beside[s] == nil {
		x.beside[s] = &saying{tags: map[string]string{}}
	}
	return x.beside[s]
}

// sayTag notes the tag that a field would have.
func (x *into) sayTag(s *load.DeclaredStruct, f *load.DeclaredField, key, value string) {
	x.saying(s).tags[f.Name] = key + ":" + strconv.Quote(value)
}

// lines returns the directives of a struct, the tags in the order of the fields.
func (y *saying) lines(s *load.DeclaredStruct) []string {
	lines := slices.Clone(y.table)
	for _, f := range s.Fields {
		if tag := y.tags[f.Name]; tag != "" {
			lines = append(lines, "//modelgen:tag "+f.Name+" "+tag)
		}
	}
	return lines
}

// besideFile writes the file with the directives of all structs that have none yet, nil when there is nothing to say. What is missing of those that have
// some is a problem: their file is somebody's own.
func (x *into) besideFile() (*File, error) {
	var b strings.Builder
	for _, s := range x.declared.Structs {
		y := x.beside[s]
		if y == nil {
			continue
		}
		lines := y.lines(s)
		if len(s.Said) > 0 {
			lines = slices.DeleteFunc(lines, func(line string) bool { return slices.Contains(s.Said, line) })
			for _, line := range lines {
				x.problem(s.SaidAt, "what is said here of %s lacks a line, or has another one in its place: %s", s.Name, line)
			}
			continue
		}
		fmt.Fprintf(&b, "%s\ntype _ = %s\n\n", strings.Join(lines, "\n"), s.Name)
	}
	if b.Len() == 0 {
		return nil, nil
	}
	const doc = "// The directives say of structs in generated files what their tags would say of tables and columns.\n\n"
	f, err := x.file("adopted_directives.go", doc+b.String(), nil, false)
	return &f, err
}

// valuesType returns the type of the package whose constants are the values of an enum, "" without one.
func (x *into) valuesType(e *schema.Enum) string {
	found := ""
	for name, values := range x.declared.Values {
		if slices.Equal(values, e.Values) && (found == "" || name < found) {
			found = name
		}
	}
	return found
}
