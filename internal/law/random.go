package law

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// key is the column that every table has and that no change touches: it tells the rows apart.
const key = "k0"

// Pair is a schema and the changes that make another one of it.
type Pair struct {
	Seed    uint64
	A       *schema.Schema
	Changes []change
	Beside  []uint64 // seeds of what stands beside the tables
	dialect string
	version int // of the server; 0 is the newest
}

// change is one random change. It knows by itself whether it can be made: changes are left out when a pair is shrunk.
type change struct {
	seed uint64
	kind int
}

// maker makes random things.
type maker struct {
	*rand.Rand
	pg   bool
	old  bool // PostgreSQL before version 15, which knows no NULLS NOT DISTINCT
	next int  // for names
}

func newMaker(seed uint64, dialect string, version int) *maker {
	return &maker{Rand: rand.New(rand.NewPCG(seed, 7)), pg: dialect == "postgres", old: dialect == "postgres" && version > 0 && version < 15}
}

// NewPair makes the pair of a seed, of what the dialect can have in that version of the server; 0 is the newest.
func NewPair(seed uint64, dialect string, version int) Pair {
	m := newMaker(seed, dialect, version)
	p := Pair{Seed: seed, A: &schema.Schema{}, dialect: dialect, version: version}
	for i := range m.IntN(3) {
		p.A.PutEnum(&schema.Enum{Name: fmt.Sprintf("kind_%d", i), Values: m.values()})
	}
	for range 1 + m.IntN(4) {
		p.A.PutTable(m.table(p.A))
	}
	for _, t := range p.A.Tables { // cycles: keys to tables that came later
		if m.one(4) {
			m.addForeignKey(p.A, t)
		}
	}
	m.fix(p.A)
	for range 1 + m.IntN(9) {
		p.Changes = append(p.Changes, change{m.Uint64(), m.IntN(len(changes))})
	}
	for range m.IntN(5) {
		p.Beside = append(p.Beside, m.Uint64())
	}
	return p
}

// B returns the changed schema.
func (p Pair) B() *schema.Schema {
	s := p.A.Clone()
	remember(s, func(was *string, name string) { *was = name })
	for n, c := range p.Changes {
		m := newMaker(c.seed, p.dialect, p.version)
		m.next = 1000 * (n + 1)
		changes[c.kind](m, s)
		m.fix(s)
		remember(s, func(was *string, _ string) {
			if *was == "" {
				*was = "(new)"
			}
		})
	}
	return s
}

// remember sets what everything was called before.
func remember(s *schema.Schema, set func(was *string, name string)) {
	for _, t := range s.Tables {
		set(&t.Was, t.Name)
		for i := range t.Columns {
			set(&t.Columns[i].Was, t.Columns[i].Name)
		}
	}
	for _, e := range s.Enums {
		set(&e.Was, e.Name)
	}
}

func (m *maker) name(prefix string) string {
	m.next++
	words := []string{"order", "Mixed", "ünï", "a b", "select", `qu"ote`, "x"}
	if m.one(6) {
		return fmt.Sprintf("%s %s_%d", prefix, words[m.IntN(len(words))], m.next)
	}
	return fmt.Sprintf("%s_%d", prefix, m.next)
}

func (m *maker) one(n int) bool { return m.IntN(n) == 0 }

func pick[T any](m *maker, list []T) T { return list[m.IntN(len(list))] }

// values gives values of an enum or a list. Defaults and conditions use the first two, which stay.
func (m *maker) values() []string {
	v := []string{"first", "sec'ond"}
	for range m.IntN(4) {
		v = append(v, m.value(v))
	}
	return v
}

// odd are texts that values can have, and that answers, literals and arrays have to be written with care for.
var odd = []string{"", "a=b", "a.b", `say "hi"`, `"quoted"`, "'quoted'", " blank ", "a, b", "new\nline", "tab\tbed", "ünï ☃", `back\slash`, "NULL", "x = 'y'", "a.b=c.d", "%", "(x)",
	"?", "-drop", "{a,b}", "$1", "it''s", "--", ";", "/* no */", strings.Repeat("long", 12)}

// value makes one that is not there yet.
func (m *maker) value(have []string) string {
	if v := pick(m, odd); m.one(2) && !slices.Contains(have, v) && !slices.Contains(have, v+again) {
		return v
	}
	return m.name("v")
}

func (m *maker) table(s *schema.Schema) *schema.Table {
	t := &schema.Table{Name: m.name("t")}
	t.Columns = append(t.Columns, schema.Column{Name: key, Type: schema.Type{Kind: schema.KindInteger}})
	id := schema.Column{Name: "id", Type: schema.Type{Kind: pick(m, []schema.Kind{schema.KindBigInt, schema.KindBigInt, schema.KindInteger})}, Identity: m.one(3)}
	if m.one(8) {
		id = schema.Column{Name: "id", Type: pick(m, []schema.Type{{Kind: schema.KindUUID}, {Kind: schema.KindText}, {Kind: schema.KindVarchar, Size: 50}})}
	}
	t.Columns = append(t.Columns, id)
	if m.pg && m.one(5) {
		t.Comment = "it's a table"
	}
	for range m.IntN(7) {
		t.Columns = append(t.Columns, m.column(s))
	}
	switch {
	case !m.one(8):
		t.PrimaryKey = &schema.PrimaryKey{Name: m.name("pk"), Columns: []string{"id"}}
		if c := pick(m, t.Columns); m.one(6) && c.Name != "id" && !c.Nullable && !id.Identity && comparable(c.Type) {
			t.PrimaryKey.Columns = []string{c.Name, "id"}
		}
	case m.one(2):
		t.Uniques = append(t.Uniques, schema.Unique{Name: m.name("u"), Columns: []string{"id"}})
	}
	for range m.IntN(5) {
		m.addObject(s, t)
	}
	t.Sort()
	return t
}

// column makes a column of any kind.
func (m *maker) column(s *schema.Schema) schema.Column {
	c := schema.Column{Name: m.name("c"), Nullable: m.one(2), Type: m.typ(s)}
	m.setDefault(s, &c)
	m.collate(&c)
	if c.Type.Kind == schema.KindOther {
		c.TypeFor = map[string]string{"sqlite": "TEXT"}
	}
	if m.pg && m.one(6) {
		c.Comment = "col's comment"
	}
	return c
}

func (m *maker) collate(c *schema.Column) {
	c.Collate = ""
	if c.Type.Kind == schema.KindText && !c.Type.Array && m.one(6) {
		c.Collate = pick(m, []string{"NOCASE", "RTRIM", "BINARY"})
		if m.pg {
			c.Collate = pick(m, []string{"C", "POSIX"})
		}
	}
}

func (m *maker) typ(s *schema.Schema) schema.Type {
	of := func(k ...schema.Kind) schema.Type { return schema.Type{Kind: pick(m, k)} }
	var t schema.Type
	switch m.IntN(13) {
	case 0, 1:
		t = of(schema.KindBigInt)
	case 2:
		t = of(schema.KindSmallInt, schema.KindInteger)
	case 3, 4:
		t = of(schema.KindText)
	case 5:
		t = schema.Type{Kind: pick(m, []schema.Kind{schema.KindVarchar, schema.KindVarchar, schema.KindChar}), Size: pick(m, []int{40, 80, 200})}
	case 6:
		t = of(schema.KindBoolean)
	case 7:
		t = pick(m, []schema.Type{{Kind: schema.KindNumeric, Precision: 12, Scale: 2}, {Kind: schema.KindNumeric, Precision: 20, Scale: 4},
			{Kind: schema.KindNumeric, Precision: 9}, {Kind: schema.KindNumeric}})
	case 8:
		t = of(schema.KindTimestampTZ, schema.KindTimestamp, schema.KindDate)
		if t.Kind != schema.KindDate && m.one(4) {
			t.Size = 3
		}
	case 9:
		t = of(schema.KindBytes, schema.KindDouble, schema.KindReal, schema.KindUUID)
	case 10:
		t = of(schema.KindJSONB, schema.KindJSON, schema.KindTime, schema.KindInterval, schema.KindInet, schema.KindCIDR)
	case 11:
		t = of(schema.KindText)
		if len(s.Enums) > 0 {
			t = schema.Type{Kind: schema.KindEnum, Name: pick(m, s.Enums).Name}
		}
	case 12:
		t = schema.Type{Kind: schema.KindOther, Name: "macaddr"}
	}
	if m.pg && t.Kind != schema.KindJSON && t.Kind != schema.KindOther && m.one(10) {
		t.Array = true
	}
	return t
}

// setDefault gives a column another default, or none.
func (m *maker) setDefault(s *schema.Schema, c *schema.Column) {
	c.Default, c.DefaultExpr, c.DefaultFor = nil, "", nil
	if !m.one(3) || c.Identity || c.Generated != "" || c.Type.Kind == schema.KindOther {
		return
	}
	literal := form(c.Type, c.Type, m.IntN(200))
	expr := ""
	switch {
	case c.Type.Array:
		literal = "{}"
	case isText(c.Type):
		literal, expr = pick(m, []string{"", "it's, a (default)", `%s \ "q"`, "7"}), pick(m, []string{"lower('ABC')", "'a' || 'b'"})
	case isInt(c.Type):
		literal, expr = pick(m, []string{"7", "-1", "0"}), "1 + 1"
	case isNumber(c.Type):
		literal, expr = pick(m, []string{"1.5", "-0.5", "3"}), "abs(-2)"
		if c.Type.Kind == schema.KindNumeric && c.Type.Precision == 9 {
			literal = "4"
		}
	case c.Type.Kind == schema.KindBoolean:
		expr = "1 = 1"
	case c.Type.Kind == schema.KindTimestamp, c.Type.Kind == schema.KindTimestampTZ:
		expr = pick(m, []string{"CURRENT_TIMESTAMP", "now()"})
	case c.Type.Kind == schema.KindDate:
		expr = "CURRENT_DATE"
	case c.Type.Kind == schema.KindEnum:
		literal = pick(m, s.Enum(c.Type.Name).Values)
	case c.Type.Kind == schema.KindUUID && m.one(2):
		c.DefaultFor = map[string]string{"postgres": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}
		return
	}
	if expr != "" && m.one(3) {
		c.DefaultExpr = expr
	} else {
		c.Default = &literal
	}
}
