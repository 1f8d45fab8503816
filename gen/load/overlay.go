package load

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"

	"golang.org/x/tools/go/packages"
)

// With an overlay, package packages takes all export data for outdated, and checks all of Go's library from source to read one package of models. The
// go command knows better: it has compiled again what the overlay concerns. So the packages themselves are parsed and checked here, and what they
// import comes from the compiler.

// overlaid loads the packages of a configuration with an overlay. It reports false where package packages has to do it: it says what is wrong.
func (l *loader) overlaid(ctx context.Context, cfg *packages.Config, patterns []string) ([]*packages.Package, bool) {
	c := *cfg
	c.Context = ctx
	c.Mode = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedModule | packages.NeedDeps | packages.NeedExportFile
	c.ParseFile = nil
	roots, err := packages.Load(&c, patterns...)
	if err != nil || len(roots) == 0 {
		return nil, false
	}
	for _, p := range roots {
		if len(p.Errors) > 0 || len(p.CompiledGoFiles) == 0 || l.parse(p) != nil {
			return nil, false
		}
	}
	return roots, l.newChecker(roots).check(roots) == nil
}

// overlayFlag finds the flag in GOFLAGS, as tagsFlag does.
var overlayFlag = regexp.MustCompile(`(?:^|\s)(?:'--?overlay=([^']*)'|"--?overlay=([^"]*)"|--?overlay=(\S+))`)

// takeOverlay adds the files of an overlay in GOFLAGS to that of the configuration, which goes before it. The go command lists them where it is run for itself, but
// nobody who is handed their names reads what they stand for.
func (l *loader) takeOverlay(dir string) error {
	m := overlayFlag.FindStringSubmatch(l.goflags())
	if m == nil {
		return nil
	}
	in := func(path string) string {
		if filepath.IsAbs(path) {
			return filepath.Clean(path)
		}
		return filepath.Join(dir, path)
	}
	name := m[1] + m[2] + m[3]
	text, err := os.ReadFile(in(name))
	if err != nil {
		return fmt.Errorf("the overlay in GOFLAGS cannot be read: %w", err)
	}
	var overlay struct{ Replace map[string]string }
	if err := json.Unmarshal(text, &overlay); err != nil {
		return fmt.Errorf("the overlay in GOFLAGS, %s, is not what it should be: %w", name, err)
	}
	all := map[string][]byte{}
	for path, by := range overlay.Replace {
		if by == "" {
			return fmt.Errorf("the overlay in GOFLAGS, %s, takes %s away: modelgen reads no models so; unset GOFLAGS for it", name, path)
		}
		if all[in(path)], err = os.ReadFile(in(by)); err != nil {
			return fmt.Errorf("the overlay in GOFLAGS, %s, names a file that cannot be read: %w", name, err)
		}
	}
	maps.Copy(all, l.cfg.Overlay)
	l.cfg.Overlay = all
	return nil
}
