package page

import (
	"context"
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/internal/badge"
	"github.com/modelgen/modelgen/runtime/schema"
)

// timeline writes the migrations, the newest first.
func (p *Page) timeline(w *writer) {
	w.p("<section id=\"migrations\" aria-labelledby=\"h-migrations\">\n<h2 id=\"h-migrations\">Migrations</h2>\n")
	if len(p.history.all) == 0 {
		w.p("<p>There are none yet.</p>\n</section>\n")
		return
	}
	if len(p.in.Unknown) > 0 {
		w.p("<p><span class=\"badge error\">unknown</span> The database has migrations that are not among these: %.</p>\n", strings.Join(p.in.Unknown, ", "))
	}
	w.p("<div id=\"pick\"></div>\n")
	if len(p.history.all) > 1 {
		w.p("<p class=\"legend\">Each comes after the one below it, where nothing else is said.</p>\n")
	}
	p.graph(w)
	p.destroyed(w)
	room := sqlRoom
	for i := range slices.Backward(p.history.all) {
		scripts := p.scripts(i)
		if size := sizeOf(scripts); room >= 0 && size > room {
			room = -1
			w.p("<p class=\"legend\">The SQL of the migrations below is printed by <code>modelgen sql NAME</code>.</p>\n")
		} else {
			room -= size
		}
		p.migration(w, i, scripts, room >= 0)
	}
	w.p("</section>\n")
}

// sqlRoom is how many bytes of SQL the page has: that of the newest migrations. A page must open at once, and the rest is printed by modelgen sql.
const sqlRoom = 128 << 10

// destroyed writes what the migrations throw away, all together.
func (p *Page) destroyed(w *writer) {
	open := false
	for i, m := range p.history.all {
		for _, what := range destroys(m) {
			if !open {
				w.p("<section class=\"gone\" aria-labelledby=\"h-gone\"><h3 id=\"h-gone\">What was destroyed</h3>\n<ul>\n")
				open = true
			}
			w.p("<li><code>%</code> and its data, in ", what)
			p.migrationLink(w, i)
			w.p("\n")
		}
	}
	if open {
		w.p("</ul></section>\n")
	}
}

func destroys(m Migration) []string {
	var ops []migrate.Op
	for _, op := range m.Ops {
		if op.Value != nil {
			ops = append(ops, op.Value)
		}
	}
	return migrate.Destroys(ops...)
}

// script is what a migration does to one database.
type script struct {
	label  string
	stages []migrate.Stage
	sql    string
	err    error
}

func sizeOf(scripts []script) (n int) {
	for _, s := range scripts {
		n += len(s.sql)
	}
	return n
}

func (p *Page) migration(w *writer, i int, scripts []script, sql bool) {
	m := p.history.all[i]
	id := anchor(m.Name)
	w.p("<article class=\"m\" id=\"m-%\">\n<h3>%</h3>\n", id, m.Name)
	p.badges(w, i, scripts)
	p.around(w, i)
	w.p("<ul class=\"ops\">\n")
	for _, op := range m.Ops {
		if op.Value != nil {
			w.p("<li>%\n", op.Value.Describe())
		} else {
			w.p("<li>%\n", op.Says)
		}
	}
	if len(m.Ops) == 0 {
		w.p("<li>Changes nothing\n")
	}
	w.p("</ul>\n")
	p.findings(w, m)
	if p.history.out[i] < 0 {
		p.changed(w, i)
	}
	for _, s := range scripts {
		if s.err == nil && !sql {
			continue
		}
		w.p("<details><summary>SQL for %</summary>\n", s.label)
		if s.err != nil {
			w.p("<p>It cannot be planned: %</p>", s.err.Error())
		} else {
			w.p("<pre>%</pre>", s.sql)
		}
		w.p("</details>\n")
	}
	w.p("</article>\n")
}

// around writes where a migration stands.
func (p *Page) around(w *writer, i int) {
	m := p.history.all[i]
	if i > 0 && len(m.Parents) == 1 && m.Parents[0] == p.history.all[i-1].Name {
		m.Parents = nil // it stands below
	}
	if len(m.Parents)+len(m.Replaces) == 0 && p.history.out[i] < 0 && m.Place == "" {
		return
	}
	w.p("<p class=\"place\">")
	sep := markup("")
	names := func(words markup, all []string) {
		if len(all) == 0 {
			return
		}
		w.p("%% ", sep, words)
		for n, name := range all {
			if n > 0 {
				w.p(", ")
			}
			if j := p.history.index(name); j >= 0 {
				p.migrationLink(w, j)
			} else {
				w.p("%", name)
			}
		}
		sep = " \u00b7 "
	}
	names("after", m.Parents)
	names("in the place of", m.Replaces)
	if j := p.history.out[i]; j >= 0 {
		names("replaced by", []string{p.history.all[j].Name})
	}
	if m.Place != "" {
		w.p("%%", sep, m.Place)
	}
	w.p("</p>\n")
}

// index returns the place of a migration by its name, or -1.
func (h *history) index(name string) int {
	if h.names == nil {
		h.names = map[string]int{}
		for i, m := range h.all {
			h.names[m.Name] = i
		}
	}
	if i, ok := h.names[name]; ok {
		return i
	}
	return -1
}

// scripts plans a migration for each database.
func (p *Page) scripts(i int) []script {
	if p.history.out[i] >= 0 {
		return nil
	}
	m := p.history.all[i]
	ops := make([]migrate.Op, len(m.Ops))
	for n, op := range m.Ops {
		if ops[n] = op.Value; ops[n] == nil {
			ops[n] = migrate.Go{Name: op.Says, Up: func(context.Context, migrate.Tx) error { return nil }, NoDown: "it is made when the program runs"} // only planned
		}
	}
	var all []script
	misfit := fits(copyFor(p.history.before[i], m.Ops), m.Ops)
	for _, d := range p.in.Databases {
		s := script{label: d.Label(), err: misfit}
		if misfit != nil { // planners take it for granted that ops fit
			all = append(all, s)
			continue
		}
		s.stages, s.err = migrate.PlanOps(d.Dialect.Planner(d.Version), copyFor(p.history.before[i], m.Ops), ops)
		if s.err == nil {
			s.sql = scriptText(d.Dialect.Capabilities(), s.stages)
		}
		all = append(all, s)
	}
	return all
}

// fits applies ops to s and returns the error of the first that does not fit.
func fits(s *schema.Schema, ops []Op) error {
	for _, op := range ops {
		if op.Value != nil {
			if err := op.Value.Apply(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// scriptText prints stages as they run, each with what it does.
func scriptText(c migrate.Capabilities, stages []migrate.Stage) string {
	var b strings.Builder
	statements := func(all []migrate.Statement) {
		for _, s := range all {
			if s.Comment != "" {
				fmt.Fprintf(&b, "-- %s\n", s.Comment)
			}
			b.WriteString(s.SQL)
			if strings.Contains(s.SQL[strings.LastIndexByte(s.SQL, '\n')+1:], "--") {
				b.WriteByte('\n')
			}
			b.WriteString(";\n")
		}
	}
	for _, tx := range migrate.Transactions(stages) {
		frame := c.ScriptFrame(tx)
		statements(frame.Begin)
		for _, st := range tx {
			fmt.Fprintf(&b, "-- %s\n", st.Cause)
			all, ok := st.SQL()
			if !ok {
				b.WriteString("-- Go code, which cannot be printed\n")
			}
			statements(all)
		}
		statements(frame.End)
	}
	return b.String()
}

// badges writes what somebody has to know of a migration before it runs: in words, and in a colour.
func (p *Page) badges(w *writer, i int, scripts []script) {
	m := p.history.all[i]
	open := false
	show := func(class markup, words string) {
		if !open {
			w.p("<p class=\"badges\">")
			open = true
		}
		w.p("<b class=\"%\">%</b>", class, words)
	}
	if m.State != "" {
		class := markup("note")
		switch m.State {
		case "applied", "faked":
			class = "good"
		case "pending", "waits":
			class = "warning"
		case "unknown", "edited", "running", "undoing", "unfinished":
			class = "error"
		}
		show(class, strings.TrimSpace(m.State+" "+m.When))
	}
	if p.history.out[i] >= 0 && m.State == "" {
		show("note", "replaced")
	}
	if len(m.Replaces) > 0 {
		show("note", "squash")
	}
	if heads := p.history.heads(); len(heads) > 1 && slices.Contains(heads, i) {
		show("warning", "a head")
	}
	for _, d := range destroys(m) {
		one := badge.OfLoss(d)
		show(markup(one.Level), one.Words)
	}
	created := p.created(i)
	for _, s := range scripts {
		prefix := ""
		if len(scripts) > 1 {
			prefix = s.label + ": "
		}
		if s.err != nil {
			show("error", prefix+"cannot be planned")
		}
		for _, one := range badge.Of(s.stages, func(table string) bool { return created[table] }) {
			show(markup(one.Level), prefix+one.Words)
		}
	}
	if open {
		w.p("</p>\n")
	}
}

// created returns the tables that a migration makes: nobody waits for these.
func (p *Page) created(i int) map[string]bool {
	all := map[string]bool{}
	for _, op := range p.history.all[i].Ops {
		if op.Value == nil {
			continue
		}
		for _, o := range op.Value.Effects().Makes {
			if o.Kind == migrate.TableObject {
				all[o.Name] = true
			}
		}
	}
	return all
}

func (p *Page) findings(w *writer, m Migration) {
	if len(m.Findings) == 0 {
		return
	}
	w.p("<ul class=\"findings\">\n")
	for _, f := range m.Findings {
		class := markup("note")
		switch f.Severity {
		case "error":
			class = "error"
		case "warning":
			class = "warning"
		}
		w.p("<li><span class=\"badge %\">% %</span> %; %", class, f.Severity, f.Code, f.Message, f.Safe)
		if f.Place != "" {
			w.p(" <small>%</small>", f.Place)
		}
		w.p("\n")
	}
	w.p("</ul>\n")
}

// changed writes what a migration changes, with the definitions before and after. Of a table that comes or goes as a whole the ops say enough.
func (p *Page) changed(w *writer, i int) {
	var some []tableDifference
	for _, t := range p.history.of(i) {
		if t.glyph == altered {
			some = append(some, t)
		}
	}
	if len(some) > 0 {
		p.briefly(w, some)
	}
}
