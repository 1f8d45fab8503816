// Command pgrun runs a command with a PostgreSQL server for its tests:
//
//	go run ./internal/pgtest/cmd/pgrun -- go test ./...
//	go run ./internal/pgtest/cmd/pgrun -version 18 go test ./...
//
// The command finds the URL in MODELGEN_TEST_POSTGRES. When that is set already, nothing is started. Otherwise a throwaway server runs
// as long as the command does; on Debian and Ubuntu, as root, a missing PostgreSQL is installed first. The exit code is that of the command.
//
// With -version or -bin a server of those programs is started in any case, and the command finds their directory in
// MODELGEN_TEST_POSTGRES_BIN. What -version names is fetched with npm, once.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/modelgen/modelgen/internal/pgtest"
)

func main() {
	version := flag.Int("version", 0, "start a server of that major `version` of PostgreSQL, fetched with npm")
	bin := flag.String("bin", "", "start a server with the programs in that `directory`")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: pgrun [-version N | -bin DIR] [--] command [argument ...]")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 || *version != 0 && *bin != "" {
		flag.Usage()
		os.Exit(2)
	}
	code, err := run(*version, *bin, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "pgrun:", err)
	}
	os.Exit(code)
}

func run(version int, bin string, args []string) (int, error) {
	// From here on no signal ends this process before it has stopped the server.
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)

	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	chosen := version != 0 || bin != ""
	if err := choose(version, bin); err != nil {
		return 1, err
	}
	if chosen || os.Getenv(pgtest.Env) == "" {
		s, err := start()
		if err != nil {
			return 1, err
		}
		defer s.Stop()
		cmd.Env = append(os.Environ(), pgtest.Env+"="+s.URL)
	}
	if len(signals) > 0 {
		return 1, errors.New("interrupted")
	}
	if err := cmd.Start(); err != nil {
		return 127, err
	}
	go func() {
		for s := range signals {
			_ = cmd.Process.Signal(s) // it may be over already
		}
	}()
	if err := cmd.Wait(); err != nil && cmd.ProcessState == nil {
		return 1, err
	}
	return exitCode(cmd.ProcessState), nil
}

// exitCode is what a shell would give: 128 and the number for a command that a signal ended.
func exitCode(state *os.ProcessState) int {
	if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return state.ExitCode()
}

// choose lets this process, and those that it starts, use the programs of a version, or those in a directory.
func choose(version int, bin string) (err error) {
	if version != 0 {
		if bin, err = pgtest.Fetch(context.Background(), version); err != nil {
			return err
		}
	}
	if bin == "" {
		return nil
	}
	if bin, err = filepath.Abs(bin); err != nil { // go test runs each test program in a directory of its own
		return err
	}
	return os.Setenv(pgtest.BinEnv, bin)
}

func start() (*pgtest.Server, error) {
	if os.Getenv(pgtest.BinEnv) != "" && !pgtest.HasClient() && canInstall() { // what is fetched has no psql
		if err := install(); err != nil {
			return nil, err
		}
	}
	s, err := pgtest.Start()
	if !errors.Is(err, pgtest.ErrNotFound) || !canInstall() {
		return s, err
	}
	if err := install(); err != nil {
		return nil, err
	}
	return pgtest.Start()
}

func canInstall() bool {
	if os.Geteuid() != 0 {
		return false
	}
	if _, err := os.Stat("/etc/debian_version"); err != nil { // Ubuntu has it too
		return false
	}
	_, err := exec.LookPath("apt-get")
	return err == nil
}

func install() error {
	fmt.Fprintln(os.Stderr, "pgrun: PostgreSQL is not installed; installing the package postgresql")
	for _, args := range [][]string{{"update"}, {"install", "-y", "--no-install-recommends", "postgresql"}} {
		cmd := exec.Command("apt-get", append([]string{"-qq"}, args...)...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("apt-get %s failed (%w), install PostgreSQL by hand:\n%s", args[0], err, out)
		}
	}
	return nil
}
