package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/gen/vet"
)

// asVetTool runs the command as go vet and go fix run their tools, when args are theirs: -V=full, -flags, or a file with a package to look at.
// It returns when they are not.
func asVetTool(args []string) {
	switch {
	case len(args) == 0:
		return
	case len(args) == 1 && args[0] == "-V=full":
		exitVet(printVetVersion(os.Stdout))
	case len(args) == 1 && args[0] == "-flags":
		unitchecker.Main(analyzer()) // does not return
	case strings.HasSuffix(args[len(args)-1], ".cfg") && !slices.ContainsFunc(args[:len(args)-1], func(a string) bool { return !strings.HasPrefix(a, "-") }):
		path, err := vetConfig(args[len(args)-1])
		if err != nil {
			exitVet(err)
		}
		os.Args[len(os.Args)-1] = path
		unitchecker.Main(analyzer())
	}
}

// analyzer returns the one for all dialects.
func analyzer() *analysis.Analyzer { return vet.New(slices.Collect(maps.Values(targets))...) }

func exitVet(err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "modelgen: %v\n", err)
		os.Exit(2)
	}
	os.Exit(0)
}

// printVetVersion prints what go vet keeps its results under: the program, and the snapshots, which it does not know to be read.
func printVetVersion(w io.Writer) error {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	program, state := sha256.New(), sha256.New()
	f, err := os.Open(exe)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if _, err := io.Copy(program, f); err != nil {
		return err
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	if root := workspaceOf(dir); root != "" {
		vet.Snapshots(root, func(path string) bool {
			data, readErr := os.ReadFile(path)
			if rel, err := filepath.Rel(root, path); err == nil && readErr == nil {
				fmt.Fprintf(state, "%s %d\n%s", rel, len(data), data)
			}
			return true
		})
	}
	_, err = fmt.Fprintf(w, "modelgen version %x-%x\n", program.Sum(nil)[:16], state.Sum(nil)[:16])
	return err
}

// workspaceOf returns the folder with the go.work that a folder belongs to, else that with the go.mod, else "".
func workspaceOf(dir string) string {
	for up := dir; os.Getenv("GOWORK") != "off"; up = filepath.Dir(up) {
		if _, err := os.Stat(filepath.Join(up, "go.work")); err == nil {
			return up
		}
		if up == filepath.Dir(up) {
			break
		}
	}
	return moduleOf(dir)
}

// vetConfig prepares the file in which go vet describes a package, and returns the path of the one to use: a guard is left out, so that a model is
// looked at all the more when its guard does not compile. A package that only others need is no exception: since x/tools 0.49 the file of its facts
// holds its types too, and what is in it is the business of package unitchecker.
func vetConfig(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var cfg unitchecker.Config
	var all map[string]json.RawMessage // with what this version does not know
	if err := errors.Join(json.Unmarshal(data, &cfg), json.Unmarshal(data, &all)); err != nil {
		return "", fmt.Errorf("%s is not what go vet writes: %w", path, err)
	}
	var files []string
	for _, name := range cfg.GoFiles {
		if !isGuard(name) {
			files = append(files, name)
		}
	}
	if len(files) == 0 || len(files) == len(cfg.GoFiles) {
		return path, nil
	}
	if all["GoFiles"], err = json.Marshal(files); err != nil {
		return "", err
	}
	if data, err = json.Marshal(all); err != nil {
		return "", err
	}
	path = filepath.Join(filepath.Dir(path), "modelgen.cfg") // the go command takes its folder away
	return path, os.WriteFile(path, data, 0o666)
}

// isGuard reports whether a file is a guard that modelgen wrote.
func isGuard(name string) bool {
	if !load.IsGuard(filepath.Base(name)) {
		return false
	}
	src, err := os.ReadFile(name)
	return err == nil && bytes.HasPrefix(src, []byte(emit.Generated))
}
