package load

import (
	"go/token"
	"go/types"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// orms are keys of tags in which other tools say what a column is. They are not read; a field that has one of them and none of ours is no column
// as its author knows it.
var orms = []string{"gorm", "bun", "xorm", "pg"}

// ignored is what a tag of another tool asks for and nobody does.
func (m *model) ignored(f *types.Var, keys []keyValue, column string, pos token.Pos) {
	if m.taggedByUs(keys) {
		return
	}
	for _, key := range orms {
		tag, ok := lookup(keys, key)
		if !ok {
			continue
		}
		asked, write := readGorm(tag.s, f, column)
		if key != "gorm" {
			asked, write = readList(tag.s, column), ""
		}
		if len(asked) == 0 {
			continue
		}
		if write == "" {
			write = column + ",..."
		}
		what := strings.Join(asked, ", ")
		if m.ours(f.Pkg()) {
			m.l.failf(pos, "%s: its %s tag (%s) is not read: say it in a tag of ours, %s:\"%s\"; with one the %[2]s tag can stay", f.Name(), key, what, m.l.cfg.Tag, write)
			continue
		}
		m.l.remarks = append(m.l.remarks, Remark{m.table.Name, column, "column " + m.table.Name + "." + column + " is made without what its " + key + " tag asks for (" + what +
			"): " + f.Pkg().Name() + " is of another module, so say that on a blank field, or use a struct of your own"})
	}
}

// taggedByUs reports whether the field has a tag of ours, which says all there is to say.
func (m *model) taggedByUs(keys []keyValue) bool {
	_, column := lookup(keys, m.l.cfg.Tag)
	_, more := lookup(keys, tool)
	return column || more
}

// ours reports whether a package can be edited together with the models.
func (m *model) ours(pkg *types.Package) bool {
	if pkg == m.obj.Pkg() || m.l.asked(pkg) {
		return true
	}
	p := m.src.pkg.Module
	return p != nil && p.Path != "" && strings.HasPrefix(pkg.Path()+"/", p.Path+"/")
}

// readGorm returns the settings of a gorm tag that a column would have and ours has not, and the tag to write in its place.
func readGorm(tag string, f *types.Var, column string) (asked []string, write string) {
	name, options := column, ""
	for part := range strings.SplitSeq(tag, ";") {
		part = strings.TrimSpace(part)
		word, value, _ := strings.Cut(part, ":")
		add := func(option string) {
			asked, options = append(asked, part), options+option
		}
		switch strings.ToLower(strings.NewReplacer("_", "", " ", "").Replace(word)) {
		case "-":
			return []string{"-"}, "-"
		case "column":
			if value != column {
				asked, name = append(asked, part), value
			}
		case "primarykey", "primaryindex":
			if f.Name() != "ID" {
				add(",pk")
			}
		case "autoincrement":
			if value != "false" {
				add(",identity")
			}
		case "type":
			add(",type:" + value)
		case "size":
			add(",size:" + value)
		case "unique":
			add(",unique")
		case "uniqueindex":
			add(",unique" + named(value))
		case "index":
			add(",index" + named(value))
		case "default":
			add(",default:" + quoteOption(value))
		case "check":
			add(",check:" + value)
		case "notnull":
			if _, pointer := f.Type().(*types.Pointer); pointer {
				add(",notnull")
			}
		case "precision", "scale", "constraint", "embeddedprefix":
			add("")
		}
	}
	return asked, name + options
}

// named returns the name that several fields give to the one index over them.
func named(value string) string {
	name, _, _ := strings.Cut(value, ",")
	if name == "" || schema.CheckName(name) != nil || strings.Contains(name, ":") {
		return ""
	}
	return ":" + name
}

func quoteOption(value string) string {
	if strings.ContainsAny(value, ",()'") {
		return quoteSQL(strings.Trim(value, "'"))
	}
	return value
}

// readList returns the words of a tag of the form name,option,option that say more than the name.
func readList(tag, column string) []string {
	var asked []string
	for i, part := range strings.Split(tag, ",") {
		part = strings.TrimSpace(part)
		if part != "" && !(i == 0 && part == column) {
			asked = append(asked, part)
		}
	}
	return asked
}
