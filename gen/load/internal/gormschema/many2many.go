package gormschema

import (
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/jinzhu/inflection"
)

// many2many makes the join table of a relation (buildMany2ManyRelation).
func (p *Parser) many2many(r *Relation, name string) {
	s, f := r.Schema, r.Field
	own, ok := p.listed(r, s, s.Primary, r.foreign, "FOREIGNKEY")
	ref, ok2 := p.listed(r, r.To, r.To.Primary, r.primary, "REFERENCES")
	if !ok || !ok2 {
		return
	}
	joinForeign, joinRefs := columns(f.set.value("JOINFOREIGNKEY")), columns(f.set.value("JOINREFERENCES"))
	ownOf, refOf, of := map[string]*Field{}, map[string]*Field{}, map[string]*Field{}
	j := &Schema{Name: name, Table: p.Names.joinTable(name), relation: map[string]*Relation{}, ByDBName: map[string]*Field{}, ByName: map[string]*Field{}, ByPath: map[string]*Field{}}
	add := func(name string, key *Field) {
		of[name] = key
		tag := withoutSetting(gormTagOf(key), "column", "autoincrement", "index", "unique", "uniqueindex")
		v := types.NewField(key.Pos.Pos(), key.Pos.Pkg(), name, key.Pos.Type(), false)
		g := new(Field)
		p.field(g, j, []*types.Var{v}, tag)
		g.Path, g.Pos = f.Path, f.Pos
		for i := range g.set {
			g.set[i].Path, g.set[i].At = f.Path, -1
		}
		j.Fields = append(j.Fields, g)
	}
	for i, key := range own {
		n := title(s.Name) + key.Name
		if len(joinForeign) > i {
			n = title(joinForeign[i])
		}
		ownOf[n] = key
		add(n, key)
	}
	for i, key := range ref {
		n := title(r.To.Name) + key.Name
		if ownOf[n] != nil {
			if f.Name != r.To.Name {
				n = inflection.Singular(f.Name) + key.Name
			} else {
				n += "Reference"
			}
		}
		if len(joinRefs) > i {
			n = title(joinRefs[i])
		}
		refOf[n] = key
		if of[n] == nil {
			add(n, key)
		}
	}
	for _, g := range j.Fields {
		j.index(p, g)
	}
	j.primary(p)
	j.Primary = nil
	fromName, toName := s.Name, r.To.Name
	if fromName == toName {
		toName = f.Name
	}
	from := &Relation{Name: fromName, Kind: BelongsTo, Schema: j, To: s, Field: f}
	to := &Relation{Name: toName, Kind: BelongsTo, Schema: j, To: r.To, Field: f}
	for _, g := range j.Fields {
		key := of[g.Name]
		g.likeKey(key)
		j.Primary = append(j.Primary, g)
		if ownOf[g.Name] != nil {
			from.Refs = append(from.Refs, Ref{Primary: key, Foreign: g})
			r.Refs = append(r.Refs, Ref{Primary: key, Foreign: g, own: true})
		}
		if k := refOf[g.Name]; k != nil {
			to.Refs = append(to.Refs, Ref{Primary: k, Foreign: g})
			r.Refs = append(r.Refs, Ref{Primary: k, Foreign: g})
		}
	}
	j.put(fromName, from)
	j.put(toName, to)
	r.Kind, r.Join = Many2Many, j
}

// listed returns the fields that a key of the tag names, or else those of the primary key.
func (p *Parser) listed(r *Relation, s *Schema, or []*Field, names []string, key string) ([]*Field, bool) {
	if len(names) == 0 {
		if len(or) == 0 {
			path, at := r.Field.at("MANY2MANY")
			p.problem(path, at, s.Name+" has no primary key for the join table of "+r.Name)
		}
		return or, len(or) > 0
	}
	var all []*Field
	for _, n := range names {
		g := s.lookUp(p, n)
		if g == nil {
			path, at := r.Field.at(key)
			p.problem(path, at, s.Name+" has no field "+n)
			return nil, false
		}
		all = append(all, g)
	}
	return all, true
}

// gormTagOf returns the tag of a key with the setting that makes it one of the join table as well (appendSettingFromTag).
func gormTagOf(key *Field) string {
	if strings.Contains(key.tag, "primaryKey") {
		return key.tag
	}
	return "primaryKey;" + key.tag
}

// withoutSetting is removeSettingFromTag: of each name the first one goes.
func withoutSetting(tag string, names ...string) string {
	full := `gorm:"` + tag + `"`
	for _, name := range names {
		full = regexp.MustCompile(`(?i)(gorm:.*?)(`+name+`(:.*?)?)(;|("))`).ReplaceAllString(full, "${1}${5}")
	}
	return strings.TrimSuffix(strings.TrimPrefix(full, `gorm:"`), `"`)
}

// Joins returns the join tables of relations of a schema, whose names stand for themselves.
func (s *Schema) Joins() []*Relation {
	return slices.DeleteFunc(slices.Clone(s.Relations), func(r *Relation) bool { return r.Join == nil || r.Schema != s || r.Field.NoDDL })
}

// UseAsJoin makes a struct with a table of its own the join table of a relation, as SetupJoinTable does: it gets the foreign keys that it has no
// relation of its own for.
func (s *Schema) UseAsJoin(p *Parser, r *Relation) {
	for _, jr := range r.Join.Relations {
		if s.relation[jr.Name] != nil {
			continue
		}
		own := &Relation{Name: jr.Name, Kind: BelongsTo, Schema: s, To: jr.To, Field: jr.Field}
		for _, ref := range jr.Refs {
			g := s.lookUp(p, ref.Foreign.Name)
			if g == nil {
				path, at := r.Field.at("MANY2MANY")
				p.problem(path, at, s.Name+" is the join table of "+r.Name+", but has no field "+ref.Foreign.Name)
				return
			}
			g.likeKey(ref.Primary)
			own.Refs = append(own.Refs, Ref{Primary: ref.Primary, Foreign: g})
		}
		s.put(own.Name, own)
	}
}
