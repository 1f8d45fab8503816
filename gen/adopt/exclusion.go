package adopt

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// exclusion returns an exclusion constraint, as the server prints it, in the words of an exclude tag: its parts, the columns that its name is derived from, and the options behind them. It is not ok
// where the tag has no words for it, as for INCLUDE.
func exclusion(o schema.SQLObject) (parts, columns, options []string, ok bool) {
	sql := string(o.SQL)
	if strings.ContainsAny(sql, "`\r\n\\") {
		return nil, nil, nil, false
	}
	toks := sqllex.Code(sql, sqllex.Any)
	if len(toks) < 5 || !toks[0].Is("EXCLUDE") || !toks[1].Is("USING") || !toks[2].IsName() || toks[3].Text != "(" {
		return nil, nil, nil, false
	}
	end := closing(toks, 3)
	from := 4
	for i := 4; i <= end; i++ {
		switch {
		case toks[i].Text == "(" && i < end:
			i = closing(toks, i)
			continue
		case toks[i].Text != "," && i != end:
			continue
		}
		part := toks[from:i]
		from = i + 1
		with := len(part) - 1
		for with >= 0 && !part[with].Is("WITH") {
			with--
		}
		if with < 1 || with+1 >= len(part) {
			return nil, nil, nil, false
		}
		if part[0].IsName() && part[1].Text != "(" {
			columns = append(columns, part[0].Value())
			if load.CheckName(part[0].Value()) != nil {
				return nil, nil, nil, false
			}
		}
		parts = append(parts, sql[part[0].From:part[with-1].To]+" with "+sql[part[with+1].From:part[len(part)-1].To])
	}
	if using := toks[2].Value(); using != "gist" {
		options = append(options, "using:"+using)
	}
	rest := toks[min(end+1, len(toks)):]
	if len(rest) > 2 && rest[0].Is("WHERE") && rest[1].Text == "(" {
		to := closing(rest, 1)
		if to >= len(rest) {
			return nil, nil, nil, false
		}
		options = append(options, "where:"+inTag(sql[rest[1].To:rest[to].From]))
		rest = rest[to+1:]
	}
	words := make([]string, len(rest))
	for i, t := range rest {
		words[i] = strings.ToUpper(t.Text)
	}
	switch strings.Join(words, " ") {
	case "":
	case "DEFERRABLE":
		options = append(options, "deferrable")
	case "DEFERRABLE INITIALLY DEFERRED":
		options = append(options, "deferrable:deferred")
	default:
		return nil, nil, nil, false
	}
	return parts, columns, options, len(parts) > 0
}

// closing returns the place of the bracket that closes the one at i, len(toks) for none.
func closing(toks []sqllex.Token, i int) int {
	depth := 0
	for ; i < len(toks); i++ {
		switch toks[i].Text {
		case "(":
			depth++
		case ")":
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return i
}

// exclusions lists the exclusion constraints that no tag can say, and takes them out.
func (w *writer) exclusions() {
	w.s.SQLObjects = slices.DeleteFunc(w.s.SQLObjects, func(o schema.SQLObject) bool {
		if o.Kind != schema.ExclusionKind {
			return false
		}
		if _, _, _, ok := exclusion(o); ok && w.s.Table(o.Table) != nil {
			return false
		}
		on := schema.Object{Kind: "constraint", Name: schema.QuoteName(o.Name), Table: schema.QuoteName(o.Table)}
		w.unexpressed = append(w.unexpressed, migrate.Unexpressed{Object: "constraint " + o.Name + " on " + o.Table, Why: "models cannot say it: it is left as it is, and is not in the model",
			SQL: "ALTER TABLE " + schema.QuoteName(o.Table) + " ADD CONSTRAINT " + schema.QuoteName(o.Name) + " " + string(o.SQL), Allow: on.String()})
		return true
	})
}

// omitExclusions finds the exclusion constraints whose name is the derived one.
func (w *writer) omitExclusions() {
	times := map[string]int{}
	derived := func(o schema.SQLObject) string {
		_, columns, _, _ := exclusion(o)
		return schema.DeriveName(o.Table, columns, "excl", nil)
	}
	for _, o := range w.s.SQLObjects {
		times[o.Name]++
		if o.Kind == schema.ExclusionKind {
			times[derived(o)]++
		}
	}
	for _, o := range w.s.SQLObjects {
		if o.Kind == schema.ExclusionKind && o.Name == derived(o) && times[o.Name] == 2 { // its own two
			w.omit[named{o.Table, "exclude", o.Name}] = true
		}
	}
}
