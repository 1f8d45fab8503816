package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

//go:embed sqliteinspect/main.go
var sqliteInspect string

const (
	ourModule     = "github.com/modelgen/modelgen"
	sqliteDriver  = "modernc.org/sqlite"
	sqliteVersion = "latest"
)

// sqliteDrivers are the modules with a driver of SQLite, and the names of their drivers, the ones that need no C compiler first.
var sqliteDrivers = []struct{ module, driver string }{
	{sqliteDriver, "sqlite"}, {"github.com/glebarez/go-sqlite", "sqlite"}, {"github.com/glebarez/sqlite", "sqlite"},
	{"github.com/ncruces/go-sqlite3", "sqlite3"}, {"github.com/mattn/go-sqlite3", "sqlite3"},
}

// inspectSQLite describes an SQLite database with a program of its own: in the user's module when that requires a driver, else in one that is
// thrown away, which takes the driver from the module cache or the network.
func inspectSQLite(ctx context.Context, e env, file string, ignore []string) (*migrate.Inspection, error) {
	path := file
	if !filepath.IsAbs(path) {
		path = filepath.Join(e.dir, path)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return nil, fmt.Errorf("there is no database %s; nothing was written", file)
	}
	out, err := runInspect(ctx, e, append([]string{path}, ignore...))
	if err == nil {
		return readInspection(out, file)
	}
	cause := migrate.Redact(oneLine(err))                     // with the address of a proxy
	if why, ok := strings.CutPrefix(cause, "inspect: "); ok { // it was built, and the database is the matter
		return nil, fmt.Errorf("reading %s: %s; nothing was written", file, why)
	}
	return nil, fmt.Errorf("no program to read %s with can be built: %s\nnothing was written; the other way is a program that has a driver of SQLite, as the one whose database it is: app migrate inspect > db.json, "+
		"then modelgen adopt db.json", file, cause)
}

// oneLine returns what the go command says is wrong, without what it says it does, on one line.
func oneLine(err error) string {
	var lines []string
	for line := range strings.Lines(err.Error()) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") || slices.ContainsFunc([]string{"go: downloading ", "go: finding ", "go: added ", "go: upgraded ", "go: downgraded "}, func(s string) bool { return strings.HasPrefix(line, s) }) {
			continue
		}
		lines = append(lines, line)
	}
	if len(lines) > 4 {
		lines = append(lines[:4], "and more")
	}
	return strings.Join(lines, "; ")
}

func runInspect(ctx context.Context, e env, args []string) ([]byte, error) {
	temp, err := os.MkdirTemp("", "modelgen")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	unbuilt := "" // a driver that the module requires, and why it cannot be had
	requires := required(moduleOf(filepath.Join(e.dir, ".")), true)
	lacks := func(module string) bool {
		err := hasPackage(ctx, e, module)
		if err != nil && slices.Contains(requires, module) && unbuilt == "" {
			unbuilt = fmt.Sprintf("%s, which the module here requires: %s; and otherwise: ", module, oneLine(err))
		}
		return err != nil
	}
	for _, d := range sqliteDrivers {
		likely := slices.Contains(requires, ourModule) && slices.Contains(requires, d.module) // then go run tells: to ask before takes a fifth of the time
		if !likely && lacks(d.module) {
			continue
		}
		source := filepath.Join(temp, "main.go")
		text := strings.Replace(sqliteInspect, `_ "`+sqliteDriver+`"`, `_ "`+driverPackage(d.module)+`"`, 1)
		text = strings.Replace(text, `const driver = "sqlite"`, `const driver = "`+d.driver+`"`, 1)
		if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
			return nil, err
		}
		dir := filepath.Join(moduleOf(filepath.Join(e.dir, ".")), "modelgen_inspect_sqlite")
		overlay, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(dir, "main.go"): source}})
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(temp, "overlay.json"), overlay, 0o600); err != nil {
			return nil, err
		}
		e.say("reading with a program that go run builds with " + d.module + ": the first time that takes a minute")
		out, err := goCommand(ctx, filepath.Dir(dir), nil, append([]string{"run", "-overlay", filepath.Join(temp, "overlay.json"), "./modelgen_inspect_sqlite"}, args...)...)
		if err == nil || ctx.Err() != nil || !likely || !lacks(d.module) {
			return out, err
		}
	}
	out, err := runThrowaway(ctx, e, temp, args)
	if err != nil && !strings.HasPrefix(err.Error(), "inspect: ") {
		return nil, fmt.Errorf("%s%w", unbuilt, err)
	}
	return out, err
}

// runThrowaway runs the reader in a module of its own.
func runThrowaway(ctx context.Context, e env, temp string, args []string) ([]byte, error) {
	mod, err := throwawayModule(ctx, e)
	if err != nil {
		return nil, err
	}
	for name, text := range map[string]string{"go.mod": mod, "main.go": sqliteInspect} {
		if err := os.WriteFile(filepath.Join(temp, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	e.say("reading with a program that go run builds in a module of its own with " + sqliteDriver + ": the first time that takes a minute")
	alone := []string{"GOWORK=off", "GOFLAGS=-mod=mod"}
	if _, err := goCommand(ctx, temp, alone, "get", sqliteDriver+"@"+sqliteVersion); err != nil {
		return nil, err
	}
	return goCommand(ctx, temp, alone, append([]string{"run", "."}, args...)...)
}

// driverPackage returns the package of a module that registers its driver.
func driverPackage(module string) string {
	switch module {
	case "github.com/ncruces/go-sqlite3":
		return module + "/driver"
	case "github.com/glebarez/sqlite":
		return "github.com/glebarez/go-sqlite"
	}
	return module
}

// hasPackage returns why the user's module cannot build the driver, nil when it can.
func hasPackage(ctx context.Context, e env, module string) error {
	_, err := goCommand(ctx, e.dir, nil, "list", "-deps", driverPackage(module), ourModule+"/runtime/sqlite")
	return err
}

// throwawayModule returns a go.mod that requires modelgen as the user's module does, or in the version of this command.
func throwawayModule(ctx context.Context, e env) (string, error) {
	var m struct {
		Version string
		Dir     string
		Main    bool
		Replace *struct{ Path, Version, Dir string }
	}
	out, cause := goCommand(ctx, e.dir, nil, "list", "-m", "-json", ourModule)
	if cause == nil {
		if err := json.Unmarshal(out, &m); err != nil {
			return "", err
		}
	} else if b, ok := debug.ReadBuildInfo(); ok {
		m.Version = b.Main.Version
	}
	mod := "module inspect\n\ngo 1.26\n"
	switch {
	case m.Main:
		return mod + fmt.Sprintf("\nrequire %s v0.0.0\n\nreplace %[1]s => %s\n", ourModule, m.Dir), nil
	case m.Replace != nil && m.Replace.Version == "":
		return mod + fmt.Sprintf("\nrequire %s v0.0.0\n\nreplace %[1]s => %s\n", ourModule, m.Replace.Dir), nil
	case m.Replace != nil:
		return mod + fmt.Sprintf("\nrequire %s %s\n\nreplace %[1]s => %s %s\n", ourModule, m.Version, m.Replace.Path, m.Replace.Version), nil
	case m.Version != "" && m.Version != "(devel)":
		return mod + fmt.Sprintf("\nrequire %s %s\n", ourModule, m.Version), nil
	}
	if cause != nil {
		return "", fmt.Errorf("this modelgen was built without a version, and of the module here the go command says: %w", cause)
	}
	return "", errors.New("this modelgen was built without a version, and the module here does not require one of " + ourModule)
}

// goCommand runs the go command and returns what it prints.
func goCommand(ctx context.Context, dir string, env []string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if text := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(stderr.String()), "exit status 1")); text != "" {
			return nil, errors.New(text)
		}
		return nil, err
	}
	return stdout.Bytes(), nil
}
