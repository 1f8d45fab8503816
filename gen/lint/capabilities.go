package lint

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
)

// can reports whether a target is so. Checks ask for what a database does, not for its name, unless they are about statements of its own.
func (p *pass) can(is func(c migrate.Capabilities) bool) bool {
	_, ok := p.targetThat(is)
	return ok
}

// targetThat returns the first target that is so.
func (p *pass) targetThat(is func(c migrate.Capabilities) bool) (Target, bool) {
	i := slices.IndexFunc(p.in.Targets, func(t Target) bool { return is(t.Dialect) })
	if i < 0 {
		return Target{}, false
	}
	return p.in.Targets[i], true
}

func analyzedByHand(c migrate.Capabilities) bool    { return c.AnalyzedByHand }
func comparesNoJSON(c migrate.Capabilities) bool    { return c.ComparesNoJSON }
func concurrentIndexes(c migrate.Capabilities) bool { return c.ConcurrentIndexes }
func namesConstraints(c migrate.Capabilities) bool  { return c.NamesConstraints }
func nativeEnums(c migrate.Capabilities) bool       { return c.NativeEnums }
func pinsPreparedType(c migrate.Capabilities) bool  { return c.PinsPreparedType }
func privileges(c migrate.Capabilities) bool        { return c.Privileges }
func rebuildsIndexes(c migrate.Capabilities) bool   { return c.RebuildsIndexes }
