package migrations

import (
	"fmt"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Replay applies migrations to a schema, and says of each op that does not fit where it stands.
func Replay(s *schema.Schema, all []read.Migration) (misfits []string) {
	for _, f := range Misfits(s, all) {
		misfits = append(misfits, f.String())
	}
	return misfits
}

// Misfits does the same with what is known of each.
func Misfits(s *schema.Schema, all []read.Migration) (misfits []finding.Finding) {
	for _, m := range all {
		for _, op := range m.Ops {
			if op.Value == nil {
				continue
			}
			if err := op.Value.Apply(s); err != nil {
				misfits = append(misfits, finding.Finding{Place: op.Pos.String(), Reason: fmt.Sprintf("%s does not fit: %s", m.Name, err), Migration: m.Name})
			}
		}
	}
	return misfits
}
