package adopt

import (
	"reflect"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// mixin is a struct that several models embed.
type mixin struct {
	name    string
	columns []schema.Column
	tables  []string
}

// shareable are the columns that go into such a struct, as they stand one behind the other.
var shareable = []string{"created_at", "updated_at", "deleted_at", "inserted_at", "modified_at", "created_on", "updated_on", "created", "updated", "modified"}

// shared finds the columns that at least two tables have alike, one behind the other.
func (w *writer) shared() {
	w.embedding = map[string]map[string]*mixin{}
	for _, t := range w.s.Tables {
		for from := 0; from < len(t.Columns); from++ {
			to := from
			for to < len(t.Columns) && slices.Contains(shareable, strings.ToLower(t.Columns[to].Name)) && !keyed(t, t.Columns[to].Name) {
				to++
			}
			if to-from < 2 {
				continue
			}
			run := t.Columns[from:to]
			i := slices.IndexFunc(w.mixins, func(m *mixin) bool { return reflect.DeepEqual(m.columns, run) })
			if i < 0 {
				i = len(w.mixins)
				w.mixins = append(w.mixins, &mixin{columns: run})
			}
			w.mixins[i].tables = append(w.mixins[i].tables, t.Name)
			from = to
		}
	}
	w.mixins = slices.DeleteFunc(w.mixins, func(m *mixin) bool { return len(m.tables) < 2 })
	for _, m := range w.mixins {
		m.name = free(w.taken, "Timestamps")
		for _, t := range m.tables {
			if w.embedding[t] == nil {
				w.embedding[t] = map[string]*mixin{}
			}
			for _, c := range m.columns {
				w.embedding[t][c.Name] = m
			}
		}
	}
}

// keyed reports whether the column is in the primary key or refers to another table.
func keyed(t *schema.Table, column string) bool {
	return t.PrimaryKey != nil && slices.Contains(t.PrimaryKey.Columns, column) ||
		slices.ContainsFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { return slices.Contains(f.Columns, column) })
}

// mixin writes the struct.
func (w *writer) mixin(b *strings.Builder, m *mixin, imports map[string]bool) {
	b.WriteString("// " + m.name + " are columns that several tables have.\ntype " + m.name + " struct {\n")
	t := &schema.Table{Name: "", Columns: m.columns}
	w.fields[""] = w.fields[m.tables[0]]
	for _, c := range m.columns {
		w.field(b, t, c, imports)
	}
	b.WriteString("}\n\n")
}
