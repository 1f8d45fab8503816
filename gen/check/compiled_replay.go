package check

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/bug"
	"github.com/modelgen/modelgen/gen/internal/replayer"
	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/runtime/schema"
)

// replayName is the folder of the program that replays migrations, below theirs. It is there for the go command only.
const replayName = "internal/modelgen_replay"

// replayResult is what the program writes.
type replayResult struct {
	Err                       string
	Schema                    *schema.Schema
	Ops                       map[string]int // how many, by migration
	Misfits, Unwritten, Steps []replayStep
}

type replayStep struct {
	Migration string
	Op        int
	Text      string
	Schema    *schema.Schema
}

// compiled replays migrations that cannot be read from their text: a program that imports them is laid over the tree of the user for the go
// command, which keeps what it has built. Nothing is written into the tree. What does not compile comes as an error.
func (c *checker) compiled(ctx context.Context, cfg gen.Config) (*replayed, error) {
	got, err := c.replay(ctx, cfg, nil)
	if err != nil {
		return nil, err
	}
	r := &replayed{}
	for _, u := range got.Unwritten {
		if pos, opaque := c.position(u, got); opaque {
			r.findings = append(r.findings, notWritten(pos, u.Text))
		}
	}
	for _, m := range got.Misfits {
		pos, _ := c.position(m, got)
		r.findings = append(r.findings, finding.Finding{Place: pos.String(), Reason: m.Migration + " does not fit: " + m.Text, Fix: undoEdit, Migration: m.Migration})
	}
	if len(got.Misfits) > 0 {
		return r, nil
	}
	if got.Err != "" {
		r.findings = append(r.findings, finding.Finding{Place: filepath.ToSlash(filepath.Join(c.Shown, migrations.ListName)), Reason: got.Err})
		return r, nil
	}
	r.schema = got.Schema
	r.trace = func(found []difference) (map[object]token.Position, error) {
		tables := []string{"-"}
		for _, d := range found {
			if d.table != "" && !slices.Contains(tables, d.table) {
				tables = append(tables, d.table)
			}
		}
		got, err := c.replay(ctx, cfg, tables)
		if err != nil {
			return nil, err
		}
		t := newTracer(found)
		for _, s := range got.Steps {
			pos, _ := c.position(s, got)
			t.step(pos, s.Schema)
		}
		return t.last, nil
	}
	return r, nil
}

// position finds an op in the text, and reports whether it could not be read there.
func (c *checker) position(s replayStep, got *replayResult) (token.Position, bool) {
	i := slices.IndexFunc(c.All, func(m read.Migration) bool { return m.Name == s.Migration })
	if i < 0 {
		return token.Position{Filename: filepath.ToSlash(filepath.Join(c.Shown, migrations.ListName))}, true
	}
	m := c.All[i]
	switch {
	case len(m.Ops) == got.Ops[m.Name]:
		return m.Ops[s.Op].Pos, m.Ops[s.Op].Value == nil
	case len(m.Ops) > 0:
		return m.Ops[0].Pos, true // a list that is put together elsewhere
	}
	return m.Pos, true
}

// replay builds the program and runs it.
func (c *checker) replay(ctx context.Context, cfg gen.Config, tables []string) (*replayResult, error) {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp("", "modelgen")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	flags := []string{"-tags=" + load.BuildTags(cfg.BuildTags)}
	path, errs, err := goCommand(ctx, dir, slices.Concat([]string{"list", "-find", "-f", "{{.ImportPath}}"}, flags, []string{"."}))
	if err != nil {
		return nil, c.complaints(dir, errs, err)
	}
	overlay := map[string]string{}
	put := func(name, text string) error {
		file := filepath.Join(temp, filepath.Base(name))
		overlay[filepath.Join(dir, filepath.FromSlash(name))] = file
		return os.WriteFile(file, []byte(text), 0o600)
	}
	var vars []string
	for _, m := range c.All {
		vars = append(vars, m.Var)
	}
	list, err := emit.List(c.Package, c.Sides[0].Set, vars, "", c.Sides[0].ViewStructs(), c.Sides[0].Allow...) // that of the tree may be behind, which is said elsewhere
	if err != nil {
		return nil, err
	}
	program := replayName + "/main.go"
	if err := errors.Join(put(program, replayer.Program(strings.TrimSpace(path))), put(migrations.ListName, string(list))); err != nil {
		return nil, err
	}
	replace, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		return nil, err
	}
	overlayFile, resultFile := filepath.Join(temp, "overlay.json"), filepath.Join(temp, "result.json")
	if err := os.WriteFile(overlayFile, replace, 0o600); err != nil {
		return nil, err
	}
	args := slices.Concat([]string{"run"}, flags, linked(), []string{"-overlay=" + overlayFile, "./" + replayName, resultFile}, tables)
	if _, errs, err = goCommand(ctx, dir, args); err != nil {
		return nil, c.complaints(dir, errs, err)
	}
	data, err := os.ReadFile(resultFile)
	if err != nil {
		return nil, fmt.Errorf("the migrations were compiled, but did not reach the end of their replay: a package that they import ends the program")
	}
	got := new(replayResult)
	if err := json.Unmarshal(data, got); err != nil {
		return nil, bug.Error("the output of the replay cannot be read", err)
	}
	return got, nil
}

// linked returns the flag that leaves out what only a debugger reads, which is much of the work of the linker; flags of the environment stay as they are.
func linked() []string {
	if strings.Contains(os.Getenv("GOFLAGS"), "-ldflags") {
		return nil
	}
	return []string{"-ldflags=-s -w"}
}

// goCommand runs the go command for this machine, whatever the program is built for.
func goCommand(ctx context.Context, dir string, args []string) (out, errs string, err error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	cmd.Env = append(os.Environ(), "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH, "PWD="+dir)
	err = cmd.Run()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return stdout.String(), stderr.String(), err
}

var compilerLine = regexp.MustCompile(`^((?:[A-Za-z]:)?[^:\s]+\.go)(:\d+(?::\d+)?): (.+)$`)

// complaints returns what the go command says: the lines of the compiler as they are, but for the names of their files.
func (c *checker) complaints(dir, text string, err error) error {
	if _, exit := errors.AsType[*exec.ExitError](err); !exit {
		return err
	}
	var out finding.List
	var rest []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		m := compilerLine.FindStringSubmatch(line)
		switch {
		case m != nil:
			file := m[1]
			if filepath.IsAbs(file) {
				if rel, err := filepath.Rel(dir, file); err == nil {
					file = rel
				}
			}
			out = append(out, finding.Finding{Place: filepath.ToSlash(filepath.Join(c.Shown, file)) + m[2], Reason: m[3]})
		case line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "exit status "):
		case len(rest) < 3:
			rest = append(rest, strings.ReplaceAll(strings.TrimPrefix(line, "go: "), dir+string(filepath.Separator), ""))
		}
	}
	if len(out) > 0 {
		return out
	}
	return finding.List{{Place: filepath.ToSlash(c.Shown), Reason: "the migrations have to be compiled, and cannot be: " + strings.Join(rest, " "),
		Fix: "go build ./" + filepath.ToSlash(c.Shown) + " says more"}}
}
