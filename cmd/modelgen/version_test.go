package main

import (
	"os"
	"regexp"
	"testing"
)

// The newest version of the changelog is the one that the command says.
func TestRelease(t *testing.T) {
	log, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	newest := regexp.MustCompile(`(?m)^## \[(\d[^\]]*)\]`).FindSubmatch(log)
	if newest == nil || string(newest[1]) != release {
		t.Errorf("CHANGELOG.md begins with version %q, modelgen version says %s", newest, release)
	}
}

func TestVersionText(t *testing.T) {
	for built, want := range map[string]string{
		"v" + release: "modelgen " + release,
		"(devel)":     "modelgen " + release + ", built from (devel)",
		"v0.1.1-0.20261128090000-0123456789ab+dirty": "modelgen " + release + ", built from v0.1.1-0.20261128090000-0123456789ab+dirty",
	} {
		if got := versionText(built); got != want {
			t.Errorf("built from %s: got %q, want %q", built, got, want)
		}
	}
}
