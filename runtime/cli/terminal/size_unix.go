//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package terminal

import (
	"os"
	"syscall"
	"unsafe"
)

// size returns the columns and rows of a terminal, and whether it is one (tty_ioctl(4), TIOCGWINSZ).
func size(f *os.File) (columns, rows int, ok bool) {
	var s struct{ rows, columns, x, y uint16 }
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), syscall.TIOCGWINSZ, uintptr(unsafe.Pointer(&s)))
	return int(s.columns), int(s.rows), errno == 0
}

func enable(*os.File) bool { return true }
