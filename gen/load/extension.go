package load

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// extensionWord declares an extension of the database: //modelgen:extension pg_trgm, or with the schema that its objects go into: //modelgen:extension hstore schema ext.
const extensionWord = "extension"

// extensions reads these directives, which may stand anywhere in a package.
func (l *loader) extensions(s *source) {
	for _, file := range s.pkg.Syntax {
		for _, group := range file.Comments {
			for _, c := range group.List {
				d, ok := ast.ParseDirective(c.Slash, c.Text)
				if !ok || d.Tool != tool || d.Name != extensionWord || strings.TrimSpace(d.Args) == "" {
					continue
				}
				words := strings.Fields(d.Args)
				o := schema.SQLObject{Kind: schema.ExtensionKind, Name: words[0]}
				switch {
				case len(words) == 3 && words[1] == "schema":
					o.SQL = schema.SQLText("SCHEMA " + schema.QuoteName(words[2]))
					if ns := words[2]; ns != "public" && !slices.Contains(l.schema.Namespaces, ns) {
						l.schema.Namespaces = append(l.schema.Namespaces, ns)
					}
				case len(words) > 1:
					l.failf(d.ArgsPos, "//modelgen:%s takes the name of an extension, and the schema for its objects: //modelgen:%s %s schema ext", extensionWord, extensionWord, words[0])
					continue
				}
				if err := schema.CheckName(words[0]); err != nil {
					l.failf(d.ArgsPos, "extension: %v", err)
					continue
				}
				if at, ok := l.places[place{object: o.String()}]; ok {
					l.failf(d.Slash, "%s is there twice, also at %s", o, l.shortPos(at))
					continue
				}
				l.object(o, d.Slash)
			}
		}
	}
}
