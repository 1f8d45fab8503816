package pgtest

import (
	"os"
	"syscall"
)

// baseDir prefers memory to disks when there is plenty of it.
func baseDir(who *user) string {
	const plenty = 2 << 30
	var fs syscall.Statfs_t
	if err := syscall.Statfs("/dev/shm", &fs); err == nil && fs.Bavail*uint64(fs.Bsize) > plenty {
		if dir, err := os.MkdirTemp("/dev/shm", "modelgen-pg-"); err == nil {
			os.Remove(dir)
			return "/dev/shm"
		}
	}
	return diskDir(who)
}
