package fleet

import (
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// shared are the kinds of objects that belong to the whole database: two tenants would have them in common.
var shared = []schema.ObjectKind{schema.ExtensionKind, schema.EventTriggerKind, schema.PublicationKind}

// perSchema returns an error when a set cannot be applied to one schema after the other, as it names schemas, or what belongs to the whole database.
func perSchema(set *migrate.Set, history string) error {
	var problems []string
	say := func(m *migrate.Migration, what string) {
		if text := m.Name + ": " + what; !slices.Contains(problems, text) {
			problems = append(problems, text)
		}
	}
	if ns, _ := schema.SplitName(history); ns != "" {
		return fmt.Errorf("the history %s names its schema (Options.Migrate.History): each tenant has one of its own, in its schema", history)
	}
	for _, m := range set.Migrations() {
		for _, op := range m.Ops {
			e := op.Effects()
			for _, o := range e.Makes {
				if ns, _ := schema.SplitName(o.Name); ns != "" && (o.Kind == migrate.TableObject || o.Kind == migrate.EnumObject) {
					say(m, o.Name+" names its schema")
				}
				if o.Kind == migrate.SchemaObject {
					say(m, "it creates schema "+o.Name)
				}
			}
			for _, o := range e.Objects {
				if ns, _ := schema.SplitName(o.Name); ns != "" && !slices.Contains(shared, o.Kind) {
					say(m, o.String()+" names its schema")
				}
				if slices.Contains(shared, o.Kind) {
					say(m, o.String()+" belongs to the whole database")
				}
			}
		}
	}
	if len(problems) == 0 {
		return nil
	}
	more := ""
	if n := len(problems) - 10; n > 0 {
		problems, more = problems[:10], fmt.Sprintf("\nand %d more", n)
	}
	return fmt.Errorf("set %s cannot be applied to a schema for each tenant, as all of them would have these in common; put them into a set of their own, which is applied first, by itself:\n%s%s",
		set.Name(), strings.Join(problems, "\n"), more)
}
