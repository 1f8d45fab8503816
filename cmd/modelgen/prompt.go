package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
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

// ask puts the questions to the person at the terminal and adds what they say to the answers.
func ask(e env, in *bufio.Reader, questions []gen.Question, a *diff.Answers) error {
	for _, q := range questions {
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
			return err
		}
		if err := answer(e, in, q.Choice[choice], a); err != nil {
			return err
		}
	}
	return nil
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
	}
}

func readLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadString('\n')
	if line = strings.TrimSpace(line); line == "" || err != nil && err != io.EOF {
		return "", errUnanswered
	}
	return line, nil
}

// answer takes a choice up, and asks for the SQL when it needs some.
func answer(e env, in *bufio.Reader, c diff.Choice, a *diff.Answers) error {
	flag, value, _ := strings.Cut(c.Flag, " ")
	value = unquote(value)
	if object, ok := strings.CutSuffix(value, "=SQL"); ok && (flag == "-fill" || flag == "-convert") {
		fmt.Fprintf(e.stderr, "SQL for %s: ", object)
		sql, err := readLine(in)
		if err != nil {
			return err
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
		return errUnanswered
	}
	return nil
}

// unquote undoes [diff.Quote].
func unquote(s string) string {
	if inner, ok := strings.CutPrefix(s, "'"); ok {
		return strings.ReplaceAll(strings.TrimSuffix(inner, "'"), `'\''`, "'")
	}
	return s
}
