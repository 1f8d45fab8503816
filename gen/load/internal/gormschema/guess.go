package gormschema

import "strings"

// guess finds the key of a relation by the names of fields (guessRelation): asked is what the tag or the type of the field suggest.
func (p *Parser) guess(r *Relation, asked level) {
	s, f := r.Schema, r.Field
	next := map[level]level{guess: guessBelongs, guessBelongs: guessEmbeddedBelongs, guessEmbeddedBelongs: guessHas, guessHas: guessEmbeddedHas}
	again := func() {
		if n, ok := next[asked]; ok {
			p.guess(r, n)
			return
		}
		path, at := f.at("FOREIGNKEY")
		p.problem(path, at, "gorm finds no foreign key for the relation "+f.Name+": name one with foreignKey: in its gorm tag, or take the field out with gorm:\"-\"")
	}
	gl := asked
	if gl == guess {
		gl = guessHas
		if f.Owner == r.To {
			gl = guessBelongs
		}
	}
	primary, foreign := s, r.To
	switch gl {
	case guessBelongs:
		primary, foreign = r.To, s
	case guessEmbeddedBelongs:
		if f.ownerSchema == nil {
			again()
			return
		}
		primary, foreign = r.To, f.ownerSchema
	case guessEmbeddedHas:
		if f.ownerSchema == nil {
			again()
			return
		}
		primary, foreign = f.ownerSchema, r.To
	}
	var keys, columns []*Field
	if len(r.foreign) > 0 {
		for _, name := range r.foreign {
			g := foreign.lookUp(p, name)
			if g == nil {
				again()
				return
			}
			columns = append(columns, g)
		}
	} else {
		keys, columns = p.byName(r, primary, foreign, gl)
	}
	switch {
	case len(columns) == 0:
		again()
		return
	case len(r.primary) > 0:
		for i, name := range r.primary {
			g := primary.lookUp(p, name)
			switch {
			case g == nil:
				again()
				return
			case len(keys) < i+1:
				keys = append(keys, g)
			case g != keys[i]:
				again()
				return
			}
		}
	case len(keys) == 0:
		switch {
		case len(columns) == 1 && primary.Prior != nil:
			keys = append(keys, primary.Prior)
		case len(primary.Primary) == len(columns):
			keys = append(keys, primary.Primary...)
		default:
			again()
			return
		}
	}
	if len(keys) < len(columns) {
		path, at := f.at("FOREIGNKEY")
		p.problem(path, at, "the relation "+f.Name+" has more foreign keys than references")
		return
	}
	for i, c := range columns {
		c.likeKey(keys[i])
		own := s == primary && gl == guessHas || f.ownerSchema == primary && gl == guessEmbeddedHas
		r.Refs = append(r.Refs, Ref{Primary: keys[i], Foreign: c, own: own})
	}
	r.Kind = BelongsTo
	if gl == guessHas || gl == guessEmbeddedHas {
		r.Kind = Has
	}
}

// byName looks for the fields that are called as the other struct, or the relation, and its key. The list of keys begins with those that were
// asked for, as gorm's does.
func (p *Parser) byName(r *Relation, primary, foreign *Schema, gl level) (keys, columns []*Field) {
	name := primary.Name
	if name == "" {
		name = r.To.Name
	}
	from := primary.Primary
	if len(r.primary) > 0 {
		from = nil
		for _, n := range r.primary {
			if g := primary.lookUp(p, n); g != nil {
				from = append(from, g)
			}
		}
	}
	keys = append(keys, from...)
	for _, key := range from {
		look := name + key.Name
		if gl == guessBelongs {
			look = r.Field.Name + key.Name
		}
		names := []string{look}
		if len(from) == 1 {
			base := strings.TrimSuffix(look, key.Name)
			names = append(names, base+"ID", base+"Id", p.Names.Column(base+"ID"))
		}
		if g := p.first(names, func(n string) *Field { return foreign.near(r.Field, n) }); g != nil {
			keys, columns = append(keys, key), append(columns, g)
		} else if g := p.first(names, func(n string) *Field { return foreign.lookUp(p, n) }); g != nil {
			keys, columns = append(keys, key), append(columns, g)
		}
	}
	return keys, columns
}

func (p *Parser) first(names []string, look func(string) *Field) *Field {
	for _, n := range names {
		if g := look(n); g != nil {
			return g
		}
	}
	return nil
}
