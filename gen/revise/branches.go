// Package revise has the commands that change the migrations of a directory after they are written: [Merge] and [Rebase] for two branches, [Remove]
// and [Update] for the newest one, [Hash] for those that were edited, and [Empty] for one that a person writes.
//
// What a person wrote is left as it is, or the command refuses; what a database is known to have cannot be changed ([migrations.Applied]). List and
// snapshot are rewritten from the migrations. Nothing is written before [gen.Result.Commit].
package revise

import (
	"fmt"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
	migrate "github.com/modelgen/modelgen/runtime"
)

// branches are the migrations of a directory for the commands that change them. List and snapshot are rewritten from the migrations.
type branches struct {
	*migrations.Branches
	targets map[string]migrate.Dialect
	undone  []read.Migration // those that go, or are worked out again: the hints that they have used are unused again
}

func readBranches(cfg gen.Config) (*branches, error) {
	h, err := migrations.ReadBranches(cfg.OutDir(), cfg.ShownOut())
	if err != nil {
		return nil, err
	}
	return &branches{Branches: h, targets: cfg.Targets}, nil
}

// newest returns the only newest migration.
func (b *branches) newest() (read.Migration, error) {
	h := migrations.Heads(b.All)
	if len(h) > 1 {
		return read.Migration{}, finding.Problems{fmt.Sprintf("there are %d newest migrations: %s; join them with modelgen merge, or put yours on top with modelgen rebase", len(h), strings.Join(migrations.Names(h), ", "))}
	}
	return h[0], nil
}
