package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/check"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/lint"
	"github.com/modelgen/modelgen/gen/snapshot"
)

// runCheck compares models, snapshot, list and guard.
func runCheck(ctx context.Context, e env, args []string) error {
	f := flags(e, "check", "[directory]")
	asJSON := f.Bool("json", false, "print JSON")
	tags := f.String("tags", "", "build `tags`")
	since := f.String("since", "", sinceUsage)
	gitlab := f.String("gitlab", "", gitlabUsage)
	operands, err := parse(f, args)
	if err != nil {
		return err
	}
	dirs, err := migrationDirs(e, operands)
	if err != nil {
		return err
	}
	found := []finding.Finding{}
	var remarks []remark
	for _, d := range dirs {
		cfg := gen.Config{Dir: e.dir, Out: d, BuildTags: *tags, Targets: targets, Since: *since, GoList: e.goList}
		if moduleOf(e.dir) != moduleOf(filepath.Join(e.dir, d)) {
			cfg.Dir, cfg.Out = filepath.Join(e.dir, d), "." // the go command finds the models from there only
		}
		list, err := check.Run(ctx, cfg)
		if err != nil {
			return err
		}
		found = append(found, list...)
		for _, x := range list {
			severity := lint.Error
			if x.Note {
				severity = lint.Note
			}
			remarks = append(remarks, remarkOfFinding(x, severity, e.dir, cfg.Dir))
		}
	}
	failed := false
	for _, x := range found {
		failed = failed || !x.Note
		if !*asJSON {
			style := severityStyles[lint.Error]
			if x.Note {
				style = severityStyles[lint.Note]
			}
			e.sayAs(style, x.String())
		}
	}
	if *asJSON {
		if err := writeJSON(e.stdout, found); err != nil {
			return err
		}
	}
	return report(e, remarks, *gitlab, dirs[0], failed)
}

// moduleOf returns the folder with the go.mod that a folder belongs to, "" when there is none.
func moduleOf(dir string) string {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	return above(dir, "go.mod")
}

// migrationDirs returns the directories with a snapshot that the operands name: migrations by default, all below for ./...
func migrationDirs(e env, operands []string) ([]string, error) {
	if len(operands) == 0 {
		operands = []string{e.usualOut()}
	}
	var dirs []string
	for _, o := range operands {
		root, all := strings.CutSuffix(o, "...")
		if !all {
			if _, err := os.Stat(filepath.Join(e.dir, o)); err != nil {
				return nil, noDirectory(e, o, "name the one with the migrations")
			}
			if _, err := os.Stat(filepath.Join(e.dir, o, snapshot.Name)); err != nil {
				if _, err := os.Stat(filepath.Join(e.dir, o, "migrations", snapshot.Name)); err == nil {
					o = filepath.Join(o, "migrations")
				}
			}
			dirs = append(dirs, o)
			continue
		}
		if root == "" {
			root = "."
		}
		err := filepath.WalkDir(filepath.Join(e.dir, root), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && path != filepath.Join(e.dir, root) && (strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_") || d.Name() == "vendor" || d.Name() == "testdata") {
				return fs.SkipDir
			}
			if !d.IsDir() && d.Name() == snapshot.Name {
				rel, err := filepath.Rel(filepath.Join(".", e.dir), filepath.Dir(path))
				if err != nil {
					return err
				}
				dirs = append(dirs, rel)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(dirs) == 0 {
		return nil, fmt.Errorf("there is no %s below %s", snapshot.Name, strings.Join(operands, ", "))
	}
	return dirs, nil
}
