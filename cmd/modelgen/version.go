package main

import (
	"context"
	"fmt"
	"runtime/debug"
)

// release is the version that this source is, or becomes: the newest one in CHANGELOG.md.
const release = "0.1.0"

// version prints the release, and what the build knows of itself where that is something else: a commit, or (devel).
func version(_ context.Context, e env, _ []string) error {
	built := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		built = info.Main.Version
	}
	fmt.Fprintln(e.stdout, versionText(built))
	return nil
}

func versionText(built string) string {
	if built == "v"+release {
		return "modelgen " + release
	}
	return "modelgen " + release + ", built from " + built
}
