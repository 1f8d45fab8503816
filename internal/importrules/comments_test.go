package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every exported name of this repository has a comment.
func TestComments(t *testing.T) {
	problems, err := uncommented(repository)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
}

func TestUncommented(t *testing.T) {
	for src, bad := range map[string]bool{
		"package a; func F() {}":                                      true,
		"package a\n// F is.\nfunc F() {}":                            false,
		"package a; func f() {}":                                      false,
		"package main; func F() {}":                                   false,
		"package a\n// T is.\ntype T int\nfunc (T) M() {}":            true,
		"package a\n// T is.\ntype T[A any] int\nfunc (*T[A]) M() {}": true,
		"package a; type t int; func (t) M() {}":                      false,
		"package a; type t[A any] int; func (*t[A]) M() {}":           false,
		"package a; type T int":                                       true,
		"package a; const C = 1":                                      true,
		"package a\n// The constants.\nconst (\nC = 1\n)":             false,
		"package a\nvar (\nV = 1 // is\n)":                            false,
	} {
		root := t.TempDir()
		if err := os.WriteFile(filepath.Join(root, "a.go"), []byte(src+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		got, err := uncommented(root)
		if err != nil {
			t.Fatal(err)
		}
		if (len(got) > 0) != bad || bad && !strings.HasPrefix(got[0], "a.go:") {
			t.Errorf("%s: got %q", src, got)
		}
	}
}
