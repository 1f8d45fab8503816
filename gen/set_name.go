package gen

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

var setName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$`)

// commonNames are last words of the paths of many modules, two of which may well share a database.
var commonNames = []string{"api", "app", "application", "apps", "backend", "cmd", "core", "data", "database", "db", "demo", "example", "go", "internal", "main", "migrate", "migrations",
	"model", "models", "monorepo", "pkg", "platform", "project", "schema", "server", "service", "services", "src", "test", "web"}

// defaultSet returns the last word of a module's path that is no version, behind the one before it where the last is a common name: databases know
// sets by their names alone.
func defaultSet(module string) string {
	base, dir := path.Base(module), path.Dir(module)
	if regexp.MustCompile(`^v[0-9]+$`).MatchString(base) {
		base, dir = path.Base(dir), path.Dir(dir)
	}
	clean := func(s string) string {
		return strings.TrimLeft(regexp.MustCompile(`[^A-Za-z0-9_.-]+`).ReplaceAllString(s, "_"), "_.-")
	}
	name := clean(base)
	if owner := clean(path.Base(dir)); owner != "" && (name == "" || slices.Contains(commonNames, strings.ToLower(name))) {
		name = strings.TrimRight(owner+"-"+name, "-")
	}
	if !setName.MatchString(name) {
		return "app"
	}
	return name
}
