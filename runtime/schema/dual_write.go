package schema

// DualWrite says that two columns of a table hold the same while programs of two versions are running: one reads and writes From, the other
// To. Triggers in the database keep them equal.
type DualWrite struct {
	Name   string `json:"name"` // of the triggers
	From   string `json:"from"` // the column as it was
	To     string `json:"to"`   // the one that will take its place
	Up     string `json:"up"`   // SQL over From that computes To
	Down   string `json:"down"` // SQL over To that computes From
	Column Column `json:"column"`
}

// Equal reports whether two are the same.
func (d DualWrite) Equal(e DualWrite) bool {
	return d.Name == e.Name && d.From == e.From && d.To == e.To && d.Up == e.Up && d.Down == e.Down && d.Column.Equal(e.Column)
}

// DualWriteOf returns the dual write that a column takes part in, or nil.
func (t *Table) DualWriteOf(column string) *DualWrite {
	for i := range t.DualWrites {
		if d := &t.DualWrites[i]; d.From == column || d.To == column {
			return d
		}
	}
	return nil
}
