package gen

import (
	"context"
	"fmt"
	"path/filepath"
)

// Places returns where the structs of the tables are declared, by the names of the tables: "products" -> "models/models.go:12". The files are relative to
// cfg.Dir. It loads the models as generate does, and returns an error where they cannot be loaded.
func Places(ctx context.Context, cfg Config) (map[string]string, error) {
	a := cfg.loadAhead(ctx)
	defer a.stop()
	<-a.done
	if a.err != nil {
		return nil, a.err
	}
	all := map[string]string{}
	if a.models == nil {
		return all, nil
	}
	for _, t := range a.models.Schema.Tables {
		if pos := a.models.TablePos(t.Name); pos.IsValid() {
			all[t.Name] = fmt.Sprintf("%s:%d", filepath.ToSlash(pos.Filename), pos.Line)
		}
	}
	return all, nil
}
