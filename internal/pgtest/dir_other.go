//go:build !linux

package pgtest

func baseDir(who *user) string { return diskDir(who) }
