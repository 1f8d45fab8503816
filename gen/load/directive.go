package load

import (
	"go/ast"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

const tool = "modelgen"

// directivesFor returns the words of //modelgen: comments and what they stand above.
func directivesFor(known []migrate.Capabilities) map[string][]uint8 {
	words := map[string][]uint8{
		"type":        {docType},                      // //modelgen:type numeric(20,0)
		"name":        {docType},                      // //modelgen:name billing.state, above the type of a native enum
		"was":         {docType, docConst},            // //modelgen:was old_name, above the type or a constant of a native enum
		modelsWord:    {0, docType, docConst, docVar}, // //modelgen:models User Order, or -Summary; anywhere in the package
		extensionWord: {0, docType, docConst, docVar}, // //modelgen:extension pg_trgm; anywhere in the package
		tableWord:     {docType},                      // //modelgen:table name
		tagWord:       {docType},                      // //modelgen:tag Field db:"name,pk"

		rowsWord:    {docVar},  // //modelgen:rows or //modelgen:rows key:code, above a list of a model
		commentWord: {docType}, // //modelgen:comment who buys, above a model
	}
	for word := range tableWords {
		if word != tableWord {
			words[word] = []uint8{docType} // //modelgen:index a,b and the like, above a model without blank fields
		}
	}
	for dialect := range wordsOf(known) {
		for _, word := range []string{"index", "unique", "check"} {
			words[word+"."+dialect] = []uint8{docType}
		}
		words["type."+dialect] = []uint8{docType} // //modelgen:type.DIALECT money
	}
	return words
}

// almostDirective is a comment that was meant to be a directive.
var almostDirective = regexp.MustCompile(`(?i)^//[ \t]*model[-_]?gen[ \t]*:[ \t]*([\w.]+)[ \t]+(.+)$`)

// checkDirectives refuses unknown words and directives where they have no effect.
func (l *loader) checkDirectives(s *source) {
	l.checkBeside(s)
	for _, file := range s.pkg.Syntax {
		for _, group := range file.Comments {
			for _, c := range group.List {
				if m := almostDirective.FindStringSubmatch(c.Text); m != nil && l.directives[m[1]] != nil && !strings.HasPrefix(c.Text, "//"+tool+":") {
					l.failf(c.Pos(), "a directive begins with //%[1]s: and nothing in between: write //%[1]s:%[2]s %[3]s", tool, m[1], strings.TrimSpace(m[2]))
				}
				d, ok := ast.ParseDirective(c.Slash, c.Text)
				if !ok || d.Tool != tool {
					continue
				}
				where, known := l.directives[d.Name]
				switch {
				case !known:
					l.failf(d.Slash, "unknown directive //modelgen:%s%s", d.Name, didYouMean(d.Name, slices.Sorted(maps.Keys(l.directives))))
				case d.Name == rowsWord && s.docs[group] != docVar:
					l.failf(d.Slash, "//modelgen:rows has no effect here: it goes right above the declaration of a variable of the package")
				case !slices.Contains(where, s.docs[group]):
					l.failf(d.Slash, "//modelgen:%s has no effect here: it goes right above the declaration of a type", d.Name)
				case strings.TrimSpace(d.Args) == "" && d.Name != rowsWord:
					l.failf(d.Slash, "//modelgen:%s needs a value", d.Name)
				}
			}
		}
	}
}

// directives returns those above a struct, and above declarations beside it.
func (d *decl) directives() map[string]ast.Directive {
	found := directivesOf(d.doc)
	for _, b := range d.beside {
		if found == nil {
			found = map[string]ast.Directive{}
		}
		maps.Copy(found, directivesOf(b.doc))
	}
	return found
}

// directivesOf returns the directives in a doc comment.
func directivesOf(doc *ast.CommentGroup) map[string]ast.Directive {
	if doc == nil {
		return nil
	}
	var found map[string]ast.Directive
	for _, c := range doc.List {
		if !strings.HasPrefix(c.Text, "//"+tool+":") {
			continue
		}
		if d, ok := ast.ParseDirective(c.Slash, c.Text); ok {
			if found == nil {
				found = map[string]ast.Directive{}
			}
			d.Args = strings.TrimSpace(d.Args)
			found[d.Name] = d
		}
	}
	return found
}

// typeDirective returns the column type that stands above the declaration of a Go type. Whatever is wrong with it is noted once.
func (l *loader) typeDirective(obj *types.TypeName) (goType, bool) {
	if g, ok := l.typed[obj]; ok {
		return g, g.typ.Kind != schema.KindInvalid
	}
	var g goType
	d := l.decl(obj)
	if d == nil {
		return g, false
	}
	found := directivesOf(d.doc)
	for _, name := range slices.Sorted(maps.Keys(found)) {
		word, dialect, _ := strings.Cut(name, ".")
		switch arg := found[name].Args; {
		case l.directives[name] == nil && !l.asked(obj.Pkg()):
			l.failf(found[name].Slash, "unknown directive //modelgen:%s%s", name, didYouMean(name, slices.Sorted(maps.Keys(l.directives))))
		case word != "type" || arg == "":
		case dialect != "":
			g.setTypeFor(l.dialectNames[dialect], arg)
		default:
			t, err := parseType(arg)
			if err != nil {
				l.failf(found[name].ArgsPos, "%s", err)
				t.Kind = schema.KindText
			}
			g.typ = t
		}
	}
	if at, ok := found["type"]; ok && g.typ.Kind == schema.KindOther {
		if dialect, err := l.checkOther(g.typ, g.typeFor, "//modelgen:type.%s TEXT"); err != nil {
			l.failf(at.ArgsPos, "%s", err)
			g.setTypeFor(dialect, "TEXT")
		}
	}
	if b, ok := obj.Type().Underlying().(*types.Basic); ok {
		g.basic = b.Kind()
	}
	l.typed[obj] = g
	return g, g.typ.Kind != schema.KindInvalid
}
