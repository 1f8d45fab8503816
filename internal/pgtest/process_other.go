//go:build !unix

package pgtest

import (
	"errors"
	"os/exec"
)

type user struct{}

func unprivileged() (*user, error) {
	return nil, errors.New("starting PostgreSQL for the tests is not supported on this system: set " + Env + " to the URL of a running server")
}

func (u *user) own(string) error { return nil }
func (u *user) run(*exec.Cmd)    {}
func detach(*exec.Cmd)           {}
