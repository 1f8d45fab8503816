package adopt

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/internal/bug"
)

// edits are changes of files, by path. Nothing else of a file changes, but that one which was formatted stays so.
type edits map[string]*fileEdits

type fileEdits struct {
	all  []edit
	need map[string]bool // packages to import
}

// edit replaces a part of a file.
type edit struct {
	from, to int
	text     string
}

func (e edits) of(file string) *fileEdits {
	if e[file] == nil {
		e[file] = &fileEdits{need: map[string]bool{}}
	}
	return e[file]
}

func (e edits) replace(file string, from, to int, text string) {
	f := e.of(file)
	f.all = append(f.all, edit{from, to, text})
}

func (e edits) insert(file string, at int, text string) { e.replace(file, at, at, text) }

func (e edits) imports(file, path string) { e.of(file).need[path] = true }

// apply returns the files as they become.
func (e edits) apply(read func(string) ([]byte, error)) (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, path := range slices.Sorted(maps.Keys(e)) {
		src, err := read(path)
		if err != nil {
			return nil, err
		}
		f := e[path]
		if err := f.addImports(path, src); err != nil {
			return nil, err
		}
		slices.SortStableFunc(f.all, func(a, b edit) int { return a.from - b.from })
		var b bytes.Buffer
		at := 0
		for _, x := range f.all {
			if x.from < at || x.to > len(src) {
				return nil, bug.Error(fmt.Sprintf("edits of %s overlap", path), nil)
			}
			b.Write(src[at:x.from])
			b.WriteString(x.text)
			at = x.to
		}
		b.Write(src[at:])
		text := b.Bytes()
		formatted, err := format.Source(text)
		if err != nil {
			return nil, bug.Error(fmt.Sprintf("%s does not parse once it is edited", path), err)
		}
		if before, err := format.Source(src); err == nil && bytes.Equal(before, src) {
			text = formatted
		}
		out[path] = text
	}
	return out, nil
}

// addImports puts what is needed into the file's imports.
func (f *fileEdits) addImports(path string, src []byte) error {
	if len(f.need) == 0 {
		return nil
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, src, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return err
	}
	for _, imp := range file.Imports {
		delete(f.need, strings.Trim(imp.Path.Value, "\"`"))
	}
	var lines strings.Builder
	for _, path := range slices.Sorted(maps.Keys(f.need)) {
		fmt.Fprintf(&lines, "\n\t%q", path)
	}
	if lines.Len() == 0 {
		return nil
	}
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT && g.Lparen.IsValid() {
			f.all = append(f.all, edit{fset.Position(g.Lparen).Offset + 1, fset.Position(g.Lparen).Offset + 1, lines.String()})
			return nil
		}
	}
	end := fset.Position(file.Name.End()).Offset
	f.all = append(f.all, edit{end, end, "\n\nimport (" + lines.String() + "\n)"})
	return nil
}

// tagValue returns the value of a key of a struct tag.
func tagValue(tag, key string) (string, bool) {
	from, to := tagSpan(tag, key)
	if from < 0 {
		return "", false
	}
	value, err := strconv.Unquote(tag[from:to])
	return value, err == nil
}

// tagSpan returns where the quoted value of a key is, -1 when the tag has no such key.
func tagSpan(tag, key string) (from, to int) {
	for i := 0; i < len(tag); {
		for i < len(tag) && tag[i] == ' ' {
			i++
		}
		start := i
		for i < len(tag) && tag[i] > ' ' && tag[i] != ':' && tag[i] != '"' {
			i++
		}
		if i+1 >= len(tag) || tag[i] != ':' || tag[i+1] != '"' {
			return -1, -1
		}
		name := tag[start:i]
		i++
		open := i
		for i++; i < len(tag) && tag[i] != '"'; i++ {
			if tag[i] == '\\' {
				i++
			}
		}
		if i >= len(tag) {
			return -1, -1
		}
		i++
		if name == key {
			return open, i
		}
	}
	return -1, -1
}

// setTag returns the tag with the key set to a value; all else stays as it is.
func setTag(tag, key, value string) string {
	if from, to := tagSpan(tag, key); from >= 0 {
		if old, err := strconv.Unquote(tag[from:to]); err == nil && old == value {
			return tag
		}
		return tag[:from] + strconv.Quote(value) + tag[to:]
	}
	text := key + ":" + strconv.Quote(value)
	if strings.TrimSpace(tag) == "" {
		return text
	}
	if key == "modelgen" {
		return tag + " " + text
	}
	return text + " " + tag
}

// tagLiteral writes a tag as Go source.
func tagLiteral(tag string) string {
	if strings.ContainsRune(tag, '`') {
		return strconv.Quote(tag)
	}
	return "`" + tag + "`"
}

func unliteral(s string) (string, error) { return strconv.Unquote(s) }
