package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/adopt"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/load"
)

// inDatabase says of what is refused of the models that were to be written which part of the database it is: their places are in files that nobody has.
func (to *adoption) inDatabase(list finding.List) error {
	var lines finding.Problems
	for _, f := range list {
		place := strings.Split(f.Place, ":")
		name, err := env{dir: to.cfg.Dir}.abs(place[0])
		source, ours := to.cfg.Overlay[name]
		if err != nil || !ours || len(place) < 2 {
			lines = append(lines, f.String())
			continue
		}
		line, _ := strconv.Atoi(place[1])
		table, column := to.tableAt(source, line)
		what := "column " + table + "." + column
		if column == "" {
			what = "table " + table
		}
		if table == "" {
			lines = append(lines, f.String())
			continue
		}
		lines = append(lines, fmt.Sprintf("%s: %s: models cannot say it as it is: change it in the database, or leave the table out with -ignore %s", what, f.Message(), adopt.Ignoring(table)))
	}
	return lines
}

// tableAt returns the table whose model has a line, and the column whose field it is; "" for a line of another kind.
func (to *adoption) tableAt(source []byte, line int) (table, column string) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", source, parser.SkipObjectResolution)
	if err != nil {
		return "", ""
	}
	has := func(n ast.Node) bool {
		return fset.Position(n.Pos()).Line <= line && line <= fset.Position(n.End()).Line
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		s, ok := spec.Type.(*ast.StructType)
		if !ok || !has(spec) {
			return false
		}
		for _, f := range s.Fields.List {
			tag := reflect.StructTag("")
			if f.Tag != nil {
				text, _ := strconv.Unquote(f.Tag.Value)
				tag = reflect.StructTag(text)
			}
			if name, ok := tag.Lookup("table"); ok && len(f.Names) == 1 && f.Names[0].Name == "_" {
				table, _, _ = strings.Cut(name, ",")
			} else if has(f) && len(f.Names) == 1 && f.Names[0].Name != "_" {
				key := to.cfg.Tag
				if key == "" {
					key = "db"
				}
				if column, _, _ = strings.Cut(tag.Get(key), ","); column == "" {
					column = load.ColumnName(f.Names[0].Name)
				}
			}
		}
		return false
	})
	return table, column
}
