package load

import (
	"go/token"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// tableTag is the tag of a blank field: what it lists, and its options.
type tableTag struct {
	sc   *scope
	pos  token.Pos
	list []text
	opts options
	name string
	only string // the dialect that the tag is for, "" for every one
}

// readBlank reads the tags of a blank field.
func (m *model) readBlank(keys []keyValue, pos token.Pos, sc *scope) {
	if at, ok := lookup(keys, tool); ok && strings.TrimSpace(at.s) == "-" {
		if _, ok := lookup(keys, "table"); !ok {
			return
		}
	}
	for _, kv := range keys {
		key, suffix, narrow := strings.Cut(kv.key, ".")
		words, ok := tableWords[key]
		switch {
		case kv.key == m.l.cfg.Tag || kv.key == tool:
			m.l.failf(pos, "a blank field is no column: give it a name, or take its %s tag away", kv.key)
		case key == viewWord && sc.outer == nil && m.view:
		case key == viewWord:
			m.l.failf(pos, "the struct of a view is no part of the struct of %s", map[bool]string{true: "another view", false: "a table"}[m.view])
		case m.view && ok && sc.outer == nil:
			m.l.failf(pos, "%s is the struct of a view, which has no %s", m.obj.Name(), key)
		case m.view && ok: // of the tables in which it is embedded
		case !ok:
			m.l.checkKey(kv, true, pos)
		case !m.l.checkText(kv.key, kv.value):
		case narrow:
			if dialect, ok := m.tagDialect(key, suffix, pos); ok {
				m.readTableTag(key, dialect, kv.value, words, sc)
			}
		case key != "table":
			m.readTableTag(key, "", kv.value, words, sc)
		}
	}
}

// readTableTag reads one of pk, index, unique, check and fk, for every dialect or only one.
func (m *model) readTableTag(key, only string, value text, words map[string]int, sc *scope) {
	parts, err := splitTop(value.sub(0, len(value.s)))
	if err != nil {
		m.l.fail(value.pos, err)
		return
	}
	t := tableTag{sc: sc, pos: value.pos, only: only}
	var list []option
	for i, p := range parts {
		o := parseOption(p)
		_, known := words[o.word]
		isOption := known && (o.has || words[o.word]&asFlag != 0) || o.has && i > 0 && plainWord(o.word) && key != "check"
		if i > 0 && (isOption || key == "check" || key == "fk") {
			list = append(list, o)
			continue
		}
		if len(list) > 0 {
			m.l.failf(p.pos, "%s: columns stand before the options, but %s is behind them", key, p.s)
			return
		}
		if p.s == "" {
			m.l.failf(p.pos, "%s: it is empty, or there is a comma too many", key)
			return
		}
		if !m.l.checkSeen(p) {
			return
		}
		t.list = append(t.list, p)
	}
	if len(t.list) == 0 {
		m.l.failf(value.pos, "%s: it is empty", key)
		return
	}
	t.opts = m.l.checkOptions(list, words)
	if t.name = t.opts.value("name"); t.name != "" {
		t.name = sc.prefix + t.name
		name := text{s: t.name, pos: t.opts.pos("name", t.pos)}
		if o, _ := t.opts.get("name"); o.quoted { // what it holds is meant: 'odd check'
			m.l.checkQuoted(key, name, schema.CheckName)
		} else {
			m.l.checkName(key, name, schema.CheckName)
		}
	}
	m.renamed(key, t)
	switch key {
	case "pk":
		m.readKey(t)
	case "index", "unique":
		m.later = append(m.later, func() { m.indexTags(t, key == "unique") })
	case "check":
		m.later = append(m.later, func() { m.addCheck(sc, t.list[0], t.name, only, t.pos) })
	case "exclude":
		m.later = append(m.later, func() { m.exclusion(t) })
	case "fk":
		m.tableKey(t)
	}
}

func plainWord(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}

// renamed notes the hint of a was: option.
func (m *model) renamed(key string, t tableTag) {
	was := t.opts.value("was")
	switch {
	case was == "":
		return
	case t.name == "":
		m.l.failf(t.opts.pos("was", t.pos), "was: needs name: beside it, the name that it has from now on")
		return
	case t.sc.prefix+was == t.name:
		m.l.failf(t.opts.pos("was", t.pos), "was:%s is the name it has", was)
		return
	}
	kind := "constraint"
	if key == "index" || key == "unique" && m.needsIndex(t, t.opts) {
		kind = "index"
	}
	m.l.hints = append(m.l.hints, Hint{kind, m.table.Name, t.name, t.sc.prefix + was, m.l.position(t.opts.pos("was", t.pos))})
}

// needsIndex reports whether a unique tag says more than a constraint can.
func (m *model) needsIndex(t tableTag, opts options) bool {
	for _, p := range t.list {
		if strings.HasPrefix(p.s, "(") || modified(p.s) {
			return true
		}
	}
	return opts.has("where") || opts.has("using") || opts.has("include") || opts.has("opclass")
}
