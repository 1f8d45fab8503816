package ptytest

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// Open makes a terminal of so many columns. What is written to it comes out of the other end (pts(4)).
func Open(t *testing.T, columns uint16) (slave *os.File, written func() string) {
	t.Helper()
	slave, _, written = OpenTyped(t, columns)
	return slave, written
}

// OpenTyped is Open with a person at the other end, who types a text. The terminal shows it, too.
func OpenTyped(t *testing.T, columns uint16) (slave *os.File, types func(text string), written func() string) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	var n, unlock uint32
	for _, c := range []struct {
		call uintptr
		arg  unsafe.Pointer
	}{
		{syscall.TIOCGPTN, unsafe.Pointer(&n)},
		{syscall.TIOCSPTLCK, unsafe.Pointer(&unlock)},
		{syscall.TIOCSWINSZ, unsafe.Pointer(&struct{ rows, columns, x, y uint16 }{24, columns, 0, 0})},
	} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, master.Fd(), c.call, uintptr(c.arg)); errno != 0 {
			t.Fatal(errno)
		}
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	text := make(chan string)
	go func() {
		var all strings.Builder
		buf := make([]byte, 4096)
		for {
			n, err := master.Read(buf)
			all.Write(buf[:n])
			if err != nil { // EIO when the other end is closed
				text <- all.String()
				return
			}
		}
	}()
	t.Cleanup(func() { master.Close() })
	types = func(text string) {
		if _, err := master.WriteString(text); err != nil {
			t.Error(err)
		}
	}
	return slave, types, func() string {
		if err := slave.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			t.Fatal(err)
		}
		return <-text
	}
}
