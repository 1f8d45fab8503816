//go:build linux || darwin || freebsd

package machine

import "syscall"

// Free returns how many bytes the file system of a directory has for whoever asks; ok is false when it does not say.
func Free(dir string) (bytes int64, ok bool) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return 0, false
	}
	return int64(fs.Bavail) * int64(fs.Bsize), true
}

// Alive reports whether a process of this machine is there.
func Alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || err == syscall.EPERM
}
