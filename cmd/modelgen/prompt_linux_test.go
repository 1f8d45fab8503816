package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/ptytest"
)

// TestAskOnTerminal: what a person answers is not asked again: not as a choice of the next question, and not by the command that is printed at the end.
func TestAskOnTerminal(t *testing.T) {
	m := newModule(t)
	for _, e := range append(m.env, "CI=", "TERM=xterm", "NO_COLOR=1", "GOFILE=") {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
	const before = "package models\n\ntype Product struct {\n\t_ struct{} `table:\"products\"`\n\n\tID int64 `db:\"id,pk\"`\n\tName string `db:\"name\"`\n\tNote string `db:\"note\"`\n}\n"
	s := &scenario{t: t, dir: t.TempDir()}
	s.write("go.mod", lightModule(t, m))
	s.write("go.sum", m.sum)
	s.write("models/models.go", []byte(before))
	var out strings.Builder
	if code := run(t.Context(), env{dir: s.dir, stdin: strings.NewReader(""), stdout: &out, stderr: &out}, []string{"./models"}); code != 0 {
		t.Fatalf("exit status %d: %s", code, out.String())
	}
	s.write("models/models.go", []byte(strings.NewReplacer("Name ", "Title ", `"name"`, `"title"`, "Note ", "Size ", `"note"`, `"size"`).Replace(before)))
	for _, c := range []struct{ name, types, has, lacks string }{
		{"nothing", "\n", "for instance:\n  tool ./models -rename products.name=title -rename products.note=size\n", ""},
		{"one of two", "7\n2\n\n", "\"7\" is none of these\n1-3, or nothing to stop: ", "-rename products.note=size"},
		{"the rest of the command", "2\n\n", "one of:\n  tool ./models -rename products.name=size -rename products.note=title\n  tool ./models -rename products.name=size -drop products.note\n", "    -rename products.name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			slave, types, written := ptytest.OpenTyped(t, 200)
			types(c.types)
			code := run(t.Context(), env{dir: s.dir, called: "tool", stdin: slave, stdout: slave, stderr: slave}, []string{"./models"})
			text := strings.ReplaceAll(written(), "\r\n", "\n")
			text = strings.ReplaceAll(text, " -C "+s.dir, "")
			if code != 1 || !strings.Contains(text, c.has) || c.lacks != "" && strings.Contains(text, c.lacks) {
				t.Errorf("exit status %d: %s", code, text)
			}
		})
	}
}

// TestInterruptedQuestion: Ctrl-C ends a question, although nobody types a line.
func TestInterruptedQuestion(t *testing.T) {
	slave, _, written := ptytest.OpenTyped(t, 80)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e := env{stdin: slave, stderr: slave}
	if n, err := choose(e, answers(ctx, e), 2); !errors.Is(err, errUnanswered) {
		t.Errorf("%d, %v", n, err)
	}
	if text := written(); text != "1-2, or nothing to stop: \r\n" {
		t.Errorf("%q", text)
	}
}
