package load

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/load/internal/gormschema"
)

// mapper is the library whose tags are read in place of ours, and how it is set up. The tag key says it, and is recorded with it:
// "gorm,prefix:app_,singular".
type mapper struct {
	key      string // of the tags: gorm or bun
	names    gormschema.Names
	keys     bool     // foreign keys are made
	ignore   []string // keys of the tag that a plugin reads
	singular bool
}

// mappers are the libraries, with what may stand behind their names.
var mappers = map[string][]string{
	"gorm": {"prefix:", "singular", "nolowercase", "maxlength:", "nofk", "ignore:"},
	"bun":  {"singular", "fk", "ignore:"},
}

// readMapper reads the tag key of a configuration, nil when it stands for tags of ours.
func readMapper(tag string) (*mapper, error) {
	parts := strings.Split(tag, ",")
	words, ok := mappers[parts[0]]
	if !ok {
		return nil, nil
	}
	m := &mapper{key: parts[0], keys: parts[0] == "gorm"}
	for _, part := range parts[1:] {
		part = strings.TrimSpace(part)
		word, value, has := strings.Cut(part, ":")
		if has {
			word += ":"
		}
		if !slices.Contains(words, word) || has && value == "" {
			return nil, fmt.Errorf("-tag %s: unknown setting %q; behind %s can stand %s", tag, part, m.key, strings.Join(words, ", "))
		}
		switch word {
		case "prefix:":
			m.names.Prefix = value
		case "singular":
			m.singular, m.names.Singular = true, true
		case "nolowercase":
			m.names.AsIs = true
		case "maxlength:":
			n, err := strconv.Atoi(value)
			if err != nil || n < 16 {
				return nil, fmt.Errorf("-tag %s: maxlength is a number of characters, not %s", tag, value)
			}
			m.names.Max = n
		case "nofk":
			m.keys = false
		case "fk":
			m.keys = true
		case "ignore:":
			m.ignore = append(m.ignore, strings.ToUpper(value))
		}
	}
	return m, nil
}
