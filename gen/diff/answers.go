package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/nearest"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Answers are what a person says to the questions of a comparison, in the form of the flags.
type Answers struct {
	Renames  []string // "products.caption=label", "items=products", "mood.sad=gloomy" for the value of an enum
	Drops    []string // "products.caption", "items", "mood.sad", "rows:currencies"
	Keeps    []string // "rows:currencies", "partition:events_2025": what is no longer declared and stays, in the table or as one
	Fills    []string // "products.slug=lower(name)"; for a column that is dropped, what rows get when the drop is undone
	Converts []string // "votes.weight", or with SQL for the new value "votes.weight=CAST(weight AS integer)"
	// ConvertBacks is how values get back that Converts computes, for the way down: "parcels.weight=weight / 1000.0".
	ConvertBacks []string
	Online       bool // renames and changes of type go in two steps, the first of which lets programs of two versions run
	Contract     bool // the second step, of all dual writes
}

// Parse adds answers in the form in which migrations record them: "-rename products.caption=label", quoted as for a shell.
func (a *Answers) Parse(recorded []string) error {
	for _, line := range recorded {
		flag, value, ok := strings.Cut(line, " ")
		if v, quoted := strings.CutPrefix(value, "'"); quoted {
			value = strings.ReplaceAll(strings.TrimSuffix(v, "'"), `'\''`, "'")
		}
		switch {
		case line == "-online":
			a.Online = true
		case line == "-contract":
			a.Contract = true
		case ok && flag == "-rename":
			a.Renames = append(a.Renames, value)
		case ok && flag == "-drop":
			a.Drops = append(a.Drops, value)
		case ok && flag == "-keep":
			a.Keeps = append(a.Keeps, value)
		case ok && flag == "-fill":
			a.Fills = append(a.Fills, value)
		case ok && flag == "-convert":
			a.Converts = append(a.Converts, value)
		case ok && flag == "-convert-back":
			a.ConvertBacks = append(a.ConvertBacks, value)
		default:
			return fmt.Errorf("//modelgen:answer %s is no answer", line)
		}
	}
	return nil
}

// Question is something that the comparison cannot know.
type Question struct {
	Object string   // what it is about: "products.caption"; where it is in the models, if it still is
	Text   string   // the question, one line
	Choice []Choice // the answers, ready to paste
}

// Choice is one answer to a question.
type Choice struct {
	Means string // "renamed"
	Flag  string // "-rename products.caption=label"; "" when the answer is a change of the model
}

func sortQuestions(q []Question) {
	slices.SortStableFunc(q, func(a, b Question) int { return strings.Compare(a.Object, b.Object) })
}

// Quote makes a flag's value fit for a shell.
func Quote(value string) string {
	if strings.IndexFunc(value, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-=/:@%+,", r))
	}) < 0 && value != "" {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}

// renameAnswer looks for a -rename that makes to out of something, and says out of what.
type rename struct{ table, from, to, flag string } // table "" for a table; names as in the answer

func (d *differ) parseRenames() []rename {
	var out []rename
	for _, r := range d.in.Answers.Renames {
		if ofObject(r) {
			continue // see objectRenames
		}
		if a, ok := d.valueAnswer(r); ok {
			out = append(out, a)
			continue
		}
		from, to, ok := strings.Cut(r, "=")
		if !ok || from == "" || to == "" {
			d.fail(r, "-rename takes OLD=NEW: products.caption=label")
			continue
		}
		out = append(out, d.resolveRename(r, from, to)...)
	}
	return out
}

// resolveRename finds out whether from is a table, a column or a value of an enum.
func (d *differ) resolveRename(flag, from, to string) []rename {
	if d.old.Table(from) != nil || d.old.Enum(from) != nil {
		return []rename{{"", from, to, flag}}
	}
	i := strings.LastIndexByte(from, '.')
	if i < 0 {
		d.fail(from, "-rename %s: the snapshot has no table %s%s", flag, from, near(from, names(d.old.Tables)))
		return nil
	}
	table, name := from[:i], from[i+1:]
	if j := strings.LastIndexByte(to, '.'); j >= 0 {
		if ns, _ := schema.SplitName(from); ns != to[:j] && d.new.Table(to[:j]) == nil && to[:j] != table {
			d.fail(from, "-rename %s: %s is not in the same table", flag, to)
			return nil
		}
		to = to[j+1:]
	}
	return []rename{{table, name, to, flag}}
}

// dropped reports whether the answers say that the object goes for good.
func (d *differ) dropped(object string) bool {
	if slices.Contains(d.in.Answers.Drops, object) {
		d.use("-drop " + Quote(object))
		return true
	}
	return false
}

// fill returns the SQL that the answers have for a column, by its new or old table name.
func (d *differ) fill(table, column string) (string, bool) {
	return d.valueOf(d.in.Answers.Fills, "-fill ", table, column)
}

func (d *differ) convert(table, column string) (string, bool) {
	return d.valueOf(d.in.Answers.Converts, "-convert ", table, column)
}

func (d *differ) convertBack(table, column string) (string, bool) {
	return d.valueOf(d.in.Answers.ConvertBacks, "-convert-back ", table, column)
}

func (d *differ) valueOf(answers []string, flag, table, column string) (string, bool) {
	a, ok := d.about(answers, table, column)
	if !ok {
		return "", false
	}
	d.use(flag + Quote(a))
	d.spend(flag + a)
	_, sql, _ := strings.Cut(a, "=")
	return sql, true
}

// about finds the answer that is about a column, by its new names, else by old ones that nothing else has now.
func (d *differ) about(answers []string, table, column string) (string, bool) {
	t, c := d.pair2old[table], d.cols[table][column]
	objects := []string{table + "." + column}
	if c != "" && c != column && d.cols[table][c] == "" && d.new.Table(table).Column(c) == nil {
		objects = append(objects, table+"."+c)
	}
	if t != "" && t != table && d.free(t) {
		objects = append(objects, t+"."+column)
		if c != "" && c != column {
			objects = append(objects, t+"."+c)
		}
	}
	for _, o := range objects {
		for _, a := range answers {
			if object, _, _ := strings.Cut(a, "="); object == o {
				return a, true
			}
		}
	}
	return "", false
}

// free reports whether an old name of a table is not the new one of another.
func (d *differ) free(old string) bool { return d.new.Table(old) == nil || d.pair2old[old] == old }

func (d *differ) use(flag string) { d.used[flag] = true }

func (d *differ) spend(answer string) {
	if d.spent == nil {
		d.spent = map[string]bool{}
	}
	d.spent[answer] = true
}

// checkAnswers refuses answers to questions that nobody asked: they are typing mistakes, or about something else than meant. While
// other questions are open it is not known which answers will be needed, and only those that can never be are refused.
func (d *differ) checkAnswers() {
	open := d.questionsOnly
	for _, f := range d.in.Answers.Fills {
		object, sql, ok := strings.Cut(f, "=")
		if !ok || strings.TrimSpace(sql) == "" {
			d.fail(object, "-fill takes COLUMN=SQL: products.slug=\"lower(name)\"; %s has no SQL: quote all of it for the shell, \"%s=''\" for the empty text", f, object)
		} else if !d.spent["-fill "+f] && !(open && d.known(object)) {
			d.fail(object, "-fill %s: no column of that name becomes NOT NULL or is dropped%s", object, near(object, d.columnsInNew()))
		}
	}
	for _, c := range d.in.Answers.Converts {
		object, _, _ := strings.Cut(c, "=")
		if d.spent["-convert "+c] || open && d.known(object) {
			continue
		}
		if d.new.Enum(object) != nil {
			d.fail(object, "-convert %s: the values of enum %s do not change places", c, object)
		} else {
			d.fail(object, "-convert %s: no column of that name changes its type%s", object, near(object, d.columnsInNew()))
		}
	}
	for _, c := range d.in.Answers.ConvertBacks {
		object, sql, _ := strings.Cut(c, "=")
		if strings.TrimSpace(sql) == "" {
			d.fail(object, "-convert-back takes COLUMN=SQL: parcels.weight=\"weight / 1000.0\"; %s has no SQL: quote all of it for the shell", c)
		} else if !d.spent["-convert-back "+c] && !(open && d.known(object)) {
			d.fail(object, "-convert-back %s: no column of that name changes its type%s", object, near(object, d.columnsInNew()))
		}
	}
	for _, o := range d.in.Answers.Keeps {
		switch {
		case d.checkRowsAnswer("-keep", o):
		case d.used["-keep "+Quote(o)], open && d.hadObject(o, d.old):
		case d.hadObject(o, d.new) && strings.HasPrefix(o, string(schema.PartitionKind)+":"):
			d.fail(o, "-keep %s: it is still declared; take it out of the SQL files, and it stays as a table of its own", o)
		default:
			d.fail(o, "-keep %s: it takes the rows of a table that are no longer declared, or such a partition: -keep rows:currencies, -keep partition:events_2025", o)
		}
	}
	for _, o := range d.in.Answers.Drops {
		switch {
		case d.checkRowsAnswer("-drop", o):
		case d.used["-drop "+Quote(o)], open && (d.known(o) || d.hadObject(o, d.old)):
		case d.hadObject(o, d.new):
			d.fail(o, "-drop %s: it is still declared; take it out of the SQL files to drop it", o)
		case d.hadObject(o, d.old):
			d.fail(o, "-drop %s: it is not asked for: it is dropped without a question, as nothing is lost with it", o)
		case d.inNew(o):
			d.fail(o, "-drop %s: the models still have it; take it out of them to drop it", o)
		case d.known(o):
			d.fail(o, "-drop %s: it is not asked for: %s is not dropped, or is dropped without a question", o, o)
		default:
			d.fail(o, "-drop %s: the snapshot has no table, column or value of that name%s", o, near(o, d.had()))
		}
	}
}

// inNew reports whether the models have a table or a column of that name.
func (d *differ) inNew(object string) bool {
	if d.new.Table(object) != nil {
		return true
	}
	i := strings.LastIndexByte(object, '.')
	if i < 0 {
		return false
	}
	t := d.new.Table(object[:i])
	return t != nil && t.Column(object[i+1:]) != nil
}

// known reports whether an answer may be about something, under an old or a new name: a table, a column, or a value of one.
func (d *differ) known(object string) bool {
	for i, c := range object {
		if c == '.' && (d.old.Enum(object[:i]) != nil || d.new.Enum(object[:i]) != nil) {
			return true
		}
	}
	object, _, _ = strings.Cut(object, "=")
	if d.old.Table(object) != nil || d.new.Table(object) != nil || d.old.Enum(object) != nil || d.new.Enum(object) != nil {
		return true
	}
	i := strings.LastIndexByte(object, '.')
	if i < 0 {
		return false
	}
	owner, name := object[:i], object[i+1:]
	if d.old.Enum(owner) != nil || d.new.Enum(owner) != nil {
		return true
	}
	tables := []*schema.Table{d.old.Table(owner), d.new.Table(owner), d.old.Table(d.pair2old[owner])}
	return slices.ContainsFunc(tables, func(t *schema.Table) bool { return t != nil && t.Column(name) != nil })
}

// had returns the tables, columns and values of enums that there are so far.
func (d *differ) had() []string {
	all := names(d.old.Tables)
	for _, t := range d.old.Tables {
		for _, c := range t.Columns {
			all = append(all, t.Name+"."+c.Name)
		}
	}
	for _, e := range d.old.Enums {
		for _, v := range e.Values {
			all = append(all, e.Name+"."+valueText(v))
		}
	}
	return all
}

func (d *differ) columnsInNew() []string {
	var all []string
	for _, t := range d.new.Tables {
		for _, c := range t.Columns {
			all = append(all, t.Name+"."+c.Name)
		}
	}
	return all
}

// near returns "; did you mean x?" when one of the candidates is near.
func near(word string, candidates []string) string {
	if slices.Contains(candidates, word) {
		return "" // it is there, and not what is wrong
	}
	if n := nearest.Word(word, candidates, min(2, nearest.Reach(word))); n != "" {
		return fmt.Sprintf("; did you mean %s?", n)
	}
	return ""
}
