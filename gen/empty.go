package gen

import (
	"fmt"
	"go/format"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Empty works out a migration without ops, for steps that a person writes. tables get a struct that holds a row as the migration finds it.
func Empty(cfg Config, tables []string) (*Result, error) {
	text := clean(cfg.Name)
	if text == "" {
		return nil, fmt.Errorf("an empty migration needs a name: -name backfill_slugs")
	}
	b, err := readBranches(cfg)
	if err != nil {
		return nil, err
	}
	h := heads(b.all)
	if len(h) > 1 {
		return nil, Problems{fmt.Sprintf("there are %d newest migrations: %s; join them with modelgen merge, or put yours on top with modelgen rebase", len(h), strings.Join(names(h), ", "))}
	}
	s := &schema.Schema{}
	if misfits := replay(s, without(b.all)); len(misfits) > 0 {
		return nil, Problems(misfits)
	}
	for _, t := range tables {
		if s.Table(t) == nil {
			var have []string
			for _, o := range s.Tables {
				have = append(have, o.Name)
			}
			slices.Sort(have)
			return nil, Problems{fmt.Sprintf("-rows %s: there is no such table; there are %s", t, strings.Join(have, ", "))}
		}
	}
	name := fileName(next(b.all), text)
	v := varName(name)
	raw, err := emit.Migration{
		Package: b.pkg, Name: name, Var: v, Doc: v + " is written by hand: put its steps into Ops, such as Fill, Backfill, SQL or Go.", Parents: []string{h[0].Var}, Before: s, Rows: tables,
	}.File()
	if err != nil {
		return nil, err
	}
	src, err := format.Source(raw)
	if err != nil {
		return nil, err
	}
	r, err := b.settle(map[string][]byte{name + ".go": src})
	if err != nil {
		return nil, err
	}
	r.Migration = name
	return r, nil
}
