package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// runnerName is what this binary is called where it runs the commands of scripts one after the other.
const runnerName = "modelgen-runner"

// runners run the command for scripts. To start a process for each takes as long as most of what they do there, so there are as many as scripts run at once, each
// in the folder that a script is in and with the variables that all scripts begin with. What is about the process itself is for exec modelgen.
type runners struct {
	env  []string
	dir  string // of the scripts
	mu   sync.Mutex
	idle []*runner
}

type runner struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	ask    *json.Encoder
	answer *json.Decoder
	stderr bytes.Buffer
}

type ranCommand struct {
	Dir  string
	Args []string
}

type ranResult struct {
	Stdout, Stderr string
	Code           int
}

func newRunners(t *testing.T, m *module, dir string) *runners {
	r := &runners{env: append(slices.Clone(m.env), "HOME=/no-home", "PATH="+os.Getenv("PATH"), "TMPDIR="+t.TempDir()), dir: dir}
	t.Cleanup(func() {
		for _, one := range r.idle {
			one.in.Close()
			if err := one.cmd.Wait(); err != nil {
				t.Errorf("%v\n%s", err, &one.stderr)
			}
		}
	})
	return r
}

// take returns a runner that nobody uses.
func (r *runners) take() (*runner, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.idle); n > 0 {
		one := r.idle[n-1]
		r.idle = r.idle[:n-1]
		return one, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	one := &runner{cmd: &exec.Cmd{Path: self, Args: []string{runnerName}, Env: r.env}}
	one.cmd.Stderr = &one.stderr
	in, inErr := one.cmd.StdinPipe()
	out, outErr := one.cmd.StdoutPipe()
	if err := errors.Join(inErr, outErr); err != nil {
		return nil, err
	}
	one.in, one.ask, one.answer = in, json.NewEncoder(in), json.NewDecoder(out)
	return one, one.cmd.Start()
}

// setsVariables finds a script whose variables a runner does not have.
var setsVariables = regexp.MustCompile(`(?m)^env `)

// run runs the command and returns its exit status.
func (r *runners) run(ts *testscript.TestScript, args []string) int {
	text, err := os.ReadFile(filepath.Join(r.dir, ts.Name()+".txtar"))
	ts.Check(err)
	if setsVariables.Match(text) {
		ts.Fatalf("the script sets variables, which a process of its own has: exec %s", ownName)
	}
	one, err := r.take()
	ts.Check(err)
	var got ranResult
	if err := errors.Join(one.ask.Encode(ranCommand{ts.MkAbs("."), args}), one.answer.Decode(&got)); err != nil {
		ts.Fatalf("%v: %v\n%s", err, one.cmd.Wait(), &one.stderr)
	}
	r.mu.Lock()
	r.idle = append(r.idle, one)
	r.mu.Unlock()
	io.WriteString(ts.Stdout(), got.Stdout)
	io.WriteString(ts.Stderr(), got.Stderr)
	return got.Code
}

func (r *runners) command(ts *testscript.TestScript, neg bool, args []string) {
	if code := r.run(ts, args); (code != 0) != neg {
		ts.Fatalf("the exit status is %d", code)
	}
}

// runCommands is the main function of a runner.
func runCommands(in io.Reader, out io.Writer) error {
	var known sync.Map
	for asked, answer := json.NewDecoder(in), json.NewEncoder(out); ; {
		var c ranCommand
		if err := asked.Decode(&c); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := errors.Join(os.Chdir(c.Dir), os.Setenv("PWD", c.Dir)); err != nil {
			return err
		}
		var stdout, stderr bytes.Buffer
		code := run(context.Background(), env{
			called: ownName, stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, records: true,
			goList: func(ctx context.Context, dir string, args []string) ([]byte, error) {
				return listOnce(ctx, &known, dir, args)
			},
		}, c.Args)
		if err := answer.Encode(ranResult{stdout.String(), stderr.String(), code}); err != nil {
			return err
		}
	}
}

// listOnce runs go list. Most of what it takes is to look at all that migrations import, which is the same for all scripts that have the same go.mod: that is
// listed once.
func listOnce(ctx context.Context, known *sync.Map, dir string, args []string) ([]byte, error) {
	list := func(ctx context.Context) ([]byte, error) {
		cmd := exec.CommandContext(ctx, "go", append([]string{"list"}, args...)...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "PWD="+dir)
		return cmd.Output()
	}
	patterns := args[slices.Index(args, "--")+1:]
	if !slices.Contains(args, "-export") || slices.ContainsFunc(patterns, func(p string) bool { return strings.HasPrefix(p, "example.com/") || strings.HasPrefix(p, ".") }) {
		return list(ctx)
	}
	mod, err := os.ReadFile(filepath.Join(moduleOf(dir), "go.mod"))
	if err != nil {
		return list(ctx)
	}
	once, _ := known.LoadOrStore(strings.Join(args, " ")+"\n"+string(mod), sync.OnceValues(func() ([]byte, error) {
		return list(context.WithoutCancel(ctx)) // a command that ends before it has its answer is not the only one that asks
	}))
	return once.(func() ([]byte, error))()
}
