package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/runtime/cli/terminal"
)

// attended reports whether a person sits at both ends. Under go generate stdin is the null device, which is no terminal.
func attended(e env) bool {
	in, ok := e.stdin.(*os.File)
	return ok && os.Getenv("CI") == "" && terminal.Is(in) && terminal.Is(e.stderr)
}

// errUnanswered ends a conversation: nothing is written.
var errUnanswered = errors.New("not answered")

// typed is what a person types. It is at its end when ctx is done, as Ctrl-C shall end a question, and a read of a terminal waits for a line.
type typed struct {
	ctx context.Context
	e   env
}

func answers(ctx context.Context, e env) *bufio.Reader { return bufio.NewReader(typed{ctx, e}) }

func (t typed) Read(p []byte) (int, error) {
	type read struct {
		data []byte
		err  error
	}
	came := make(chan read, 1)
	go func() {
		buf := make([]byte, len(p)) // p is the caller's again when ctx is done
		n, err := t.e.stdin.Read(buf)
		came <- read{buf[:n], err}
	}()
	select {
	case <-t.ctx.Done():
		fmt.Fprintln(t.e.stderr)
		return 0, io.EOF
	case r := <-came:
		return copy(p, r.data), r.err
	}
}

// ask puts the questions to the person at the terminal and adds what they say to the answers. It returns that as flags, too, also when a question is left.
func ask(e env, in *bufio.Reader, questions []gen.Question, a *diff.Answers) (given []string, _ error) {
	for _, q := range questions {
		q.Choice = open(q.Choice, given)
		text := q.Text
		if q.Pos.IsValid() {
			text = q.Pos.String() + ": " + text
		}
		e.say(text)
		for i, c := range q.Choice {
			if c.Flag == "" {
				fmt.Fprintf(e.stderr, "  %d  %s (stops here: change the model)\n", i+1, c.Means)
			} else {
				fmt.Fprintf(e.stderr, "  %d  %s (%s)\n", i+1, c.Means, c.Flag)
			}
		}
		choice, err := choose(e, in, len(q.Choice))
		if err != nil {
			return given, err
		}
		flag, err := answer(e, in, q.Choice[choice], a)
		if err != nil {
			return given, err
		}
		given = append(given, flag)
	}
	return given, nil
}

// open returns the choices that are open still: no two things are renamed to the same one.
func open(all []diff.Choice, given []string) []diff.Choice {
	return slices.DeleteFunc(slices.Clone(all), func(c diff.Choice) bool {
		to := renamedTo(c.Flag)
		return to != "" && slices.ContainsFunc(given, func(flag string) bool { return renamedTo(flag) == to })
	})
}

// renamedTo returns what an answer renames to, with its table where it has one, "" for any other answer.
func renamedTo(flag string) string {
	value, ok := strings.CutPrefix(flag, "-rename ")
	if !ok {
		return ""
	}
	from, to, _ := strings.Cut(unquote(value), "=")
	owner, _, _ := strings.Cut(from, `"`) // a value of an enum that needs quotes
	return owner[:strings.LastIndex(owner, ".")+1] + to
}

// choose reads the number of a choice.
func choose(e env, in *bufio.Reader, n int) (int, error) {
	for {
		fmt.Fprintf(e.stderr, "1-%d, or nothing to stop: ", n)
		line, err := readLine(in)
		if err != nil {
			return 0, err
		}
		if i, err := strconv.Atoi(line); err == nil && i >= 1 && i <= n {
			return i - 1, nil
		}
		fmt.Fprintf(e.stderr, "%q is none of these\n", line)
	}
}

func readLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadString('\n')
	if line = strings.TrimSpace(line); line == "" || err != nil && err != io.EOF {
		return "", errUnanswered
	}
	return line, nil
}

// answer takes a choice up, and asks for the SQL when it needs some. It returns the flag that says the same.
func answer(e env, in *bufio.Reader, c diff.Choice, a *diff.Answers) (string, error) {
	flag, value, _ := strings.Cut(c.Flag, " ")
	value = unquote(value)
	if object, ok := strings.CutSuffix(value, "=SQL"); ok && (flag == "-fill" || flag == "-convert") {
		fmt.Fprintf(e.stderr, "SQL for %s: ", object)
		sql, err := readLine(in)
		if err != nil {
			return "", err
		}
		value = object + "=" + sql
	}
	switch flag {
	case "-rename":
		a.Renames = append(a.Renames, value)
	case "-drop":
		a.Drops = append(a.Drops, value)
	case "-keep":
		a.Keeps = append(a.Keeps, value)
	case "-fill":
		a.Fills = append(a.Fills, value)
	case "-convert":
		a.Converts = append(a.Converts, value)
	default:
		return "", errUnanswered
	}
	return flag + " " + diff.Quote(value), nil
}

// unquote undoes [diff.Quote].
func unquote(s string) string {
	if inner, ok := strings.CutPrefix(s, "'"); ok {
		return strings.ReplaceAll(strings.TrimSuffix(inner, "'"), `'\''`, "'")
	}
	return s
}
