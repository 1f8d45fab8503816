package check

import (
	"bytes"
	"encoding/json"
	"go/token"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// tracer watches some objects of a schema while it changes.
type tracer struct {
	watched []object
	now     map[object]string
	last    map[object]token.Position
}

func newTracer(found []difference) *tracer {
	t := &tracer{now: map[object]string{}, last: map[object]token.Position{}}
	for _, d := range found {
		t.watched = append(t.watched, d.object)
	}
	return t
}

// step notes which of the objects an op has changed.
func (t *tracer) step(pos token.Position, s *schema.Schema) {
	part := &schema.Schema{Namespaces: s.Namespaces, Enums: s.Enums}
	for i, o := range t.watched {
		if o.table != "" && (i == 0 || t.watched[i-1].table != o.table) { // they are sorted by table
			if table := s.Table(o.table); table != nil {
				part.Tables = append(part.Tables, table)
			}
		}
	}
	all := objects(part)
	for _, o := range t.watched {
		facts, there := all[o]
		text := ""
		if there {
			text = o.String() + " " + spoken(facts)
		}
		if t.now[o] != text {
			t.now[o], t.last[o] = text, pos
		}
	}
}

// sections has the keys of the snapshot by the kinds of objects in a table.
var sections = map[string]string{
	"column": "columns", "primary key": "primaryKey", "unique constraint": "uniques", "check": "checks", "foreign key": "foreignKeys",
	"index": "indexes", "dual write": "dualWrites",
}

// lineOf returns the line of a snapshot on which an object has its name, 0 when it has none or the file is not as modelgen writes it.
func lineOf(data []byte, o object) int {
	name := o.name
	if o.kind == "table" {
		name = o.table
	}
	text, err := json.Marshal(name)
	if err != nil {
		return 0
	}
	top, table, section, line := "", "", "", 0
	for l := range bytes.SplitSeq(data, []byte("\n")) {
		line++
		rest := strings.TrimLeft(string(l), "\t")
		depth := len(l) - len(rest)
		rest = strings.TrimSuffix(rest, ",")
		key, value, _ := strings.Cut(rest, ": ")
		switch key = strings.Trim(key, `"`); {
		case depth == 1:
			top = key
		case depth == 2 && o.kind == "schema" && top == "schemas" && rest == string(text):
			return line
		case depth == 3 && key == "name":
			table, section = value, ""
			if value == string(text) && (o.kind == "table" && top == "tables" || o.kind == "enum" && top == "enums") {
				return line
			}
		case depth == 3:
			section = key
		case key == "name" && value == string(text) && top == "tables" && section == sections[o.kind] && table == strconv.Quote(o.table):
			return line
		}
	}
	return 0
}
