package load

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/packages"
)

// The go command takes most of the time of a load. Package packages starts it three times, and has it compile the packages of the models, which are read
// from source here. So packages in which nothing is wrong are listed without it, by two go commands side by side: one tells the files of the models, the
// other the export data of what they import. Whatever is not as expected is left to package packages, which finds the words for it.

// golisted is a package as go list -json prints it.
type golisted struct {
	ImportPath, Name, Dir, Export string

	GoFiles, CgoFiles, IgnoredGoFiles, IgnoredOtherFiles, Imports []string
	EmbedPatterns, TestEmbedPatterns, XTestEmbedPatterns          []string

	Standard bool
	Module   *packages.Module
	Error    *struct{ Err string }
}

// alwaysListed are the fields of a package that say where it is, and what belongs to it, see listing.
const alwaysListed = ",ImportPath,Dir,Standard,Module,CgoFiles,EmbedPatterns,TestEmbedPatterns,XTestEmbedPatterns,Error"

// golist runs go list with flags, for packages.
func (l *loader) golist(ctx context.Context, flags []string, paths []string) ([]*golisted, error) {
	args := slices.Concat([]string{"-e", "-buildvcs=false", "-tags=" + withGuardTag(l.cfg.BuildTags, l.goflags())}, flags, []string{"--"}, paths)
	run := l.cfg.GoList
	if run == nil {
		run = l.runGoList
	}
	out, err := run(ctx, l.dirs[0], args)
	if err != nil {
		return nil, err
	}
	var all []*golisted
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		p := new(golisted)
		if err := d.Decode(p); errors.Is(err, io.EOF) {
			l.listing.add(all)
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
}

// runGoList is the [GoList] that runs the go command.
func (l *loader) runGoList(ctx context.Context, dir string, args []string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list"}, args...)...)
	cmd.Dir, cmd.Env = dir, append(l.quick(), "PWD="+dir) // the paths that it returns begin as this one does, whatever links lead there
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = time.Second // it ends what it has started itself
	return cmd.Output()
}

// files lists the packages of patterns, without what they import.
func (l *loader) files(ctx context.Context, patterns []string) ([]*packages.Package, error) {
	all, err := l.golist(ctx, []string{"-find", "-json=Name,GoFiles,IgnoredGoFiles,IgnoredOtherFiles" + alwaysListed}, patterns)
	if err != nil {
		return nil, err
	}
	var roots []*packages.Package
	for _, p := range all {
		if p.Error != nil || len(p.CgoFiles) > 0 || len(p.GoFiles) == 0 {
			return nil, errors.New(p.ImportPath + " is for package packages")
		}
		in := func(names []string) (paths []string) {
			for _, name := range names {
				paths = append(paths, filepath.Join(p.Dir, name))
			}
			return paths
		}
		roots = append(roots, &packages.Package{
			ID: p.ImportPath, PkgPath: p.ImportPath, Name: p.Name, Dir: p.Dir, Module: p.Module, GoFiles: in(p.GoFiles), CompiledGoFiles: in(p.GoFiles),
			IgnoredFiles: append(in(p.IgnoredGoFiles), in(p.IgnoredOtherFiles)...), Imports: map[string]*packages.Package{},
		})
	}
	return roots, nil
}

// exported lists packages with all that they import, each with the file of its export data, and takes them up in known. What the go command cannot make
// export data of is not among them.
func (l *loader) exported(ctx context.Context, paths []string, known map[string]*packages.Package) error {
	if len(paths) == 0 {
		return nil
	}
	all, err := l.golist(ctx, []string{"-export", "-deps", "-pgo=off", "-json=Export,Imports" + alwaysListed}, paths)
	if err != nil {
		return err
	}
	for _, p := range all { // what is imported comes before what imports it
		if known[p.ImportPath] != nil || p.Error != nil || p.Export == "" {
			continue
		}
		pkg := &packages.Package{ID: p.ImportPath, PkgPath: p.ImportPath, ExportFile: p.Export, Imports: map[string]*packages.Package{}}
		for _, path := range p.Imports {
			if dep := known[path]; dep != nil {
				pkg.Imports[path] = dep
			}
		}
		known[p.ImportPath] = pkg
	}
	return nil
}

// hasDriver reports whether something else than the go command lists packages, see [packages.Config].
func (l *loader) hasDriver() bool {
	driver := l.env("GOPACKAGESDRIVER")
	if driver == "" {
		path, err := exec.LookPath("gopackagesdriver")
		return err == nil && path != ""
	}
	return driver != "off"
}
