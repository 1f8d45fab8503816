package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/lint"
)

const sinceUsage = "lint only migrations that are new or changed against this commit or `branch` of git, such as origin/main"

// lintFiles looks for hazards in migrations, as their files are.
func lintFiles(_ context.Context, e env, args []string) error {
	f := flags(e, "lint", "[directory] [name]")
	asJSON := f.Bool("json", false, "print JSON")
	word := f.String("severity", "error", "exit with 1 for findings of this `severity` and above: note, warning or error")
	dialects := f.String("dialects", "", "`list` such as postgres@16,sqlite (default that of the snapshot)")
	since := f.String("since", "", sinceUsage)
	gitlab := f.String("gitlab", "", gitlabUsage)
	operands, err := parse(f, args)
	if err != nil {
		return err
	}
	least, err := lint.ParseSeverity(*word)
	if err == nil && least == lint.Off {
		err = fmt.Errorf("%q is for settings; it is note, warning or error", *word)
	}
	if err != nil {
		return fmt.Errorf("-severity %w", err)
	}
	folders, name, err := lintOperands(e, operands)
	if err != nil {
		return err
	}
	dirs, err := migrationDirs(e, folders)
	if err != nil {
		return err
	}
	found := []gen.Hazard{}
	for _, d := range dirs {
		cfg := gen.Config{Dir: e.dir, Out: d, Targets: targets, Since: *since}
		if *dialects != "" {
			cfg.Dialects = strings.Split(*dialects, ",")
		}
		list, err := gen.Lint(cfg, name)
		if err != nil {
			return err
		}
		found = append(found, list...)
	}
	failed := false
	var remarks []remark
	for _, h := range found {
		remarks = append(remarks, remarkOfHazard(h, e.dir))
		failed = failed || h.Severity >= least
		if !*asJSON {
			e.say(h.String())
		}
	}
	if *asJSON {
		if err := writeJSON(e.stdout, found); err != nil {
			return err
		}
	}
	return report(e, remarks, *gitlab, dirs[0], failed)
}

// lintOperands tells folders from the name of a migration; a file stands for both.
func lintOperands(e env, operands []string) (folders []string, name string, err error) {
	for _, o := range operands {
		info, stat := os.Stat(filepath.Join(e.dir, o))
		switch {
		case strings.HasSuffix(o, "...") || stat == nil && info.IsDir():
			folders = append(folders, o)
			continue
		case stat == nil && strings.HasSuffix(o, ".go"):
			folders = append(folders, filepath.Dir(o))
			o = strings.TrimSuffix(filepath.Base(o), ".go")
		case strings.ContainsAny(o, `/\`):
			return nil, "", noDirectory(e, o, "name the one with the migrations")
		}
		if name != "" {
			return nil, "", fmt.Errorf("lint: %s and %s are two names; give one, or none for all migrations", name, o)
		}
		name = o
	}
	return folders, name, nil
}

// warn prints what is a warning or worse of a migration that was written.
func warn(e env, found []gen.Hazard) {
	codes := map[string]bool{} // of errors
	for _, h := range found {
		if h.Severity >= lint.Warning {
			e.say(h.String())
		}
		if h.Severity == lint.Error {
			codes[h.Code] = true
		}
	}
	if all := slices.Sorted(maps.Keys(codes)); len(all) > 0 {
		e.say("the migration is written all the same; check and lint fail until it is another one, or the file says why: //modelgen:allow " + strings.Join(all, ",") + " why")
	}
}
