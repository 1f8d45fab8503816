package sqlite

import (
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	"github.com/modelgen/modelgen/runtime/schema"
)

var plainNumber = lazyregexp.New(`^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$`)

// defaultOf returns what stands behind DEFAULT, "" for nothing, and whether it is a constant that is not NULL.
func (d ddl) defaultOf(c schema.Column, declared string) (sql string, constant bool, err error) {
	if own := c.DefaultFor[name]; own != "" {
		if _, err := schema.NormalizeExpr(own); err != nil {
			return "", false, unsupported(d.t.Name, c.Name, "the default "+own+" ("+err.Error()+")", "")
		}
		toks := scan(own)
		if len(toks) > 0 && (toks[0].text == "-" || toks[0].text == "+") {
			toks = toks[1:]
		}
		if len(toks) == 1 {
			k := toks[0]
			constant = k.kind == stringToken || k.kind == numberToken || k.kind == blobToken || k.is("TRUE", "FALSE")
			if constant || k.is("NULL", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME") {
				return own, constant, nil
			}
		}
		if toks := scan(own); toks[0].text == "(" && group(toks, 0) == len(toks) {
			return own, false, nil
		}
		return "(" + own + ")", false, nil
	}
	if c.DefaultExpr != "" {
		expr, err := translate(inDefault, c.DefaultExpr, d.t, c.Name)
		return "(" + expr + ")", false, err
	}
	if c.Default == nil {
		return "", false, nil
	}
	sql, err = d.literal(c, declared)
	return sql, true, err
}

// literal writes the literal default of a column.
func (d ddl) literal(c schema.Column, declared string) (string, error) {
	v := *c.Default
	refuse := func() (string, error) {
		return "", unsupported(d.t.Name, c.Name, "the default "+v, "give default.sqlite:(...)")
	}
	if strings.ContainsRune(v, 0) {
		return refuse()
	}
	switch c.Type.Literal() {
	case schema.NumberLiteral:
		if !plainNumber.MatchString(v) {
			return refuse()
		}
		if affinityOf(declared) == "TEXT" {
			return text(v), nil // else 0.10 would become 0.1
		}
		return v, nil
	case schema.BoolLiteral:
		switch strings.ToLower(v) {
		case "true", "false":
			return strings.ToUpper(v), nil
		}
		return refuse()
	case schema.BytesLiteral:
		if _, err := hex.DecodeString(v); err != nil {
			return refuse()
		}
		return "X'" + v + "'", nil
	}
	if c.Type.Array && !json.Valid([]byte(v)) || v == "{}" && c.Type.Array {
		j, ok := arrayJSON(v, c.Type)
		if !ok {
			return refuse()
		}
		v = j
	}
	return text(v), nil
}

// arrayJSON turns the text of a PostgreSQL array, {a,"b c"}, into JSON, which is what array columns hold here.
func arrayJSON(v string, t schema.Type) (string, bool) {
	inner, ok := strings.CutPrefix(v, "{")
	inner, ok2 := strings.CutSuffix(inner, "}")
	if !ok || !ok2 {
		return "", false
	}
	t.Array = false
	var out []string
	for inner != "" {
		var word string
		bare := inner[0] != '"'
		if bare {
			word, inner, ok = strings.Cut(inner, ",")
		} else {
			i := 1
			for ; i < len(inner) && inner[i] != '"'; i++ {
				if inner[i] == '\\' && i+1 < len(inner) {
					i++
				}
				word += inner[i : i+1]
			}
			if i >= len(inner) {
				return "", false
			}
			inner, ok = strings.CutPrefix(inner[i+1:], ",")
			if !ok && inner != "" {
				return "", false
			}
		}
		if ok && inner == "" || bare && (word == "" || strings.ContainsAny(word, `{}"\`)) {
			return "", false
		}
		switch kind := t.Literal(); {
		case bare && strings.EqualFold(strings.TrimSpace(word), "null"):
			out = append(out, "null")
		case kind == schema.NumberLiteral || kind == schema.BoolLiteral:
			word = strings.ToLower(strings.TrimSpace(word))
			if !json.Valid([]byte(word)) {
				return "", false
			}
			out = append(out, word)
		default:
			b, err := json.Marshal(word)
			if err != nil {
				return "", false
			}
			out = append(out, string(b))
		}
	}
	return "[" + strings.Join(out, ",") + "]", true
}

// affinityOf returns the affinity that SQLite derives from a declared type (datatype3.html, 3.1).
func affinityOf(declared string) string {
	up := strings.ToUpper(declared)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(up, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("INT"):
		return "INTEGER"
	case has("CHAR", "CLOB", "TEXT"):
		return "TEXT"
	case up == "" || has("BLOB"):
		return "BLOB"
	case has("REAL", "FLOA", "DOUB"):
		return "REAL"
	}
	return "NUMERIC"
}
