package postgres

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// A value that is added to an enum type cannot be used before the transaction is committed (manual, ALTER TYPE, Notes; SQLSTATE 55P04), and
// before version 17 that is so even where the same transaction has made the type. A commit too many costs little, one too few makes the migration fail in production. So a later stage counts
// as a use unless nothing in its SQL can come to such a value: a literal with the value in it, be it an element of an array; a cast to the
// type, of rows that are there; a function of which it is not known what it returns.

// addedValues are values that a stage adds to an enum type.
type addedValues struct {
	enum   string   // as it is called now
	names  []string // that the type has had since, without a schema
	values []string
	stage  int // that adds them
	end    int // the stage that makes the type again, where all values can be used; 0 for none
}

func baseName(name string) string {
	_, base := schema.SplitName(name)
	return base
}

// madeAgain notes that the newest stage has made the type again under its name.
func (p *planner) madeAgain(enum string) {
	for i := range p.values {
		if v := &p.values[i]; v.enum == enum && v.end == 0 {
			v.end = len(p.stages) - 1
		}
	}
}

// commitValues ends the transaction behind the stages whose new values a later stage uses, or may use. At the latest it ends with the migration:
// the next one may use them, should migrations share a transaction.
func (p *planner) commitValues() {
	for _, a := range p.values {
		for i := a.stage; ; i++ {
			if i+1 == len(p.stages) {
				p.stages[i].Commit = true
				break
			}
			if p.ends(i) || i+1 == a.end {
				break
			}
			if a.usedIn(p.stages[i+1]) {
				p.stages[a.stage].Commit, p.committed[a.stage] = true, true
				break
			}
		}
	}
}

// valuesFirst brings stages that add values before the runs of stages that belong together and use them: such a run cannot be committed in between. Where a stage of the run makes the
// type, or gives it or one of its values another name, the values stay where they are, and the commit is made there: see keepTogether.
func (p *planner) valuesFirst() {
	for v := range p.values {
		a := &p.values[v]
		for again := true; again; {
			again = false
			for _, g := range p.grouped {
				inside := g.from < a.stage && a.stage < g.to
				if !inside || !slices.ContainsFunc(p.stages[a.stage+1:g.to+1], a.usedIn) || slices.ContainsFunc(p.stages[g.from:a.stage], a.changedIn) {
					continue
				}
				p.bring(a.stage, g.from)
				again = true
				break
			}
		}
	}
}

// changedIn reports whether a stage makes the type or changes what is called how in it.
func (a addedValues) changedIn(st migrate.Stage) bool {
	return st.Run != nil || slices.ContainsFunc(st.Statements, func(s migrate.Statement) bool {
		toks := scanSQL(s.SQL)
		return (begins(toks, "ALTER TYPE") || begins(toks, "CREATE TYPE") || begins(toks, "DROP TYPE")) && slices.ContainsFunc(toks, func(t sqlToken) bool { return slices.ContainsFunc(a.names, t.is) })
	})
}

// bring puts a stage before an earlier one.
func (p *planner) bring(at, before int) {
	st := p.stages[at]
	p.stages = slices.Insert(slices.Delete(p.stages, at, at+1), before, st)
	moved := func(i int) int {
		switch {
		case i == at:
			return before
		case before <= i && i < at:
			return i + 1
		}
		return i
	}
	for i := range p.grouped {
		p.grouped[i] = together{moved(p.grouped[i].from), moved(p.grouped[i].to)}
	}
	for i := range p.values {
		p.values[i].stage = moved(p.values[i].stage)
		if p.values[i].end > 0 {
			p.values[i].end = moved(p.values[i].end)
		}
	}
	for _, m := range []*map[int]bool{&p.renames, &p.respells} {
		now := map[int]bool{}
		for i, is := range *m {
			now[moved(i)] = is
		}
		*m = now
	}
}

// ends reports whether the transaction of a stage ends with it.
func (p *planner) ends(i int) bool {
	alone := func(st migrate.Stage) bool { return st.NoTx || st.Batch != nil }
	return p.stages[i].Commit || alone(p.stages[i]) || alone(p.stages[i+1])
}

func (a addedValues) usedIn(st migrate.Stage) bool {
	return st.Run != nil || slices.ContainsFunc(st.Statements, func(s migrate.Statement) bool { return a.usedInSQL(s.SQL) })
}

func (a addedValues) usedInSQL(sql string) bool {
	toks := scanSQL(sql)
	for _, words := range []string{"ALTER TYPE", "CREATE TYPE", "DROP TYPE", "COMMENT ON"} { // they name values, and use none
		if begins(toks, words) {
			return false
		}
	}
	for i, t := range toks {
		switch t.kind {
		case 's':
			if a.in(t.text) {
				return true
			}
		case 'e':
			return true
		case '$':
			if a.in(t.text) || a.usedInSQL(t.text) {
				return true
			}
		case 'w', 'q':
			if a.castTo(toks, i) || returnsAny(toks, i) {
				return true
			}
		}
	}
	return false
}

// in reports whether a literal is one of the values, or may hold it as an element: without the marks with which literals of arrays and rows
// escape, and not inside of a longer word.
func (a addedValues) in(literal string) bool {
	raw, plain := literal, strings.NewReplacer(`\`, "", `"`, "", "'", "").Replace
	literal = plain(literal)
	return slices.ContainsFunc(a.values, func(v string) bool {
		if v == "" {
			return raw == "" || strings.Contains(raw, `""`) || strings.Contains(raw, "''") || strings.HasPrefix(strings.TrimSpace(raw), "(")
		}
		if v = plain(v); v == "" {
			return true
		}
		for from := 0; ; {
			i := strings.Index(literal[from:], v)
			if i < 0 {
				return false
			}
			before, _ := utf8.DecodeLastRuneInString(literal[:from+i])
			after, _ := utf8.DecodeRuneInString(literal[from+i+len(v):])
			first, _ := utf8.DecodeRuneInString(v)
			last, _ := utf8.DecodeLastRuneInString(v)
			if !(letter(before) && letter(first)) && !(letter(last) && letter(after)) {
				return true
			}
			from += i + 1
		}
	})
}

func letter(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// castTo reports whether the token is the name of the type where values are cast to it.
func (a addedValues) castTo(toks []sqlToken, i int) bool {
	if !slices.ContainsFunc(a.names, toks[i].is) {
		return false
	}
	before := beforeName(toks, i)
	return before.kind == ':' || before.word("AS", "TYPE") || i+1 < len(toks) && toks[i+1].kind == '('
}

// returnsAny reports whether the token is a function that may return any value of an enum.
func returnsAny(toks []sqlToken, i int) bool {
	t := toks[i]
	if i+1 == len(toks) || toks[i+1].kind != '(' {
		return false
	}
	if t.kind == 'w' && notCalls.Has(strings.ToUpper(t.text)) {
		return false
	}
	b := beforeName(toks, i)
	if b.word("INTO", "TABLE", "ON", "ONLY", "REFERENCES", "EXISTS", "USING", "AS", "JOIN", "INDEX", "VIEW", "COPY") {
		return false // a table with its columns
	}
	if b.word("FUNCTION", "PROCEDURE", "AGGREGATE", "TYPE") || b.kind == 'q' || b.kind == ':' {
		return false // a function that is not called, a type with its size
	}
	return !ordinary.Has(strings.ToLower(t.text)) && !stable.Has(strings.ToLower(t.text))
}

// beforeName returns the token before a name that may have a schema.
func beforeName(toks []sqlToken, i int) sqlToken {
	for i >= 2 && toks[i-1].kind == '.' {
		i -= 2
	}
	if i == 0 {
		return sqlToken{}
	}
	return toks[i-1]
}

var (
	// notCalls are words that stand before a parenthesis and call nothing.
	notCalls = sqllex.Set("CHECK IN VALUES UNIQUE KEY AND OR NOT WHERE SET USING AS WITH ON ANY ALL SOME EXISTS OVER FILTER CASE WHEN THEN ELSE DEFAULT " +
		"IDENTITY SELECT FROM BY INCLUDE ARRAY ROW DISTINCT RETURNING BETWEEN LIKE ILIKE SIMILAR IS HAVING LIMIT UNION EXCEPT INTERSECT LATERAL NULLIF COALESCE " +
		"GREATEST LEAST CAST EXTRACT GENERATED ALWAYS EXECUTE RETURN IF")

	// ordinary are functions of PostgreSQL that return a value of an enum only when they are given it.
	ordinary = sqllex.Set("count sum avg min max bool_and bool_or every array_agg string_agg jsonb_agg json_agg row_number rank lag lead first_value last_value " +
		"setval nextval currval pg_get_serial_sequence format gen_random_uuid uuid_generate_v4 random clock_timestamp to_char to_number to_date " +
		"substr substring replace translate left right lpad rpad ltrim rtrim position strpos split_part starts_with initcap reverse ascii chr char_length " +
		"character_length octet_length quote_literal quote_ident quote_nullable regexp_replace regexp_match regexp_matches regexp_split_to_array " +
		"array_length array_append array_prepend array_cat array_remove array_replace array_position array_to_string string_to_array cardinality unnest generate_series " +
		"jsonb_array_length jsonb_typeof json_typeof jsonb_set jsonb_strip_nulls json_array_length jsonb_array_elements jsonb_array_elements_text to_json row_to_json " +
		"date_part age make_timestamp make_timestamptz make_time justify_days floor ceil ceiling sqrt power exp ln log mod sign trunc div sha256 hashtext " +
		"row_security_active to_regclass to_tsvector setweight pg_advisory_xact_lock bit varying character bpchar tsvector text")
)
