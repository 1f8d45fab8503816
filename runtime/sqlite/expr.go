package sqlite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

// place is where an expression stands; it decides what the expression may hold.
type place int

const (
	inDefault place = iota
	inCheck
	inGenerated
	inIndex
	inUsing
	inFill
)

// functions are those that SQLite 3.46 has built in: scalar, aggregate, window, date, JSON and math.
var functions = sqllex.Set(`abs changes char coalesce concat concat_ws format glob hex ifnull iif instr last_insert_rowid length like likelihood
	likely lower ltrim max min nullif octet_length printf quote random randomblob replace round rtrim sign sqlite_version substr substring
	total_changes trim typeof unhex unicode unlikely upper zeroblob
	avg count group_concat string_agg sum total
	row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
	date time datetime julianday unixepoch strftime timediff
	json jsonb json_array jsonb_array json_array_length json_error_position json_extract jsonb_extract json_insert jsonb_insert json_object
	jsonb_object json_patch jsonb_patch json_pretty json_remove jsonb_remove json_replace jsonb_replace json_set jsonb_set json_type json_valid
	json_quote json_group_array jsonb_group_array json_group_object jsonb_group_object json_each json_tree
	acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 log2 mod pi pow power radians sin sinh sqrt
	tan tanh trunc`)

// instead says what to write for functions that other databases have.
var instead = sqllex.WordMap{
	{"greatest", "max(a, b)"}, {"least", "min(a, b)"}, {"char_length", "length(x)"}, {"character_length", "length(x)"}, {"strpos", "instr(x, y)"},
	{"position", "instr(x, y)"}, {"left", "substr(x, 1, n)"}, {"right", "substr(x, -n)"}, {"btrim", "trim(x)"}, {"to_char", "strftime(format, x)"},
	{"date_trunc", "strftime(format, x)"}, {"extract", "strftime(format, x)"}, {"date_part", "strftime(format, x)"}, {"array_agg", "json_group_array(x)"},
	{"jsonb_build_object", "json_object(...)"}, {"json_build_object", "json_object(...)"}, {"jsonb_array_length", "json_array_length(x)"},
	{"gen_random_uuid", "lower(hex(randomblob(16)))"}, {"uuid_generate_v4", "lower(hex(randomblob(16)))"}, {"clock_timestamp", "CURRENT_TIMESTAMP"},
}

// beforeBracket are key words that can stand before a bracket without being functions.
var beforeBracket = sqllex.Set(`and or not in exists case when then else end between like glob regexp match is as on from where select values by distinct
	over filter using join having limit offset union all intersect except cast null collate escape order group
	partition rows range groups isnull notnull with recursive`)

// operators are those of SQLite.
var operators = sqllex.Set("+ - * / % || = == <> != < <= > >= & | << >> ~ -> ->> ( ) , .")

// foreignWords are words of other databases that SQLite would take for columns or not at all.
var foreignWords = sqllex.WordMap{
	{"ilike", "write lower(a) LIKE lower(b)"}, {"similar", "write GLOB or LIKE"}, {"any", "write IN (...)"}, {"some", "write IN (...)"},
	{"array", "keep JSON text, as json_array(...) returns it"}, {"symmetric", "order the two bounds yourself"}, {"localtimestamp", "write CURRENT_TIMESTAMP"},
	{"localtime", "write CURRENT_TIME"}, {"current_user", ""}, {"session_user", ""}, {"current_role", ""}, {"current_catalog", ""}, {"current_schema", ""},
	{"overlaps", "compare the bounds"}, {"lateral", ""},
}

// translate checks an expression and returns it as SQLite writes it. object is the column, constraint or index it belongs to.
func translate(where place, expr string, t *schema.Table, object string) (string, error) {
	refuse := func(reason, hint string) (string, error) {
		if where == inDefault && hint != "" {
			hint = "give default.sqlite:(...), for instance with " + strings.TrimPrefix(hint, "write ")
		} else if where == inDefault {
			hint = "give default.sqlite:(...)"
		} else if hint == "" {
			hint = "say it with what SQLite has"
		}
		narrow := map[place]string{inCheck: "check.DIALECT:", inIndex: "index.DIALECT:"}[where]
		return "", narrowed(unsupported(t.Name, object, reason+" in the expression "+expr, hint), narrow)
	}
	if _, err := schema.NormalizeExpr(expr); err != nil {
		return "", fmt.Errorf("%s.%s: expression %s: %w", t.Name, object, expr, err)
	}
	toks := scan(expr)
	query := slices.ContainsFunc(toks, func(k token) bool { return k.is("SELECT", "EXISTS", "VALUES") })
	if query && where != inFill {
		return refuse("a subquery", "a subquery is possible in Fill only")
	}
	_, base := schema.SplitName(t.Name)
	var b strings.Builder
	end := 0
	put := func(from, to int, text string) { // text stands for toks[from:to]
		b.WriteString(expr[end:toks[from].at])
		b.WriteString(text)
		end = toks[to-1].end
	}
	for i := 0; i < len(toks); i++ {
		k := toks[i]
		next := func(n int) token {
			if i+n < len(toks) && i+n >= 0 {
				return toks[i+n]
			}
			return token{}
		}
		switch k.kind {
		case opToken:
			switch {
			case k.text == "::":
				return refuse("the cast ::", "write CAST(x AS text)")
			case k.text == "[" || k.text == "]":
				return refuse("an array", "keep JSON text, as json_array(...) returns it")
			case !operators.Has(k.text):
				return refuse("the operator "+k.text, "")
			case k.text == "~" && binary(toks, i):
				return refuse("the operator ~", "write GLOB or LIKE")
			}
		case quotedToken:
			if own := strings.EqualFold(k.text, base) && next(1).text == "."; own && where < inUsing {
				put(i, i+2, "") // a rebuild makes the table under another name
				i++
			} else if !query && !own && !next(-1).is("AS", "COLLATE") && next(1).text != "(" && !has(t, k.text) {
				return refuse(`the name "`+k.text+`", which is no column of the table`, "write text in single quotes")
			}
		case wordToken:
			low := strings.ToLower(k.text)
			hint, foreign := foreignWords.Get(low)
			call := next(1).text == "(" && next(1).kind == opToken
			column := has(t, k.text) && !call
			switch {
			case low == "now" && call && next(2).text == ")":
				if where == inCheck || where == inGenerated || where == inIndex {
					return refuse("the time of now", "it changes by itself")
				}
				put(i, i+3, "CURRENT_TIMESTAMP")
				i += 2
			case strings.EqualFold(k.text, base) && next(1).text == "." && where < inUsing:
				put(i, i+2, "")
				i++
			case low == "x" && next(1).kind == stringToken: // x'00ff', torn apart where one spacing was made
				put(i, i+2, "x"+next(1).text)
				i++
			case column && isReserved.Has(low) && schema.QuoteColumn(low) == low: // a column, as the expression would have it in quotes elsewhere
				put(i, i+1, quote(k.text))
			case column || next(-1).text == "." || next(1).text == ".":
			case foreign:
				return refuse(strings.ToUpper(low), hint)
			case low == "all" && call && next(-1).kind == opToken:
				return refuse("ALL", "write NOT IN (...)")
			case low == "at" && next(1).is("TIME"):
				return refuse("AT TIME ZONE", "write datetime(x, '+02:00')")
			case low == "from" && !query && !next(-1).is("DISTINCT"):
				return refuse("FROM", "write the function with commas: substr(x, 1, 3)")
			case next(1).kind == stringToken && !beforeBracket.Has(low):
				return refuse("the typed literal "+k.text+" "+next(1).text, "write the text alone")
			case (low == "current_timestamp" || low == "current_date" || low == "current_time") && where >= inCheck && where <= inIndex:
				return refuse(strings.ToUpper(low), "it changes by itself")
			case call && !beforeBracket.Has(low) && !next(-1).is("AS"):
				if !functions.Has(low) {
					hint := instead.Text(low)
					if hint != "" {
						hint = "write " + hint
					}
					return refuse("the function "+low, hint)
				}
				if (low == "random" || low == "randomblob") && where >= inCheck && where <= inIndex {
					return refuse("the function "+low, "it changes by itself")
				}
			}
		}
	}
	b.WriteString(expr[end:])
	return strings.TrimSpace(b.String()), nil
}

// binary reports whether the operator at i stands between two operands.
func binary(toks []token, i int) bool {
	if i == 0 {
		return false
	}
	p := toks[i-1]
	return p.text == ")" || p.kind != opToken && !(p.kind == wordToken && beforeBracket.Has(strings.ToLower(p.text)) && !p.is("END", "NULL"))
}

// has reports whether t has the column, in the way SQLite compares names.
func has(t *schema.Table, column string) bool {
	return slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return strings.EqualFold(c.Name, column) })
}

// queries reports whether the SQL holds a subquery.
func queries(sql string) bool {
	return slices.ContainsFunc(scan(sql), func(k token) bool { return k.is("SELECT") })
}

// mentions reports whether one of the names stands in the SQL, quoted or not.
func mentions(sql string, names ...string) bool {
	return slices.ContainsFunc(scan(sql), func(k token) bool {
		return (k.kind == wordToken || k.kind == quotedToken) &&
			slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(k.text, n) })
	})
}
