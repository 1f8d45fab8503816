package migrations

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// longest is how long the words of a name found by the tool may be, in bytes.
const longest = 52

// OpsWords finds words that say what the ops change: product_stock, orders_and_order_items.
func OpsWords(ops []migrate.Op) string {
	var words []string
	add := func(w string) {
		if w = Words(w); w != "" && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	for _, w := range fragments(ops) {
		add(w)
	}
	if len(words) == 0 {
		return "changes"
	}
	name := JoinWords(words)
	if most := longest + len("_and_1000_more"); len(name) > most {
		name = strings.TrimRight(name[:most], "_")
	}
	return name
}

// JoinWords joins words as long as there is room, and counts the others.
func JoinWords(words []string) string {
	name := words[0]
	for i, w := range words[1:] {
		if len(name)+len("_and_")+len(w) > longest {
			return fmt.Sprintf("%s_and_%d_more", name, len(words)-1-i)
		}
		name += "_and_" + w
	}
	return name
}

// fragments returns the words of each change, only the significant ones: what an op does for the sake of another is left out.
func fragments(ops []migrate.Op) []string {
	var tables, columns, rest, other []string
	added := map[string][]string{} // table -> added columns
	var addedTo []string
	about := map[string]bool{}       // table or table.column that is spoken of already
	replaced := map[string]string{}  // table.check -> its expression, of checks that are dropped and added again
	dualWritten := map[string]bool{} // tables with columns that begin or end to be written both, and those columns
	for _, op := range ops {
		switch o := op.(type) {
		case migrate.AddDualWrite:
			columns = append(columns, "expand_"+singular(base(o.Table))+"_"+o.Column.Def().Name)
			dualWritten[o.Table], dualWritten[o.Table+"."+o.From], dualWritten[o.Table+"."+o.To] = true, true, true
		case migrate.DropDualWrite:
			columns = append(columns, "contract_"+singular(base(o.Table))+"_"+o.Column.Def().Name)
			dualWritten[o.Table], dualWritten[o.Table+"."+o.From], dualWritten[o.Table+"."+o.To], dualWritten[o.Table+"."+o.Column.Def().Name] = true, true, true, true
		case migrate.DropCheck:
			replaced[o.Table+"."+o.Check.Name] = o.Check.Expr
		}
	}
	again := map[string]bool{}
	others := map[string]int{} // enum -> its values that are renamed
	for _, op := range ops {
		if o, ok := op.(migrate.AddCheck); ok {
			_, was := replaced[o.Table+"."+o.Check.Name]
			again[o.Table+"."+o.Check.Name] = was
		}
		if o, ok := op.(migrate.RenameEnumValue); ok {
			others[o.Enum]++
		}
	}
	for _, op := range ops {
		switch o := op.(type) {
		case migrate.PartitionTable:
			tables = append(tables, "partition_"+base(o.Table))
			about[o.Table] = true
		case migrate.UnpartitionTable:
			tables = append(tables, "unpartition_"+base(o.Table))
			about[o.Table] = true
		case migrate.CreateTable:
			tables = append(tables, base(o.Table))
			about[o.Table] = true
		case migrate.DropTable:
			tables = append(tables, "drop_"+base(o.Table))
			about[o.Table] = true
		case migrate.RenameTable:
			if !strings.HasSuffix(o.From, "_modelgen_swap") && !strings.HasSuffix(o.To, "_modelgen_swap") {
				tables = append(tables, "rename_"+base(o.From)+"_to_"+base(o.To))
			}
		case migrate.AddColumn:
			if dualWritten[o.Table+"."+o.Column.Def().Name] {
				continue
			}
			if len(added[o.Table]) == 0 {
				addedTo = append(addedTo, o.Table)
			}
			added[o.Table] = append(added[o.Table], o.Column.Def().Name)
			about[o.Table+"."+o.Column.Def().Name] = true
		case migrate.RenameColumn:
			if !strings.HasSuffix(o.From, "_modelgen_swap") && !strings.HasSuffix(o.To, "_modelgen_swap") && !dualWritten[o.Table+"."+o.From] {
				columns = append(columns, "rename_"+singular(base(o.Table))+"_"+o.From+"_to_"+o.To)
			}
		}
	}
	for _, t := range addedTo {
		columns = append(columns, singular(base(t))+"_"+JoinWords(added[t]))
	}
	for _, op := range ops {
		switch o := op.(type) {
		case migrate.DropColumn:
			if c := o.Column.Def().Name; !about[o.Table+"."+c] && !dualWritten[o.Table+"."+c] {
				columns = append(columns, "drop_"+singular(base(o.Table))+"_"+c)
			}
		case migrate.AlterColumn:
			if c := o.To.Def().Name; !about[o.Table+"."+c] && !dualWritten[o.Table+"."+c] {
				columns = append(columns, "alter_"+singular(base(o.Table))+"_"+c)
			}
		case migrate.CreateEnum:
			rest = append(rest, base(o.Name))
		case migrate.AlterEnum:
			rest = append(rest, valueWords(base(o.Name), o.From, o.To))
		case migrate.RenameEnumValue:
			if others[o.Enum] > 1 {
				rest = append(rest, "alter_"+base(o.Enum))
			} else {
				rest = append(rest, "rename_"+base(o.Enum)+"_"+o.From+"_to_"+o.To)
			}
		case migrate.RenameEnum:
			rest = append(rest, "rename_"+base(o.From)+"_to_"+base(o.To))
		case migrate.AddForeignKey:
			rest = append(rest, o.ForeignKey.Name)
		case migrate.AddUnique:
			rest = append(rest, o.Unique.Name)
		case migrate.AddCheck:
			if !again[o.Table+"."+o.Check.Name] {
				rest = append(rest, o.Check.Name)
				continue
			}
			column, from := listed(replaced[o.Table+"."+o.Check.Name])
			if same, to := listed(o.Check.Expr); column != "" && same == column {
				rest = append(rest, valueWords(singular(base(o.Table))+"_"+column, from, to))
			} else {
				rest = append(rest, "alter_"+o.Check.Name)
			}
		case migrate.CreateIndex:
			rest = append(rest, o.Index.Name)
		case migrate.RenameIndex:
			rest = append(rest, "rename_"+o.From)
		case migrate.RenameConstraint:
			rest = append(rest, "rename_"+o.From)
		case migrate.AddPrimaryKey:
			rest = append(rest, o.PrimaryKey.Name)
		case migrate.DropPrimaryKey:
			rest = append(rest, "drop_"+o.PrimaryKey.Name)
		case migrate.DropIndex:
			rest = append(rest, "drop_"+o.Index.Name)
		case migrate.DropUnique:
			rest = append(rest, "drop_"+o.Unique.Name)
		case migrate.DropCheck:
			if !again[o.Table+"."+o.Check.Name] {
				rest = append(rest, "drop_"+o.Check.Name)
			}
		case migrate.DropForeignKey:
			rest = append(rest, "drop_"+o.ForeignKey.Name)
		case migrate.DistributeTable:
			rest = append(rest, "distribute_"+base(o.Table))
		case migrate.ReferenceTable:
			rest = append(rest, "reference_"+base(o.Table))
		case migrate.UndistributeTable:
			rest = append(rest, "undistribute_"+base(o.Table))
		case migrate.CommentTable:
			rest = append(rest, "comment_"+base(o.Table))
		case migrate.Rows:
			if words := singular(base(o.Table)) + "_rows"; o.Declared && !slices.Contains(rest, words) {
				rest = append(rest, words)
			}
		default:
			if _, _, ok := migrate.ObjectChange(op); ok {
				continue
			}
			if w := subjectWords(op.Effects()); w != "" {
				other = append(other, w)
			}
		}
	}
	if main := append(tables, columns...); len(main) > 0 {
		return main
	}
	if rest = append(rest, objectWords(ops)...); len(rest) > 0 {
		return rest
	}
	return other
}

// subjectWords returns words for an op that has none of its own: what becomes of the object that it is about.
func subjectWords(e migrate.Effects) string {
	o := e.Subject()
	if e.Unknown || e.Rows || o.Name == "" {
		return ""
	}
	name := base(o.Name)
	if o.Table != "" {
		name = singular(base(o.Table)) + "_" + o.Name
	}
	switch {
	case slices.Contains(e.Makes, o):
		return name
	case slices.Contains(e.Removes, o):
		return "drop_" + name
	}
	return "alter_" + name
}

// valueWords says which values of an enum come and go: add_blocked_to_issue_status.
func valueWords(enum string, from, to []string) string {
	only := func(a, b []string) (out []string) {
		for _, v := range a {
			if w := Words(v); !slices.Contains(b, v) && w != "" {
				out = append(out, w)
			}
		}
		return out
	}
	added, dropped := only(to, from), only(from, to)
	switch {
	case len(added) > 0 && len(dropped) == 0:
		return "add_" + JoinWords(added) + "_to_" + enum
	case len(dropped) > 0 && len(added) == 0:
		return "drop_" + JoinWords(dropped) + "_from_" + enum
	}
	return "alter_" + enum
}

var (
	valueList   = regexp.MustCompile(`^"?(\w+)"? IN \((.*)\)$`)
	listedValue = regexp.MustCompile(`'(?:[^']|'')*'|[^,\s]+`)
)

// listed reads the check that the constants of a type make: status IN ('open', 'done').
func listed(expr string) (column string, values []string) {
	m := valueList.FindStringSubmatch(expr)
	if m == nil {
		return "", nil
	}
	for _, v := range listedValue.FindAllString(m[2], -1) {
		values = append(values, strings.ReplaceAll(strings.Trim(v, "'"), "''", "'"))
	}
	return m[1], values
}

func base(table string) string {
	ns, b := schema.SplitName(table)
	return strings.TrimPrefix(ns+"_"+b, "_")
}

// singular takes the plural off the last word of a name, for names of files only: a wrong guess costs nothing.
func singular(s string) string {
	for _, e := range []struct{ end, to string }{{"ies", "y"}, {"sses", "ss"}, {"ches", "ch"}, {"shes", "sh"}, {"xes", "x"}, {"ss", "ss"}, {"us", "us"}, {"is", "is"}, {"s", ""}} {
		if p, ok := strings.CutSuffix(s, e.end); ok && p != "" {
			return p + e.to
		}
	}
	return s
}

// Sentence says what a migration does, for its doc comment.
func Sentence(v string, ops []migrate.Op) string {
	var said []string
	for _, op := range ops {
		d := op.Describe()
		said = append(said, strings.ToLower(d[:1])+d[1:])
		if len(said) == 3 && len(ops) > 4 {
			return fmt.Sprintf("%s: %s, and %d more changes.", v, strings.Join(said, "; "), len(ops)-3)
		}
	}
	if len(said) == 0 {
		return v + " changes no table."
	}
	return fmt.Sprintf("%s: %s.", v, strings.Join(said, "; "))
}
