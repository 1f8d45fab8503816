package lint

import (
	"slices"
	"strings"
)

// silence takes away what the author allows with a reason, and finds comments that allow nothing.
func (p *pass) silence() {
	found := p.found
	p.found = nil
	apply := func(a Allow, covers func(Finding) bool) {
		used := false
		for _, code := range a.Codes {
			if find(code) == nil {
				p.comment(&mg902, a, "there is no check %s%s", code, near(code))
				used = true
			}
		}
		if a.Reason == "" || len(a.Codes) == 0 {
			p.comment(&mg901, a, "//modelgen:allow %s gives no reason, so it silences nothing", strings.Join(a.Codes, ","))
			return
		}
		found = slices.DeleteFunc(found, func(f Finding) bool {
			hit := covers(f) && slices.Contains(a.Codes, f.Code)
			used = used || hit
			return hit
		})
		if !used {
			p.comment(&mg903, a, "//modelgen:allow %s silences nothing here", strings.Join(a.Codes, ","))
		}
	}
	for i, op := range p.in.Ops {
		p.i = i
		for _, a := range op.Allow {
			apply(a, func(f Finding) bool { return f.Op == i })
		}
	}
	p.i = -1
	for _, a := range p.in.Allow {
		apply(a, func(Finding) bool { return true })
	}
	p.found = append(found, p.found...)
}

// comment reports a comment.
func (p *pass) comment(c *Check, a Allow, format string, args ...any) {
	if p.severity(c) == Off {
		return
	}
	p.check = c
	n := len(p.found)
	p.report(format, args...)
	for i := n; i < len(p.found); i++ {
		p.found[i].Pos = a.Pos
	}
}

// near returns the code that a wrong one may have meant.
func near(code string) string {
	best, most := "", 2
	for _, c := range all {
		same := 0
		for i := range min(len(code), len(c.Code)) {
			if strings.EqualFold(code[i:i+1], c.Code[i:i+1]) {
				same++
			}
		}
		if same > most {
			best, most = c.Code, same
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}
