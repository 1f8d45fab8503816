// Package dialects reads the words by which a project names its dialects, such as postgres@14. It knows none by name: those that there are are handed in.
package dialects

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

// Check refuses what is no dialect with a version.
func Check(d string, known map[string]migrate.Dialect) error {
	name, version := Split(d)
	if known[name] == nil {
		return fmt.Errorf("%s: there is no dialect %s; there are %s", d, name, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
	}
	if version < 0 {
		return fmt.Errorf("%s: the version behind @ is a whole number, as in %s", d, versioned(known))
	}
	return nil
}

// versioned returns an example of a dialect with a version.
func versioned(known map[string]migrate.Dialect) string {
	for _, w := range Words(known) {
		if strings.Contains(w, "@") {
			return w
		}
	}
	return "NAME@1"
}

// Split cuts postgres@14 into name and version, 0 for none and -1 for one that is no number.
func Split(d string) (name string, version int) {
	name, v, ok := strings.Cut(d, "@")
	if !ok {
		return name, 0
	}
	n, err := strconv.Atoi(v)
	if err != nil || n <= 0 {
		return name, -1
	}
	return name, n
}

// Names returns the names of dialects such as postgres@14.
func Names(dialects []string) []string {
	var all []string
	for _, d := range dialects {
		name, _ := Split(d)
		all = append(all, name)
	}
	return all
}

// Capabilities returns those of dialects such as postgres@14, in their order. One that is not known is left out.
func Capabilities(dialects []string, known map[string]migrate.Dialect) []migrate.Capabilities {
	var all []migrate.Capabilities
	for _, d := range dialects {
		if name, _ := Split(d); known[name] != nil {
			all = append(all, known[name].Capabilities())
		}
	}
	return all
}

// AllCapabilities returns those of all dialects, by name.
func AllCapabilities(known map[string]migrate.Dialect) []migrate.Capabilities {
	return Capabilities(slices.Sorted(maps.Keys(known)), known)
}

// Words returns all dialects, each with its oldest version, as flags have them: postgres@14.
func Words(known map[string]migrate.Dialect) []string {
	var all []string
	for _, c := range AllCapabilities(known) {
		word := c.Name
		if c.Oldest > 0 {
			word += fmt.Sprintf("@%d", c.Oldest)
		}
		all = append(all, word)
	}
	return all
}
