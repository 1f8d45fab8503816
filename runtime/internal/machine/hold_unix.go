//go:build linux || darwin || freebsd

package machine

import (
	"errors"
	"os"
	"syscall"
)

// Hold locks a file that is open as long as this process lives; held reports whether somebody else has it, in this process too. Processes of one machine agree
// about it, whatever container they are in. With wait it waits for whoever only looks. known is false where the file system has no locks.
func Hold(f *os.File, wait bool) (held, known bool) {
	how := syscall.LOCK_EX
	if !wait {
		how |= syscall.LOCK_NB
	}
	for {
		err := syscall.Flock(int(f.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			return errors.Is(err, syscall.EWOULDBLOCK), err == nil || errors.Is(err, syscall.EWOULDBLOCK)
		}
	}
}
