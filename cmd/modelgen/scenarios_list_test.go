package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/build"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/packages"
)

// exported holds, by their arguments, what the go command said of the export data of packages that are the same for all scenarios.
var exported sync.Map

// goList says what go list would, which takes most of the time of a scenario where it is run for each load: the files of the packages of a scenario are read
// here, and what these import is listed once for all scenarios. That the go command says the same is for the scripts to show, where it is asked each time.
func (s *scenario) goList(ctx context.Context, dir string, args []string) ([]byte, error) {
	patterns := args[slices.Index(args, "--")+1:]
	switch {
	case !slices.Contains(args, "-export"):
		s.asked++
		return s.packages(args, patterns)
	case slices.ContainsFunc(patterns, func(p string) bool { return strings.HasPrefix(p, "example.com/shop/") }):
		return s.runGoList(ctx, dir, args)
	}
	once, _ := exported.LoadOrStore(fmt.Sprint(args), sync.OnceValues(func() ([]byte, error) { return s.runGoList(context.WithoutCancel(ctx), dir, args) }))
	return once.(func() ([]byte, error))()
}

func (s *scenario) runGoList(ctx context.Context, dir string, args []string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list"}, args...)...)
	cmd.Dir = dir
	return cmd.Output()
}

// packages lists the files of packages of the scenario.
func (s *scenario) packages(args, patterns []string) ([]byte, error) {
	c := build.Default
	for _, arg := range args {
		if tags, ok := strings.CutPrefix(arg, "-tags="); ok {
			c.BuildTags = strings.Split(tags, ",")
		}
	}
	module := &packages.Module{Path: "example.com/shop", Main: true, Dir: s.dir, GoMod: filepath.Join(s.dir, "go.mod"), GoVersion: "1.26"}
	var out bytes.Buffer
	listed := map[string]bool{}
	for _, pattern := range patterns {
		name, ok := strings.CutPrefix(pattern, "./")
		if !ok {
			name, ok = strings.CutPrefix(pattern, module.Path+"/")
		}
		if !ok {
			return nil, errors.New(pattern + " is not of the scenario")
		}
		if listed[name] {
			continue
		}
		listed[name] = true
		p, err := c.ImportDir(filepath.Join(s.dir, filepath.FromSlash(name)), 0)
		if err != nil {
			return nil, err
		}
		err = json.NewEncoder(&out).Encode(map[string]any{
			"ImportPath": path.Join(module.Path, name), "Name": p.Name, "Dir": p.Dir, "Module": module,
			"GoFiles": p.GoFiles, "CgoFiles": p.CgoFiles, "IgnoredGoFiles": p.IgnoredGoFiles, "IgnoredOtherFiles": p.IgnoredOtherFiles,
		})
		if err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}
