package gen

import (
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

// keyless notes new tables without primary key, unless the model says that it has none.
func (r *Result) keyless() {
	for _, op := range r.Ops {
		if c, ok := op.(migrate.CreateTable); ok && slices.Contains(r.models.NoKey, c.Table) {
			r.Notes = append(r.Notes, Note{r.pos(c.Table), fmt.Sprintf("table %s has no primary key, so no row of it can be told from another: "+
				"%s, or say that it shall have none: _ struct{} `pk:\"-\"`", c.Table, r.keyWords())})
		}
	}
}

// keyWords says how a model gets a primary key by the tags that are read.
func (r *Result) keyWords() string {
	switch library, _, _ := strings.Cut(r.snap.Tag, ","); library {
	case "bun": // for which a name says nothing
		return "write pk into the bun tag of a field"
	case "gorm":
		return "call a field ID, write primaryKey into the gorm tag of a field"
	}
	return "call a field ID, write pk into the tag of a column"
}

// remarks notes what the models have to say of the columns that are made.
func (r *Result) remarks() {
	if r.sql != nil && len(r.Ops) > 0 {
		for _, m := range r.sql.Remarks {
			r.Notes = append(r.Notes, Note{m.Pos, m.Msg})
		}
	}
	for _, m := range r.models.Remarks {
		old := r.old().Table(m.Table)
		made := slices.ContainsFunc(r.Ops, func(op migrate.Op) bool {
			switch op := op.(type) {
			case migrate.CreateTable:
				return op.Table == m.Table
			case migrate.AddColumn:
				return op.Table == m.Table && op.Column.Def().Name == m.Column
			}
			return false
		})
		if made && (old == nil || old.Column(m.Column) == nil) {
			r.Notes = append(r.Notes, Note{r.pos(m.Table + "." + m.Column), m.Msg})
		}
	}
}
