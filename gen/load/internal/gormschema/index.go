package gormschema

import (
	"go/types"
	"sort"
	"strconv"
	"strings"
)

// Index is an index of a table (index.go).
type Index struct {
	Name, Class, Type, Where, Option string
	Parts                            []IndexPart
	Path                             []*types.Var
	At                               int
}

// IndexPart is a column or an expression of an index.
type IndexPart struct {
	Field                     *Field
	Expression, Sort, Collate string
	priority                  int
}

// indexOptions are those that gorm reads; length and comment do nothing on the databases that this is for.
var indexOptions = map[string]bool{"UNIQUE": true, "CLASS": true, "TYPE": true, "WHERE": true, "SORT": true, "COLLATE": true, "EXPRESSION": true, "OPTION": true,
	"LENGTH": true, "COMMENT": true, "PRIORITY": true, "COMPOSITE": true}

// Indexes returns the indexes of a schema in the order of the fields (ParseIndexes).
func (p *Parser) Indexes(s *Schema) []*Index {
	var all []*Index
	byName := map[string]*Index{}
	for _, f := range s.Fields {
		if f.set.value("INDEX") == "" && f.set.value("UNIQUEINDEX") == "" {
			continue
		}
		at := 0
		for value := range strings.SplitSeq(f.tag, ";") {
			p.fieldIndex(s, f, value, at, func(x *Index) {
				to := byName[x.Name]
				if to == nil {
					byName[x.Name] = x
					all = append(all, x)
					return
				}
				to.add(x)
			})
			at += len(value) + 1
		}
	}
	return all
}

func (x *Index) add(y *Index) {
	or := func(a *string, b string) {
		if *a == "" {
			*a = b
		}
	}
	or(&x.Class, y.Class)
	or(&x.Type, y.Type)
	or(&x.Where, y.Where)
	or(&x.Option, y.Option)
	x.Parts = append(x.Parts, y.Parts...)
	sort.Slice(x.Parts, func(i, j int) bool { return x.Parts[i].priority < x.Parts[j].priority })
}

// fieldIndex reads one setting of a tag that asks for an index (parseFieldIndexes).
func (p *Parser) fieldIndex(s *Schema, f *Field, value string, at int, found func(*Index)) {
	word, tag, _ := strings.Cut(value, ":")
	key := strings.TrimSpace(strings.ToUpper(word))
	if key != "INDEX" && key != "UNIQUEINDEX" {
		return
	}
	at += len(word) - len(strings.TrimLeft(word, " "))
	name, options, _ := strings.Cut(tag, ",")
	set := parseTag(options, ",", f.Path)
	for _, k := range set {
		if !indexOptions[k.key] {
			p.problem(f.Path, at, "gorm knows no option "+strings.ToLower(k.key)+" of an index; a comma in an option is written \\\\,")
		}
	}
	if name == "" {
		sub := f.Name
		if c, ok := set.get("COMPOSITE"); ok {
			if sub = c.Value; sub == "" || sub == "COMPOSITE" {
				p.problem(f.Path, at, "composite: of an index needs a name")
				return
			}
		}
		name = p.Names.index(s.Table, sub)
	}
	class := set.value("CLASS")
	if key == "UNIQUEINDEX" || set.value("UNIQUE") != "" {
		class = "UNIQUE"
	}
	priority, err := strconv.Atoi(set.value("PRIORITY"))
	if err != nil {
		priority = 10
	}
	found(&Index{Name: name, Class: class, Type: set.value("TYPE"), Where: set.value("WHERE"), Option: set.value("OPTION"), Path: f.Path, At: at,
		Parts: []IndexPart{{f, set.value("EXPRESSION"), set.value("SORT"), set.value("COLLATE"), priority}}})
}

// Check is a check constraint (constraint.go).
type Check struct {
	Name, Expr string
	Path       []*types.Var
	At         int
}

// Checks returns the checks of a schema in the order of its columns. Of two with one name gorm makes one, whichever comes: that is a problem.
func (p *Parser) Checks(s *Schema) []Check {
	var all []Check
	seen := map[string]bool{}
	for _, name := range s.DBNames {
		f := s.ByDBName[name]
		text := f.set.value("CHECK")
		if text == "" {
			continue
		}
		path, at := f.at("CHECK")
		c := Check{Name: p.Names.check(s.Table, f.DBName), Expr: text, Path: path, At: at}
		if first, rest, ok := strings.Cut(text, ","); ok && letters.MatchString(first) {
			c.Name, c.Expr = first, rest
		} else if first == "" {
			c.Expr = rest
		}
		if seen[c.Name] {
			p.problem(path, at, "two checks are called "+c.Name+", of which gorm makes one only")
			continue
		}
		seen[c.Name] = true
		all = append(all, c)
	}
	return all
}

// Unique is a unique constraint over one column.
type Unique struct {
	Name  string
	Field *Field
}

// Uniques returns the unique constraints of a schema.
func (p *Parser) Uniques(s *Schema) []Unique {
	var all []Unique
	seen := map[string]bool{}
	for _, f := range s.Fields {
		if !f.Unique {
			continue
		}
		if name := p.Names.unique(s.Table, f.DBName); !seen[name] {
			seen[name] = true
			all = append(all, Unique{name, f})
		}
	}
	return all
}

// At returns where a key of the field's tag stands: the fields on the way to it, and the byte of the tag of the last one.
func (f *Field) At(key string) ([]*types.Var, int) { return f.at(key) }
