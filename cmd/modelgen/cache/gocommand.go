package cache

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/modelgen/modelgen/internal/goenv"
)

// goRoots returns the folders of Go, and the go command.
func goRoots() (roots []string, command string, err error) {
	root, command, err := goenv.Root()
	if err != nil {
		return nil, "", err
	}
	roots = []string{root}
	if set := os.Getenv("GOROOT"); set != "" {
		if roots = append(roots, set); !goenv.IsRelease(set) {
			return nil, "", fmt.Errorf("%s is no folder of a released Go", set)
		}
	}
	return roots, command, nil
}

// goCommand takes up which Go it is: the packages of a version of it do not change.
func (l *looks) goCommand() error {
	roots, command, err := goRoots()
	if err != nil {
		return err
	}
	info, err := os.Stat(command)
	if err != nil {
		return err
	}
	l.see(command, fmt.Sprint(info.Size(), info.ModTime().UnixNano()), info)
	for _, root := range roots {
		for _, name := range []string{"VERSION", "go.env"} {
			path := filepath.Join(root, name)
			if err := l.file(path, path); err != nil {
				return err
			}
		}
	}
	for _, compiler := range append([]string{"gcc", "clang"}, strings.Fields(setting("CC"))...) { // without one there is no cgo, and the build tag of that name
		path, _ := exec.LookPath(compiler)
		l.see(compiler, path, nil)
	}
	if os.Getenv("GOPACKAGESDRIVER") == "" {
		if driver, err := exec.LookPath("gopackagesdriver"); err == nil || !errors.Is(err, exec.ErrNotFound) {
			return fmt.Errorf("packages are listed by %s", driver)
		}
	}
	return nil
}

// setting returns a setting of the go command.
func setting(key string) string { return goenv.Get(nil, key) }

// knownFlags are the flags in GOFLAGS that lead to no other file or program.
var knownFlags = []string{"tags", "mod", "modcacherw", "trimpath", "buildvcs", "ldflags", "count", "v", "x", "p"}

// certain returns an error where the settings of the go command lead to what is not known here.
func certain() error {
	flags := setting("GOFLAGS")
	if strings.ContainsAny(flags, `'"`) {
		return errors.New("GOFLAGS has quotes")
	}
	for f := range strings.FieldsSeq(flags) {
		name, _, _ := strings.Cut(strings.TrimLeft(f, "-"), "=")
		known := false
		for _, k := range knownFlags {
			known = known || k == name && strings.HasPrefix(f, "-")
		}
		if !known {
			return fmt.Errorf("%s in GOFLAGS", f)
		}
	}
	switch on := setting("GO111MODULE"); on {
	case "", "on", "auto":
		return nil
	default:
		return fmt.Errorf("GO111MODULE=%s", on)
	}
}
