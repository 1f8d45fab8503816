//go:build !linux && !darwin && !freebsd

package machine

import "os"

// Free returns how many bytes the file system of a directory has for whoever asks; ok is false when it does not say.
func Free(string) (bytes int64, ok bool) { return 0, false }

// Alive reports whether a process of this machine is there.
func Alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	_ = p.Release()
	return true
}
