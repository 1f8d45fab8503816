package emit

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"
)

// rows returns the structs of the tables that were asked for, for steps that are still to be written. A use keeps tools that look for dead code
// quiet until then.
func (m Migration) rows() ([]jen.Code, error) {
	number, _, _ := strings.Cut(m.Name, "_")
	var out []jen.Code
	for _, name := range m.Rows {
		t := m.Before.Table(name)
		if t == nil {
			return nil, fmt.Errorf("there is no table %s", name)
		}
		f := &frozen{name: unexported(goName(name)) + "At" + number, table: t, field: fieldNames(t)}
		out = append(out, jen.Line())
		out = append(out, f.declaration(m.Name)...)
		out = append(out, jen.Line(), jen.Var().Id("_").Op("=").Id(f.name).Values())
	}
	return out, nil
}
