package migrations

import (
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// objectWords returns words for what becomes of views, functions and the like. What only goes out of the way and comes back is left out, and so is what hangs on others, unless there is
// nothing else.
func objectWords(ops []migrate.Op) (words []string) {
	gone, back := map[string]schema.SQLObject{}, map[string]bool{}
	for _, op := range ops {
		switch from, to, ok := migrate.ObjectChange(op); {
		case !ok:
		case to == nil:
			gone[from.Key()] = *from
		case from == nil:
			back[to.Key()] = true
		}
	}
	var hanging []string
	prefix := "take_over_" // before the first
	taken := map[string]bool{}
	for _, op := range ops {
		from, to, ok := migrate.ObjectChange(op)
		if o, is := op.(migrate.SQL); is && o.TakesOver() {
			for _, made := range o.Schema {
				if _, x, ok := migrate.ObjectChange(made); ok {
					taken[x.Key()] = true
					words = append(words, prefix+objectName(*x))
					prefix = ""
				}
			}
		}
		if !ok {
			continue
		}
		if from != nil && taken[from.Key()] || to != nil && taken[to.Key()] {
			continue
		}
		o, word := to, ""
		switch {
		case to == nil && back[from.Key()]:
			continue
		case to == nil:
			o, word = from, "drop_"
		case from != nil && from.Name != to.Name:
			word = "rename_" + objectName(*from) + "_to_"
		case from != nil:
			word = "alter_"
		default:
			if was, again := gone[to.Key()]; again && was.Equal(*to) {
				continue
			} else if again {
				word = "alter_"
			}
		}
		if w := word + objectName(*o); hangs(o.Kind) {
			hanging = append(hanging, w)
		} else {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		return hanging
	}
	return words
}

func hangs(k schema.ObjectKind) bool {
	return k == schema.CommentKind || k == schema.GrantKind || k == schema.ViewIndexKind || k == schema.RowSecurityKind
}

func objectName(o schema.SQLObject) string {
	bare, _, _ := strings.Cut(o.Name, "(")
	switch {
	case o.Kind == schema.CommentKind:
		return "comment_on_" + bare
	case o.Kind == schema.GrantKind:
		return "grant_" + o.Name
	case o.Kind == schema.RowSecurityKind:
		return singular(base(bare)) + "_row_security"
	case o.Kind != schema.ViewIndexKind && o.Kind != schema.PartitionKind && o.Table != "":
		return singular(base(o.Table)) + "_" + bare
	}
	return base(bare)
}
