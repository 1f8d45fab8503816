package main

import (
	"context"
	"fmt"
	"runtime/debug"
)

// version prints the version that the build knows.
func version(_ context.Context, e env, _ []string) error {
	v := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		v = info.Main.Version
	}
	fmt.Fprintln(e.stdout, "modelgen", v)
	return nil
}
