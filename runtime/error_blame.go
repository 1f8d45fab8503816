package migrate

import (
	"slices"
	"strings"
	"unicode"
)

// blame returns the step that took away or renamed what a statement did not find, "" when none did: then somebody else did, or it never was there.
// Names are looked for in what the database says, in whatever language it says it.
func (w *executor) blame(l leg, st *StatementError) string {
	words := identifiers(st.Err.Error())
	if st.Statement != "" {
		words = slices.DeleteFunc(words, func(word string) bool { return !slices.Contains(identifiers(st.Statement), word) })
	}
	until := slices.IndexFunc(l.ops, func(op Op) bool { return op.Describe() == st.Cause })
	if until < 0 {
		until = len(l.ops)
	}
	if why := tookAway(l.ops[:until], words, st.Statement); why != "" {
		return "an earlier step of this migration " + why + ": what needs it belongs before that step"
	}
	if l.mv.back {
		return ""
	}
	for i := l.mv.at - 1; i >= 0; i-- {
		if !w.h.counts(i) && !slices.Contains(w.names(), w.m.set.label(i)) {
			continue
		}
		if why := tookAway(w.m.set.all[i].Ops, words, st.Statement); why != "" {
			return w.m.set.label(i) + " " + why
		}
	}
	return ""
}

// tookAway says which of the ops took away or renamed something that is called by one of the words, the last of them first.
func tookAway(ops []Op, words []string, statement string) string {
	there := identifiers(statement)
	is := func(o Object) bool {
		return slices.Contains(words, o.Name) && (o.Table == "" || statement == "" || slices.Contains(there, last(o.Table)))
	}
	for _, op := range slices.Backward(ops) {
		e := op.Effects()
		for _, o := range e.Removes {
			if (o.Kind == ColumnObject || o.Kind == TableObject || o.Kind == EnumObject) && is(bare(o)) {
				return "dropped " + o.String()
			}
		}
		for _, r := range e.Renames {
			if is(bare(r.From)) {
				return "renamed " + r.From.String() + " to " + r.To
			}
		}
	}
	return ""
}

// bare is the object without the schema in front of its name.
func bare(o Object) Object {
	if o.Table == "" {
		o.Name = last(o.Name)
	}
	return o
}

func last(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// identifiers returns the words of a text that may be names.
func identifiers(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '$' })
}
