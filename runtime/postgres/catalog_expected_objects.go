package postgres

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/internal/toposort"
	"github.com/modelgen/modelgen/runtime/schema"
)

// unbuilt reports whether what an object comes to is said without building it: it is no part of a schema, or is what hangs on others and has
// its whole text.
func unbuilt(o schema.SQLObject) bool {
	return slices.Contains([]schema.ObjectKind{schema.ExtensionKind, schema.EventTriggerKind, schema.CommentKind, schema.GrantKind}, o.Kind)
}

// built returns s without the objects that are not built.
func built(s *schema.Schema) *schema.Schema {
	if !slices.ContainsFunc(s.SQLObjects, unbuilt) {
		return s
	}
	c := *s
	c.SQLObjects = slices.DeleteFunc(slices.Clone(s.SQLObjects), unbuilt)
	return &c
}

// extensions returns the statements that make what extensions of s are not there. Usually they do nothing.
func extensions(s *schema.Schema) (all []string) {
	for _, o := range s.SQLObjects {
		if o.Kind != schema.ExtensionKind {
			continue
		}
		if in, _ := extensionParts(o); in != "" && !strings.HasPrefix(in, "pg_") {
			all = append(all, "CREATE SCHEMA IF NOT EXISTS "+ident(in))
		}
		all = append(all, strings.Replace(o.Statement(), "CREATE EXTENSION", "CREATE EXTENSION IF NOT EXISTS", 1))
	}
	return all
}

// extensionParts returns the schema and the version that an extension says.
func extensionParts(o schema.SQLObject) (in, version string) {
	toks := sqllex.Code(string(o.SQL), lexis)
	for i := 0; i+1 < len(toks); i++ {
		switch {
		case toks[i].Is("SCHEMA"):
			in = folded(toks[i+1])
		case toks[i].Is("VERSION"):
			version = toks[i+1].Value()
		}
	}
	return in, version
}

// folded returns the name that a token is.
func folded(t sqllex.Token) string {
	if t.Kind == sqllex.Word {
		return strings.ToLower(t.Text)
	}
	return t.Value()
}

// scratchNames are the names of what is built, with the schemas that they stand for.
type scratchNames struct {
	renderer
	made map[[2]string]bool
}

func (r renderer) scratchNames(s *schema.Schema) scratchNames {
	n := scratchNames{r, map[[2]string]bool{}}
	add := func(name string) {
		bare, _, _ := strings.Cut(name, "(")
		ns, base := schema.SplitName(bare)
		if ns == "" {
			ns = r.schema
		}
		n.made[[2]string{ns, base}] = true
	}
	for _, t := range s.Tables {
		add(t.Name)
	}
	for _, e := range s.Enums {
		add(e.Name)
	}
	for _, o := range s.SQLObjects {
		if !unbuilt(o) {
			add(o.Name)
		}
	}
	return n
}

// move makes SQL mean the scratch schemas where it names what is built there with its schema. Bodies in dollar quotes stay as they are: nobody runs them.
func (n scratchNames) move(sql string) string {
	toks := sqllex.Code(sql, lexis)
	type edit struct {
		from, to int
		text     string
	}
	var edits []edit
	for i, t := range toks {
		switch {
		case t.IsName() && i+2 < len(toks) && toks[i+1].Text == "." && toks[i+2].IsName() && (i == 0 || toks[i-1].Text != "."):
			ns := folded(t)
			if to, ok := n.moved[ns]; ok && n.made[[2]string{ns, folded(toks[i+2])}] {
				edits = append(edits, edit{t.From, t.To, ident(to)})
			}
		case t.Kind == sqllex.String && strings.Contains(t.Text, "."): // 'billing.numbers'::regclass
			ns, base := schema.NameParts(t.Value())
			if to, ok := n.moved[ns]; ok && n.made[[2]string{ns, base}] {
				edits = append(edits, edit{t.From, t.To, text(ident(to) + "." + ident(base))})
			}
		case t.Is("SCHEMA") && i > 0 && toks[i-1].Is("IN"): // FOR TABLES IN SCHEMA a, b
			for k := i + 1; k < len(toks) && toks[k].IsName(); k += 2 {
				if to, ok := n.moved[folded(toks[k])]; ok {
					edits = append(edits, edit{toks[k].From, toks[k].To, ident(to)})
				}
				if k+1 < len(toks) && toks[k+1].Text != "," {
					break
				}
			}
		}
	}
	for k := len(edits) - 1; k >= 0; k-- {
		sql = sql[:edits[k].from] + edits[k].text + sql[edits[k].to:]
	}
	return sql
}

// publication returns the name under which a publication is built: it is in no schema.
func (n scratchNames) publication(name string) string {
	if to, ok := n.moved[n.schema]; ok {
		return to + "_" + name
	}
	return name
}

// object returns the statements that make an object in the scratch schemas.
func (n scratchNames) object(p *planner, o schema.SQLObject) (all []string) {
	if o.Kind == schema.PublicationKind {
		o = o.Renamed(n.publication(o.Name))
	}
	for _, st := range p.makes(o) {
		sql := n.move(st.SQL)
		if o.Kind == schema.MaterializedViewKind {
			sql += "\nWITH NO DATA"
		}
		all = append(all, sql)
	}
	return all
}

// scratchOrder returns the tables and the objects, which come behind the tables in numbers, so that each comes behind what it stands on. Bodies that are strings stand on nothing, as nobody
// looks into them.
func scratchOrder(s *schema.Schema) []int {
	n := len(s.Tables)
	if len(s.SQLObjects) == 0 {
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		return order
	}
	tables, objects := map[string]int{}, map[string]int{}
	under := map[string][]int{} // what tables can stand on, by name
	for i, t := range s.Tables {
		tables[t.Name] = i
	}
	for i, o := range s.SQLObjects {
		objects[o.Key()] = n + i
		if o.Kind.Routine() || slices.Contains([]schema.ObjectKind{schema.SequenceKind, schema.DomainKind, schema.CompositeTypeKind, schema.RangeTypeKind}, o.Kind) {
			bare, _, _ := strings.Cut(o.Name, "(")
			_, base := schema.SplitName(bare)
			under[strings.ToLower(base)] = append(under[strings.ToLower(base)], i)
		}
	}
	names := s.Names()
	order, _ := toposort.Sort(n+len(s.SQLObjects), func(i int) (before []int) {
		if i < n {
			for word, called := range wordsOf(s.Tables[i]) {
				for _, k := range under[word] {
					if called || !s.SQLObjects[k].Kind.Routine() {
						before = append(before, n+k)
					}
				}
			}
			slices.Sort(before)
			return before
		}
		for _, need := range names.Needs(s.SQLObjects[i-n]) {
			switch {
			case need.Soft:
			case need.Object != nil:
				if k, ok := objects[need.Object.Key()]; ok {
					before = append(before, k)
				}
			case need.Table != "":
				if k, ok := tables[need.Table]; ok {
					before = append(before, k)
				}
			}
		}
		return before
	})
	return order
}

// wordsOf returns the words in the types and the SQL of a table, in lower case, and whether one is called as a function.
func wordsOf(t *schema.Table) map[string]bool {
	all := map[string]bool{}
	put := func(texts ...string) {
		for _, sql := range texts {
			if sql == "" {
				continue
			}
			toks := sqllex.Code(sql, lexis)
			for i, tok := range toks {
				switch {
				case tok.IsName():
					word := strings.ToLower(tok.Value())
					all[word] = all[word] || i+1 < len(toks) && toks[i+1].Text == "("
				case tok.Kind == sqllex.String && !strings.ContainsAny(tok.Value(), "' "): // nextval('numbers')
					if _, base := schema.NameParts(tok.Value()); base != "" {
						if word := strings.ToLower(base); !all[word] {
							all[word] = false
						}
					}
				}
			}
		}
	}
	for _, c := range t.Columns {
		put(c.DefaultExpr, c.Generated, c.DefaultFor[dialect], c.TypeFor[dialect])
		if c.Type.Kind == schema.KindOther {
			put(c.Type.String())
		}
	}
	for _, c := range t.Checks {
		put(c.Expr)
	}
	return all
}
