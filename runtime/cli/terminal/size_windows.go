package terminal

import (
	"os"
	"syscall"
	"unsafe"
)

var (
	kernel32       = syscall.NewLazyDLL("kernel32.dll")
	getScreen      = kernel32.NewProc("GetConsoleScreenBufferInfo")
	setConsoleMode = kernel32.NewProc("SetConsoleMode")
)

// size returns the columns and rows of the window of a console, and whether it is one.
func size(f *os.File) (columns, rows int, ok bool) {
	var s struct {
		size, cursor             [2]int16
		attributes               uint16
		left, top, right, bottom int16
		most                     [2]int16
	}
	r, _, _ := getScreen.Call(f.Fd(), uintptr(unsafe.Pointer(&s)))
	return int(s.right-s.left) + 1, int(s.bottom-s.top) + 1, r != 0
}

// enable makes the console understand escape sequences, which older ones do only when they are asked to.
func enable(f *os.File) bool {
	const virtualTerminal = 0x4
	var mode uint32
	if syscall.GetConsoleMode(syscall.Handle(f.Fd()), &mode) != nil {
		return false
	}
	r, _, _ := setConsoleMode.Call(f.Fd(), uintptr(mode|virtualTerminal))
	return r != 0
}
