package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// launch is the argument with which this program is a small process that runs a command and then prints the most memory that it had, on a line of its own.
const launch = "launch"

// launched is process by way of a small process: on Linux the peak of a process is at first that of the one which started it, and what this one has in memory
// by then is more than what modelgen takes.
func launched(ctx context.Context, dir, name string, args ...string) (string, int64, error) {
	self, err := os.Executable()
	if err != nil {
		return "", 0, err
	}
	out, _, err := process(ctx, dir, self, append([]string{launch, name}, args...)...)
	if err != nil {
		return "", 0, err
	}
	out = strings.TrimSuffix(out, "\n")
	last := strings.LastIndexByte(out, '\n') + 1
	peak, err := strconv.ParseInt(out[last:], 10, 64)
	return out[:last], peak, err
}

// launches runs a command as the small process, and returns its exit code.
func launches(command []string) int {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	err := cmd.Run()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return exit.ExitCode()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(peak(cmd.ProcessState))
	return 0
}
