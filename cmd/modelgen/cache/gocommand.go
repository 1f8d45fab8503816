package cache

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// goRoot returns the folder of Go that the go command in PATH belongs to. One that only calls another, as a version manager has it, belongs to none.
func goRoot() (root, command string, err error) {
	if command, err = exec.LookPath("go"); err != nil {
		return "", "", err
	}
	if command, err = filepath.EvalSymlinks(command); err != nil {
		return "", "", err
	}
	bin := filepath.Dir(command)
	if root = filepath.Dir(bin); filepath.Base(bin) != "bin" || !isVersion(root) {
		return "", "", fmt.Errorf("%s is not in the folder bin of Go", command)
	}
	if set := os.Getenv("GOROOT"); set != "" && !isVersion(set) {
		return "", "", fmt.Errorf("%s is no folder of a released Go", set)
	}
	return root, command, nil
}

// isVersion reports whether a folder is that of a released Go: what its packages are stands in its version.
func isVersion(root string) bool {
	text, err := os.ReadFile(filepath.Join(root, "VERSION"))
	return err == nil && strings.HasPrefix(string(text), "go1.")
}

// goCommand takes up which Go it is: the packages of a version of it do not change.
func (l *looks) goCommand() error {
	root, command, err := goRoot()
	if err != nil {
		return err
	}
	info, err := os.Stat(command)
	if err != nil {
		return err
	}
	l.see(command, fmt.Sprint(info.Size(), info.ModTime().UnixNano()), info)
	roots := []string{root}
	if set := os.Getenv("GOROOT"); set != "" {
		roots = append(roots, set)
	}
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

// goSettings returns the files with the settings of the go command, those that go before first.
func goSettings() (paths []string) {
	switch file := os.Getenv("GOENV"); file {
	case "off":
	case "":
		if dir, err := os.UserConfigDir(); err == nil {
			paths = append(paths, filepath.Join(dir, "go", "env"))
		}
	default:
		paths = append(paths, file)
	}
	if root, _, err := goRoot(); err == nil {
		paths = append(paths, filepath.Join(root, "go.env"))
	}
	return paths
}

// setting returns a setting of the go command, by the environment or its files.
func setting(key string) string {
	if v := os.Getenv(key); v != "" {
		return v
	}
	for _, path := range goSettings() {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		value := ""
		for line := range strings.Lines(string(text)) {
			if v, ok := strings.CutPrefix(strings.TrimSpace(line), key+"="); ok {
				value = v // the last one counts
			}
		}
		if value != "" {
			return value
		}
	}
	return ""
}

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
