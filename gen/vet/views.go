package vet

import (
	"reflect"
	"slices"

	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/gen/snapshot"
)

// views tells which structs of views are others than the ones that the snapshot records, and the list hands to verify.
func (v *pass) views(models *load.Result, snap *snapshot.Snapshot) {
	for _, m := range models.Views {
		now := snapshot.View{View: m.Table, Struct: m.Struct(), Partial: m.Partial, Columns: m.Columns}
		i := slices.IndexFunc(snap.Views, func(x snapshot.View) bool { return x.View == now.View && x.Struct == now.Struct })
		if i < 0 || !reflect.DeepEqual(snap.Views[i], now) {
			v.report("drift", models.ViewAt(m), m.Name+", the struct of view "+m.Table+", is not the one that the list of migrations has: run "+m.Package.Generate)
		}
	}
}
