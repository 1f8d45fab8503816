package diff

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

// gistExtension is what gives a gist index the operators of plain values.
const gistExtension = "btree_gist"

// operatorsOf refuses a new exclusion constraint over plain values in a gist index where nothing declares the extension with their operators. A project that has had such a
// constraint without a word of it installs the extension by other means.
func (d *differ) operatorsOf(changes []*change) {
	for _, s := range []*schema.Schema{d.new, d.old} {
		if slices.ContainsFunc(s.SQLObjects, func(o schema.SQLObject) bool { return o.Kind == schema.ExtensionKind && o.Name == gistExtension }) ||
			slices.ContainsFunc(s.Objects, func(o schema.Object) bool { return o.Kind == "extension" && strings.Trim(o.Name, `"`) == gistExtension }) {
			return
		}
	}
	if slices.ContainsFunc(d.old.SQLObjects, func(o schema.SQLObject) bool { return plainInGist(d.old, o) != "" }) {
		return
	}
	for _, c := range changes {
		if c.new == nil || c.how != createObject && c.how != recreateObject {
			continue
		}
		if column := plainInGist(d.new, *c.new); column != "" {
			d.failAt(c.new, 0, "%s compares %s.%s in a gist index, which has no operators for %s without the extension %s: write //modelgen:extension %s above a model, or CREATE EXTENSION %s; into a SQL file",
				c.new, c.new.Table, column, d.new.Table(c.new.Table).Column(column).Type, gistExtension, gistExtension, gistExtension)
		}
	}
}

// plainInGist returns a column of plain values that an exclusion constraint has in a gist index with the operators of their type, "" for none.
func plainInGist(s *schema.Schema, o schema.SQLObject) string {
	t := s.Table(o.Table)
	if o.Kind != schema.ExclusionKind || t == nil {
		return ""
	}
	toks := sqllex.Code(string(o.SQL), sqllex.Any)
	begin := slices.IndexFunc(toks, func(k sqllex.Token) bool { return k.Text == "(" })
	if begin < 2 || !toks[begin-1].Is("GIST") || !toks[begin-2].Is("USING") {
		return ""
	}
	depth, first := 1, begin+1 // of an element
	for i := begin + 1; i < len(toks) && depth > 0; i++ {
		switch toks[i].Text {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth == 0 || depth == 1 && toks[i].Text == "," {
			if i > first+1 && toks[first+1].Is("WITH") { // and no operator class is named
				if c := t.Column(toks[first].Value()); c != nil && plainValues(c.Type) && len(c.TypeFor) == 0 {
					return c.Name
				}
			}
			first = i + 1
		}
	}
	return ""
}

// plainValues reports whether PostgreSQL itself has no operators of the type for gist indexes, and the extension has.
func plainValues(t schema.Type) bool {
	switch t.Kind {
	case schema.KindSmallInt, schema.KindInteger, schema.KindBigInt, schema.KindReal, schema.KindDouble, schema.KindNumeric, schema.KindText, schema.KindVarchar, schema.KindChar, schema.KindBytes,
		schema.KindDate, schema.KindTime, schema.KindTimestamp, schema.KindTimestampTZ, schema.KindInterval, schema.KindUUID, schema.KindEnum:
		return !t.Array
	}
	return false
}
