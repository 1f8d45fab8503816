package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// buildTool returns the directory of this module, and modelgen.
func buildTool(ctx context.Context, dir string) (root, tool string, err error) {
	root, _, err = process(ctx, "", "go", "list", "-m", "-f", "{{.Dir}}", "github.com/modelgen/modelgen")
	if err != nil {
		return "", "", err
	}
	root = strings.TrimSpace(root)
	tool = filepath.Join(dir, "modelgen")
	if runtime.GOOS == "windows" {
		tool += ".exe"
	}
	_, _, err = process(ctx, root, "go", "build", "-o", tool, "./cmd/modelgen")
	return root, tool, err
}

// module is where modelgen is run on models of a shape.
func (c *costs) module(s shape) module {
	return module{shape: s, dir: c.path(fmt.Sprintf("%s%d", cmp.Or(s.tag, "models"), s.models)), root: c.root, tool: c.tool}
}

// generates times a run of modelgen. With fewer models to compare with it is beside that many times a run for those, else beside go list.
func generates(k kind, models, fewer int) func(context.Context, *costs) (pair, error) {
	return func(ctx context.Context, c *costs) (p pair, err error) {
		large := c.module(shape{models: models, columns: 10})
		small := c.module(shape{models: fewer, columns: 10})
		if err := large.begin(); err != nil {
			return p, err
		}
		if fewer > 0 {
			if err := small.begin(); err != nil {
				return p, err
			}
		}
		if _, _, err := large.generate(ctx, first); err != nil {
			return p, err
		}
		if k == known {
			if err := large.record(ctx, c.path("records")); err != nil {
				return p, err
			}
			defer os.Unsetenv(records)
		}
		p, err = turns(max(c.runs*3/5, 1), func() (time.Duration, error) {
			took, _, err := large.generate(ctx, k)
			return took, err
		}, func() (time.Duration, error) {
			if fewer > 0 {
				took, _, err := small.generate(ctx, k)
				return took, err
			}
			return timed(1, func() error {
				_, _, err := process(ctx, filepath.Join(large.dir, "models"), "go", "list", ".")
				return err
			})
		})
		if fewer > 0 {
			p.over = models / fewer
		}
		if err == nil {
			p.peak, err = large.most(ctx, k, c.runs)
		}
		return p, err
	}
}

// records names the variable with the directory where generate remembers runs that found nothing to do; process sets it to off where it is not set.
const records = "MODELGENCACHE"

// record makes the record of a run that finds nothing to do, which takes files that have not just been written.
func (m module) record(ctx context.Context, dir string) error {
	old := time.Now().Add(-time.Hour)
	err := filepath.WalkDir(m.dir, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Chtimes(path, old, old))
	})
	if err == nil {
		err = os.Setenv(records, dir)
	}
	if err != nil {
		return err
	}
	if _, _, err := m.generate(ctx, known); err != nil {
		return err
	}
	made, err := filepath.Glob(filepath.Join(dir, strings.Repeat("[0-9a-f]", 64)))
	if err == nil && len(made) != 1 {
		err = fmt.Errorf("%d runs are recorded, not one", len(made))
	}
	return err
}

// besideTags times a run of modelgen on models with the tags of another library, beside one on the same models with ours.
func besideTags(tag string, k kind, models int) func(context.Context, *costs) (pair, error) {
	return func(ctx context.Context, c *costs) (p pair, err error) {
		theirs := c.module(shape{models: models, columns: 10, tag: tag})
		ours := c.module(shape{models: models, columns: 10})
		for _, m := range []module{theirs, ours} {
			if err := m.begin(); err != nil {
				return p, err
			}
			if _, _, err := m.generate(ctx, first); err != nil {
				return p, err
			}
		}
		p, err = turns(c.runs, func() (time.Duration, error) {
			took, _, err := theirs.generate(ctx, k)
			return took, err
		}, func() (time.Duration, error) {
			took, _, err := ours.generate(ctx, k)
			return took, err
		})
		if err == nil {
			p.peak, err = theirs.most(ctx, k, c.runs)
		}
		return p, err
	}
}

// builds times go build after an edit of a file.
func builds(n int) func(context.Context, *costs) (pair, error) {
	return func(ctx context.Context, c *costs) (pair, error) {
		dir, err := c.project(ctx, n)
		if err != nil {
			return pair{}, err
		}
		edits := 0
		once := func(pkg string) func() (time.Duration, error) {
			return func() (time.Duration, error) {
				path := filepath.Join(dir, pkg, fmt.Sprintf("%05d_step.go", n))
				text, err := os.ReadFile(path)
				if err != nil {
					return 0, err
				}
				edits++
				text = append(text, fmt.Sprintf("\nconst edited%d = %[1]d\n", edits)...)
				if err := os.WriteFile(path, text, 0o644); err != nil {
					return 0, err
				}
				return timed(1, func() error {
					_, _, err := process(ctx, dir, "go", "build", "./"+pkg)
					return err
				})
			}
		}
		return turns(max(c.runs*3/5, 1), once("migrations"), once("goose/migrations"))
	}
}
