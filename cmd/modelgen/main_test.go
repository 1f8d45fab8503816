package main

import (
	"os"
	"strings"
	"testing"
)

// The help lists every verb, in the words of the manual above package main.
func TestHelpListsEveryVerb(t *testing.T) {
	manual, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	for verb := range verbs {
		line := ""
		for l := range strings.Lines(usage) {
			if l = strings.TrimSpace(l); strings.HasPrefix(l, "modelgen "+verb+" ") || verb == "generate" && strings.HasPrefix(l, "modelgen [generate] ") {
				line = l
			}
		}
		if line == "" {
			t.Errorf("the help does not list %s", verb)
		} else if !strings.Contains(string(manual), "//\t"+line+"\n") {
			t.Errorf("the manual has other words than the help: %s", line)
		}
	}
	for l := range strings.Lines(usage) {
		if len(l) > 81 {
			t.Errorf("wider than a terminal of 80 columns: %s", l)
		}
	}
}
