package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// kind is what a run of modelgen finds.
type kind int

const (
	same   kind = iota // nothing changed
	column             // the first model has a column more
	first              // there is no migration yet
	kinds
	known // nothing changed, as a record says, see module.record
)

func (k kind) String() string {
	return [kinds]string{"generate, nothing changed", "generate, one column added", "generate, the first migration"}[k]
}

// shape is a module: so many models with so many columns each.
type shape struct {
	models, columns int
	tag             string // whose tags they have, "" for ours
	targets         [kinds]string
}

// series are shapes that differ in one number only; the first of a series is what the others are compared with.
var series = [][]shape{
	{
		{models: 10, columns: 10, targets: [kinds]string{same: "< 0.11 s"}},
		{models: 100, columns: 10, targets: [kinds]string{same: "< 0.15 s"}},
		{models: 1000, columns: 10, targets: [kinds]string{same: "< 0.35 s, 100 MB", first: "< 0.9 s"}},
		{models: 2000, columns: 10},
	},
	{{models: 1, columns: 10}, {models: 1, columns: 100}, {models: 1, columns: 300}},
	{{models: 1000, columns: 10, tag: "gorm", targets: [kinds]string{same: "< 1.2 of 1000 models"}}},
}

func (s shape) String() string {
	if s.models == 1 {
		return fmt.Sprintf("%d columns", s.columns)
	}
	if s.tag != "" {
		return fmt.Sprintf("%d %s models", s.models, s.tag)
	}
	return fmt.Sprintf("%d models", s.models)
}

// generate times whole processes of modelgen.
func generate(ctx context.Context, dir string, runs int) ([]row, error) {
	root, tool, err := buildTool(ctx, dir)
	if err != nil {
		return nil, err
	}
	var rows [kinds][]row
	for i, shapes := range series {
		for j, s := range shapes {
			fmt.Fprintf(os.Stderr, "bench: generate with %s\n", s)
			m := module{shape: s, dir: filepath.Join(dir, fmt.Sprintf("module%d-%d", i, j)), root: root, tool: tool}
			measured, err := m.measure(ctx, runs)
			if err != nil {
				return nil, err
			}
			for k, r := range measured {
				if j > 0 {
					smallest := rows[k][len(rows[k])-j]
					r.more = (r.best() - smallest.best()) / time.Duration(s.models-shapes[0].models+s.columns-shapes[0].columns)
				}
				rows[k] = append(rows[k], r)
			}
		}
	}
	return append(append(rows[same], rows[column]...), rows[first]...), nil
}

// process runs a command and returns what it prints on its standard output, and its peak of memory.
func process(ctx context.Context, dir, name string, args ...string) (string, int64, error) {
	var stdout, stderr strings.Builder
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	if os.Getenv(records) == "" {
		cmd.Env = append(cmd.Env, records+"=off")
	}
	if err := cmd.Run(); err != nil {
		return "", 0, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, stderr.String())
	}
	return stdout.String(), peak(cmd.ProcessState), nil
}
