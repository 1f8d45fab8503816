package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
)

// TestMain lets the test program play pgrun.
func TestMain(m *testing.M) {
	if os.Getenv("PGRUN_TEST") == "1" {
		main()
	}
	os.Exit(m.Run())
}

func TestRun(t *testing.T) {
	pgtest.URL(t) // fails or skips where there is no PostgreSQL
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("the commands of this test are those of a Unix shell")
	}
	const given = "postgres://someone@example.test/x"
	for _, test := range []struct {
		name, env, script string
		code              int
		out               string
	}{
		{"given", given, `echo "$MODELGEN_TEST_POSTGRES"`, 0, given},
		{"exit code", given, "exit 7", 7, ""},
		{"signal", given, "kill -9 $$", 137, ""},
		{"own server", "", `echo "${MODELGEN_TEST_POSTGRES%%:*}"; exit 3`, 3, "postgres"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.env == "" && os.Getenv(pgtest.Env) != "" && !installed() {
				t.Skip("there is no server to start on this machine")
			}
			cmd := exec.Command(os.Args[0], "--", "sh", "-c", test.script)
			cmd.Env = append(os.Environ(), "PGRUN_TEST=1", pgtest.Env+"="+test.env)
			cmd.Stderr = os.Stderr
			out, _ := cmd.Output()
			if code := cmd.ProcessState.ExitCode(); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if got := strings.TrimSpace(string(out)); got != test.out {
				t.Errorf("printed %q, want %q", got, test.out)
			}
		})
	}
}

func installed() bool {
	s, err := pgtest.Start()
	if err == nil {
		s.Stop()
	}
	return err == nil
}

// TestRunRefuses: what was asked for is not replaced by another server.
func TestRunRefuses(t *testing.T) {
	empty := t.TempDir()
	for _, test := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"-bin", empty, "true"}, 1, empty + ", which does not hold the programs"},
		{[]string{"-version", "9", "true"}, 1, "there is no PostgreSQL 9 to fetch"},
		{[]string{"-version", "18", "-bin", empty, "true"}, 2, "usage: pgrun"},
		{nil, 2, "usage: pgrun"},
	} {
		cmd := exec.Command(os.Args[0], test.args...)
		cmd.Env = append(os.Environ(), "PGRUN_TEST=1", pgtest.Env+"=postgres://someone@example.test/x")
		out, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != test.code || !strings.Contains(string(out), test.says) {
			t.Errorf("%q: exit code %d, want %d; it said %s", test.args, code, test.code, out)
		}
	}
}
