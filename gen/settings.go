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

	"github.com/modelgen/modelgen/gen/lint"
)

// SettingsName is the name of the optional file with settings that are no facts of the schema.
const SettingsName = "modelgen.json"

// lintSettings reads the settings beside the migrations, or at the root of their module. No file is no settings.
func lintSettings(dir string) (lint.Settings, error) {
	for _, d := range []string{dir, moduleRoot(dir)} {
		if d == "" {
			continue
		}
		path := filepath.Join(d, SettingsName)
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fileError(path, err)
		}
		s, err := decodeSettings(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", shown(path), err)
		}
		return s, nil
	}
	return nil, nil
}

func decodeSettings(data []byte) (lint.Settings, error) {
	var file struct {
		Lint map[string]string `json:"lint"`
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf(`it is not what it should be, {"lint": {"MG101": "note"}}: %w`, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("there is more after its end")
	}
	s := lint.Settings{}
	for _, code := range slices.Sorted(maps.Keys(file.Lint)) {
		if !lint.Known(code) {
			return nil, fmt.Errorf("lint: there is no check %s; docs/lint.md lists them", code)
		}
		severity, err := lint.ParseSeverity(file.Lint[code])
		if err != nil {
			return nil, fmt.Errorf("lint: %s: %w", code, err)
		}
		s[code] = severity
	}
	return s, nil
}

// moduleRoot gives the folder with the go.mod that a folder belongs to, "" when there is none.
func moduleRoot(dir string) string {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}
