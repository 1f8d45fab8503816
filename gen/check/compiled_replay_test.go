package check

import (
	"runtime"
	"strings"
	"testing"
)

// TestReplayHere: what replays migrations runs on this machine, whatever the program is built for.
func TestReplayHere(t *testing.T) {
	for _, key := range []string{"GOOS", "GOARCH"} {
		t.Setenv(key, "another")
	}
	out, errs, err := goCommand(t.Context(), ".", []string{"env", "GOOS", "GOARCH"})
	if err != nil {
		t.Fatal(err, errs)
	}
	if got := strings.Fields(out); len(got) != 2 || got[0] != runtime.GOOS || got[1] != runtime.GOARCH {
		t.Errorf("it is built for %q", got)
	}
}
