package schema

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// TableRows are the rows of a table that belong to the schema, such as currencies or roles. Other rows of the table are the application's.
type TableRows struct {
	Key  []string `json:"key"`  // the columns by which a row is known; none of them is ever NULL
	Rows []Row    `json:"rows"` // sorted by the key
}

// Row has the values of a row by the names of its columns, each as the text of a literal, in the form in which [Column.Default] has it; nil is NULL. A
// column that it leaves out is one that the database fills, or that is not known.
type Row map[string]*string

// Clone returns a copy that shares nothing with r but the texts, which are replaced and never changed.
func (r TableRows) Clone() TableRows {
	c := TableRows{Key: slices.Clone(r.Key), Rows: slices.Clone(r.Rows)}
	for i := range c.Rows {
		c.Rows[i] = maps.Clone(c.Rows[i])
	}
	return c
}

// Equal reports whether both rows have the same values in the same columns.
func (r Row) Equal(o Row) bool {
	return maps.EqualFunc(r, o, func(a, b *string) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b })
}

// Name returns what a row is called in messages: the values of its key, separated by commas.
func (r TableRows) Name(row Row) string {
	parts := make([]string, len(r.Key))
	for i, c := range r.Key {
		if v := row[c]; v != nil {
			if parts[i] = *v; *v == "" || strings.ContainsAny(*v, ", \"\n\r\t") {
				parts[i] = strconv.Quote(*v)
			}
		}
	}
	return strings.Join(parts, ", ")
}

// Find returns the row with the values that key has in the columns of the key, nil without one.
func (r TableRows) Find(key Row) Row {
	name := r.Name(key)
	for _, row := range r.Rows {
		if r.Name(row) == name {
			return row
		}
	}
	return nil
}

// Sort sorts the rows by their key: numbers as such, everything else as text.
func (r TableRows) Sort() {
	slices.SortStableFunc(r.Rows, func(a, b Row) int {
		for _, c := range r.Key {
			if order := compareValues(a[c], b[c]); order != 0 {
				return order
			}
		}
		return 0
	})
}

func compareValues(a, b *string) int {
	if a == nil || b == nil {
		return 0
	}
	x, errX := strconv.ParseInt(*a, 10, 64)
	y, errY := strconv.ParseInt(*b, 10, 64)
	if errX == nil && errY == nil {
		return cmp.Or(cmp.Compare(x, y), strings.Compare(*a, *b))
	}
	return cmp.Or(-compareBool(errX == nil, errY == nil), strings.Compare(*a, *b))
}

// compareBool puts false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// rename gives a column of the rows another name.
func (r *TableRows) rename(from, to string) {
	if len(r.Key) == 0 {
		return
	}
	*r = r.Clone()
	if i := slices.Index(r.Key, from); i >= 0 {
		r.Key[i] = to
	}
	for _, row := range r.Rows {
		if v, ok := row[from]; ok {
			delete(row, from)
			row[to] = v
		}
	}
}

// SetColumn gives the column the value in all rows; no value takes it out of them. Nothing is changed that r shares with another one.
func (r *TableRows) SetColumn(column string, value ...*string) {
	if len(r.Key) == 0 {
		return
	}
	*r = r.Clone()
	for _, row := range r.Rows {
		if delete(row, column); len(value) > 0 {
			row[column] = value[0]
		}
	}
}

// RenameValue puts a value in the place of another one in the column. Nothing is changed that r shares with another one.
func (r *TableRows) RenameValue(column, from, to string) {
	if len(r.Key) == 0 {
		return
	}
	*r = r.Clone()
	for _, row := range r.Rows {
		if v := row[column]; v != nil && *v == from {
			row[column] = &to
		}
	}
	r.Sort()
}

// rows adds the rows of a table, an attribute for each value, as JSON: a text, or null.
func (l *facts) rows(t *Table) {
	for _, row := range t.Rows.Rows {
		l.about(Fact{Table: t.Name, Kind: "row", Name: t.Rows.Name(row)})
		for _, c := range slices.Sorted(maps.Keys(row)) {
			data, err := json.Marshal(row[c])
			if err != nil {
				panic("modelgen: " + err.Error()) // it is text
			}
			l.add(c, string(data))
		}
	}
}
