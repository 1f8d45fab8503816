package page

import (
	"encoding/json"
	"slices"
)

// pageData is what the script of the page reads. Texts are numbers into S, so that what is said often is there once.
type pageData struct {
	S      []string        `json:"s"` // the texts
	Kinds  []int           `json:"k"` // kinds, in the order in which they are shown
	Things []int           `json:"o"` // of each thing its kind, as its place in Kinds, and how far before it its table stands, 0 for none
	M      []migrationData `json:"m"`
	T      []int           `json:"t"` // tables as they are; their columns are in the page
	F      [][]any         `json:"f"` // foreign keys: from, to, columns, columns there, one, optional
}

// migrationData is one migration.
type migrationData struct {
	Name    int   `json:"n"`
	Above   []int `json:"p,omitempty"` // what it is based on
	Out     int   `json:"r,omitempty"` // what stands for it, from 1
	Changes []int `json:"c,omitempty"` // how far behind the one before the thing is, name, definition; a name of -1 is gone
}

// data returns what the script reads, as JSON that can stand in a script element: encoding/json writes <, > and & as escapes.
func (p *Page) data() string {
	d := pageData{S: []string{}, Things: []int{}, M: []migrationData{}, T: []int{}, F: [][]any{}}
	at := map[string]int{}
	text := func(s string) int {
		s = visible(s)
		i, ok := at[s]
		if !ok {
			i = len(d.S)
			at[s] = i
			d.S = append(d.S, s)
		}
		return i
	}
	kindAt := map[string]int{}
	var others []string
	for _, k := range kinds {
		kindAt[k] = len(d.Kinds)
		d.Kinds = append(d.Kinds, text(k))
	}
	for _, t := range p.history.things {
		if _, ok := kindAt[t.kind]; !ok && !slices.Contains(others, t.kind) {
			others = append(others, t.kind)
		}
	}
	slices.Sort(others)
	for _, k := range others {
		kindAt[k] = len(d.Kinds)
		d.Kinds = append(d.Kinds, text(k))
	}
	for i, t := range p.history.things {
		of := 0
		if t.of >= 0 {
			of = i - t.of
		}
		d.Things = append(d.Things, kindAt[t.kind], of)
	}
	for i, m := range p.history.all {
		x := migrationData{Name: text(m.Name), Out: p.history.out[i] + 1}
		if x.Out == 0 {
			x.Above = p.history.above(i)
		}
		last := 0
		for _, c := range p.history.changes[i] {
			name, def := -1, 0
			if c.is != nil {
				name, def = text(c.is.name), text(c.is.def)
			}
			x.Changes = append(x.Changes, c.thing-last, name, def)
			last = c.thing
		}
		d.M = append(d.M, x)
	}
	for _, t := range p.schema.Tables {
		d.T = append(d.T, text(t.Name))
	}
	for _, l := range p.diagram.lines {
		columns := func(names []string) []int {
			var all []int
			for _, n := range names {
				all = append(all, text(n))
			}
			return all
		}
		d.F = append(d.F, []any{l.from, l.to, columns(l.key.Columns), columns(l.key.RefColumns), bit(l.one), bit(l.optional)})
	}
	out, err := json.Marshal(d)
	if err != nil {
		panic("page: " + err.Error()) // all of it is texts and numbers
	}
	return string(out)
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
