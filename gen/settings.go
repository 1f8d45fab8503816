package gen

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/internal/dialects"
	"github.com/modelgen/modelgen/gen/internal/paths"
	"github.com/modelgen/modelgen/gen/lint"
	migrate "github.com/modelgen/modelgen/runtime"
)

// settingsName is the name of the optional file with settings that are no facts of the schema.
const settingsName = "modelgen.json"

// settings are what the file says.
type settings struct {
	lint     lint.Settings
	dialects []string // what lint looks at; nil is those of the snapshot
	allow    []string // what verify passes over
}

// readSettings reads the settings beside the migrations, or at the root of their module. No file is no settings.
func readSettings(dir string, known map[string]migrate.Dialect) (settings, error) {
	for _, d := range []string{dir, paths.ModuleRoot(dir)} {
		if d == "" {
			continue
		}
		path := filepath.Join(d, settingsName)
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return settings{}, paths.Error(path, err)
		}
		return decodeSettings(paths.Shown(path), data, known)
	}
	return settings{}, nil
}

func decodeSettings(path string, data []byte, known map[string]migrate.Dialect) (settings, error) {
	var file struct {
		Lint     map[string]string `json:"lint"`
		Dialects string            `json:"dialects"`
		Verify   struct {
			Allow []string `json:"allow"`
		} `json:"verify"`
	}
	s := settings{lint: lint.Settings{}}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		return s, fmt.Errorf(`%s: it is not what it should be, {"dialects": "%s", "lint": {"MG101": "note"}, "verify": {"allow": ["trigger audit on issues"]}}: %w`,
			path, strings.Join(dialects.Words(known), ","), err)
	}
	if _, err := d.Token(); err != io.EOF {
		return s, errors.New(path + ": there is more after its end")
	}
	var errs []error
	for _, code := range slices.Sorted(maps.Keys(file.Lint)) {
		if !lint.Known(code) {
			errs = append(errs, fmt.Errorf("%s: lint: there is no check %s; docs/lint.md lists them", path, code))
			continue
		}
		severity, err := lint.ParseSeverity(file.Lint[code])
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: lint: %s: %w", path, code, err))
		}
		s.lint[code] = severity
	}
	for _, p := range file.Verify.Allow {
		if err := migrate.NewSet("allow").Allow(p).Err(); err != nil {
			errs = append(errs, fmt.Errorf("%s: verify: %s", path, strings.TrimPrefix(err.Error(), "set allow: ")))
		}
		s.allow = append(s.allow, p)
	}
	for d := range strings.SplitSeq(file.Dialects, ",") {
		if d = strings.TrimSpace(d); d == "" && file.Dialects == "" {
			continue
		}
		if err := dialects.Check(d, known); err != nil {
			errs = append(errs, fmt.Errorf("%s: dialects: %w", path, err))
		}
		s.dialects = append(s.dialects, d)
	}
	return s, errors.Join(errs...)
}
