package schema

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// SplitBound takes the SQL of a partition apart: its bound, and by what it is partitioned itself, "" for one that is not: "FOR VALUES IN (1)", "LIST (kind)".
func SplitBound(sql string) (bound, by string) {
	toks := sqllex.Code(sql, sqllex.Any)
	for i, t := range toks {
		if t.Is("PARTITION") && i+1 < len(toks) && toks[i+1].Is("BY") {
			return strings.TrimSpace(sql[:t.From]), strings.TrimSpace(sql[toks[i+1].To:])
		}
	}
	return strings.TrimSpace(sql), ""
}

// DefaultPartition reports whether the object is the default partition of its table.
func (o SQLObject) DefaultPartition() bool {
	bound, _ := SplitBound(string(o.SQL))
	return o.Kind == PartitionKind && SameSQL(bound, "DEFAULT")
}

// PartitionedTable returns the table that a partition is of, however far below that, which has its columns, and the partition key of what it is of directly.
func (s *Schema) PartitionedTable(o SQLObject) (t *Table, by string) {
	if t := s.Table(o.Table); t != nil {
		return t, t.Options.Partition
	}
	i := slices.IndexFunc(s.SQLObjects, func(x SQLObject) bool { return x.Kind == PartitionKind && x.Name == o.Table })
	if i < 0 {
		return nil, ""
	}
	_, by = SplitBound(string(s.SQLObjects[i].SQL))
	return s.root(o, len(s.SQLObjects)), by
}

// PartitionCheck is [BoundCheck] for a partition, with the bounds of the partitions that it is below of.
func (s *Schema) PartitionCheck(o SQLObject) (expr string, ok bool) {
	t, by := s.PartitionedTable(o)
	if t == nil {
		return "", false
	}
	if expr, ok = BoundCheck(by, string(o.SQL), t); !ok || t.Name == o.Table {
		return expr, ok
	}
	i := slices.IndexFunc(s.SQLObjects, func(x SQLObject) bool { return x.Kind == PartitionKind && x.Name == o.Table })
	above, ok := s.PartitionCheck(s.SQLObjects[i])
	if ok && above != "" && expr != "" {
		return above + " AND " + expr, true
	}
	return above + expr, ok
}

// BoundCheck returns an expression that rows have to fulfil to be in a partition of the bound ("FOR VALUES FROM (1) TO (9)"), in the form by which PostgreSQL sees that a
// table with such a check need not be read when it is attached (manual, ALTER TABLE, ATTACH PARTITION). by is the partition key, "range (a, b)"; t has its columns.
// The expression is "" for a bound that all rows are within. ok is false for a default partition, one by hash, and what is not understood.
func BoundCheck(by, bound string, t *Table) (expr string, ok bool) {
	kind, key, _ := strings.Cut(by, "(")
	var parts, conditions []string
	for _, part := range splitList(strings.TrimSuffix(strings.TrimSpace(key), ")")) {
		column := t.columnLike(strings.Trim(part, `"`))
		switch {
		case column != "":
			parts = append(parts, QuoteColumn(column))
		case strings.HasPrefix(part, "(") || strings.HasSuffix(part, ")"):
			parts = append(parts, part)
		default: // with a collation or an operator class
			return "", false
		}
		if c := t.Column(column); c == nil || c.Nullable {
			conditions = append(conditions, parts[len(parts)-1]+" IS NOT NULL")
		}
	}
	bound, _ = SplitBound(bound)
	toks := sqllex.Code(bound, sqllex.Any)
	if len(toks) < 4 || !toks[0].Is("FOR") || !toks[1].Is("VALUES") || len(parts) == 0 {
		return "", false
	}
	switch kind = strings.ToLower(strings.TrimSpace(kind)); {
	case kind == "list" && toks[2].Is("IN") && len(parts) == 1:
		values, rest := bracketed(bound, toks[3:])
		if len(values) == 0 || len(rest) > 0 {
			return "", false
		}
		return listCheck(parts[0], values, conditions), true
	case kind == "range" && toks[2].Is("FROM"):
		from, rest := bracketed(bound, toks[3:])
		if len(rest) < 2 || !rest[0].Is("TO") {
			return "", false
		}
		to, rest := bracketed(bound, rest[1:])
		if len(rest) > 0 || len(from) != len(parts) || len(to) != len(parts) || strings.EqualFold(from[0], maxValue) || strings.EqualFold(to[0], minValue) {
			return "", false
		}
		for _, c := range []string{rangeCheck(parts, from, ">", minValue, maxValue), rangeCheck(parts, to, "<", maxValue, minValue)} {
			if c != "" {
				conditions = append(conditions, c)
			}
		}
		return strings.Join(conditions, " AND "), true
	}
	return "", false
}

const minValue, maxValue = "MINVALUE", "MAXVALUE"

// rangeCheck compares the parts of a key with one end of a range. open is the word for no end there; a shut one is passed by no value.
func rangeCheck(parts, values []string, than, open, shut string) string {
	k, v := parts[0], values[0]
	if strings.EqualFold(v, open) {
		return ""
	}
	strict, equal := k+" "+than+" "+v, k+" "+than+"= "+v
	if len(parts) == 1 {
		if than == ">" {
			return equal // the lower end is in the range, the upper one is not
		}
		return strict
	}
	switch {
	case strings.EqualFold(values[1], open):
		return equal
	case strings.EqualFold(values[1], shut):
		return strict
	}
	return "(" + strict + " OR " + k + " = " + v + " AND " + rangeCheck(parts[1:], values[1:], than, open, shut) + ")"
}

func listCheck(key string, values, conditions []string) string {
	var some []string
	null := false
	for _, v := range values {
		if strings.EqualFold(v, "NULL") {
			null = true
			continue
		}
		some = append(some, v)
	}
	in := key + " IN (" + strings.Join(some, ", ") + ")"
	switch {
	case null && len(some) == 0:
		return key + " IS NULL"
	case null:
		return key + " IS NULL OR " + in
	}
	return strings.Join(append(conditions, in), " AND ")
}

// bracketed returns the list of values that the tokens begin with, in brackets, and the tokens behind it.
func bracketed(sql string, toks []sqllex.Token) (values []string, rest []sqllex.Token) {
	depth := 0
	for i, t := range toks {
		switch t.Text {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth == 0 {
			if i == 0 {
				return nil, toks
			}
			return splitList(sql[toks[0].To:t.From]), toks[i+1:]
		}
	}
	return nil, toks
}

// splitList cuts a list at its commas.
func splitList(sql string) (all []string) {
	depth, from := 0, 0
	for _, t := range sqllex.Code(sql, sqllex.Any) {
		switch {
		case t.Text == "(" || t.Text == "[":
			depth++
		case t.Text == ")" || t.Text == "]":
			depth--
		case t.Text == "," && depth == 0:
			all = append(all, strings.TrimSpace(sql[from:t.From]))
			from = t.To
		}
	}
	if last := strings.TrimSpace(sql[from:]); last != "" {
		all = append(all, last)
	}
	return all
}

// BoundsApart reports whether two bounds of partitions of one table have no value in common for certain, as far as their texts say.
func BoundsApart(a, b string) bool {
	x, y := sqllex.Code(a, sqllex.Any), sqllex.Code(b, sqllex.Any)
	if len(x) < 4 || len(y) < 4 || !strings.EqualFold(x[2].Text, y[2].Text) {
		return false
	}
	first, restA := bracketed(a, x[3:])
	other, restB := bracketed(b, y[3:])
	switch {
	case x[2].Is("IN"):
		return len(first) > 0 && len(other) > 0 && !slices.ContainsFunc(first, func(v string) bool {
			return slices.ContainsFunc(other, func(w string) bool { return strings.EqualFold(v, w) })
		})
	case x[2].Is("FROM") && len(restA) > 1 && len(restB) > 1:
		toA, _ := bracketed(a, restA[1:])
		toB, _ := bracketed(b, restB[1:])
		return endsBefore(toA, other) || endsBefore(toB, first)
	}
	return false
}

// endsBefore reports whether the upper end of a range is for certain at or below the lower end of another one.
func endsBefore(to, from []string) bool {
	for i := range min(len(to), len(from)) {
		switch order, known := compareEnds(to[i], from[i]); {
		case !known || order > 0:
			return false
		case order < 0:
			return true
		}
	}
	return len(to) == len(from) && len(to) > 0
}

func compareEnds(a, b string) (order int, known bool) {
	if strings.EqualFold(a, b) {
		return 0, true
	}
	low, high := strings.EqualFold(a, minValue) || strings.EqualFold(b, maxValue), strings.EqualFold(a, maxValue) || strings.EqualFold(b, minValue)
	if low || high {
		return map[bool]int{true: -1, false: 1}[low], true
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX == nil && errY == nil {
		return cmp.Compare(x, y), true
	}
	shape := func(s string) string { // as of dates, whose order is that of their digits
		return strings.Map(func(r rune) rune {
			if '0' <= r && r <= '9' {
				return '0'
			}
			return r
		}, s)
	}
	return cmp.Compare(a, b), shape(a) == shape(b)
}
