package lint

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg321 = Check{
	Code: "MG321", Title: "a function goes that the previous release calls", Severity: Warning,
	Breaks: "its calls find no function of that name and those arguments (PostgreSQL: 42883), or get another result than they can read",
	When:   "as long as the previous release runs beside the new one during a rolling deploy, when a function, a procedure or an aggregate is dropped, renamed, or made again with other arguments or another result",
	Safe:   "make the new one beside the old one, under another name or with other arguments, let the program call it, and drop the old one in the release after it",
	run: func(p *pass) {
		from := p.gave(schema.FunctionKind, schema.ProcedureKind, schema.AggregateKind)
		if from == nil || triggered(*from) {
			return
		}
		after, left := p.after(), p.left(*from)
		if now := after.SQLObject(left); now != nil {
			if !slices.Equal(signature(left), signature(*now)) {
				p.report("%s takes or returns something else than the previous release knows", from)
			}
			return
		}
		var others []string
		for _, x := range objects(after, left, from.Kind, "") {
			if bare(x.Name) != bare(from.Name) {
				continue
			}
			if takes(x, left) {
				return
			}
			others = append(others, x.Name)
		}
		if len(others) > 0 {
			p.report("%s goes while the previous release calls it; there is %s then", from, strings.Join(others, " and "))
			return
		}
		p.report("%s goes while the previous release calls it", from)
	},
}

// signature returns the arguments and the result of a routine, as tokens.
func signature(o schema.SQLObject) (all []string) {
	depth := 0
	toks := code(o)
	begin := slices.IndexFunc(toks, func(t sqllex.Token) bool { return t.Text == "(" })
	for _, t := range toks[max(begin, 0):] {
		switch {
		case t.Text == "(":
			depth++
		case t.Text == ")":
			depth--
		case depth == 0 && t.Is("LANGUAGE", "AS", "IMMUTABLE", "STABLE", "VOLATILE", "STRICT", "CALLED", "SECURITY", "EXTERNAL", "PARALLEL", "COST", "ROWS", "SUPPORT", "SET", "WINDOW",
			"TRANSFORM", "LEAKPROOF", "NOT", "BEGIN", "RETURN"):
			return all
		}
		all = append(all, strings.ToLower(t.Text))
	}
	return all
}

// takes reports whether calls of the old routine find the new one: what it takes beyond the same arguments has defaults, and it returns the same.
func takes(o, old schema.SQLObject) bool {
	_, args, _ := strings.Cut(o.Name, "(")
	_, oldArgs, _ := strings.Cut(old.Name, "(")
	args, oldArgs = strings.TrimSuffix(args, ")"), strings.TrimSuffix(oldArgs, ")")
	if args != oldArgs && oldArgs != "" && !strings.HasPrefix(args, oldArgs+",") {
		return false
	}
	count := func(args string) int {
		if args == "" {
			return 0
		}
		return 1 + strings.Count(args, ",")
	}
	defaults := 0
	returns := func(o schema.SQLObject) []string {
		all := signature(o)
		if i := slices.Index(all, "returns"); i >= 0 {
			return all[i:]
		}
		return nil
	}
	for _, t := range signature(o) {
		if t == "default" || t == "=" {
			defaults++
		}
	}
	return count(args)-count(oldArgs) <= defaults && slices.Equal(returns(o), returns(old))
}
