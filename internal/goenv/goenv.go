// Package goenv reads the settings of the go command as it does: the environment, what go env -w has written, and what came with Go. To ask go env takes a process.
package goenv

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Get returns a setting by an environment, in which the last one of a name counts, and by the files. nil is the environment of this process.
func Get(env []string, key string) string {
	if v := variable(env, key); v != "" {
		return v
	}
	for _, path := range Files(env) {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		value := ""
		for line := range strings.Lines(string(text)) {
			if v, ok := strings.CutPrefix(strings.TrimSpace(line), key+"="); ok {
				value = v
			}
		}
		if value != "" {
			return value
		}
	}
	return ""
}

func variable(env []string, key string) string {
	if env == nil {
		return os.Getenv(key)
	}
	for _, e := range slices.Backward(env) {
		if v, ok := strings.CutPrefix(e, key+"="); ok {
			return v
		}
	}
	return ""
}

// Files returns the files with settings, those that go before the next first. They need not be there.
func Files(env []string) (paths []string) {
	switch file := variable(env, "GOENV"); file {
	case "off":
	case "":
		if dir, err := os.UserConfigDir(); err == nil {
			paths = append(paths, filepath.Join(dir, "go", "env"))
		}
	default:
		paths = append(paths, file)
	}
	if root, _, err := Root(); err == nil {
		paths = append(paths, filepath.Join(root, "go.env"))
	}
	return paths
}

// Root returns the folder of the Go that the go command in PATH belongs to, and the path of the command. A command that only calls another, as a version
// manager has it, belongs to none, and neither does one of a Go that was not released.
func Root() (root, command string, err error) {
	if command, err = exec.LookPath("go"); err != nil {
		return "", "", err
	}
	if command, err = filepath.EvalSymlinks(command); err != nil {
		return "", "", err
	}
	bin := filepath.Dir(command)
	if root = filepath.Dir(bin); filepath.Base(bin) != "bin" || !IsRelease(root) {
		return "", "", fmt.Errorf("%s is not in the folder bin of a Go", command)
	}
	return root, command, nil
}

// IsRelease reports whether a folder is that of a released Go: its packages are those of the version that stands there.
func IsRelease(root string) bool {
	text, err := os.ReadFile(filepath.Join(root, "VERSION"))
	return err == nil && strings.HasPrefix(string(text), "go1.")
}
