package cache

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// store is the directory with the records.
type store string

// seen is an input, and the hash of what was there.
type seen struct {
	input
	hash string
}

// How long a record stays that nothing has asked for, how old it gets before a use of it is noted, and how often old ones are looked for.
const (
	keep   = 30 * 24 * time.Hour
	noted  = 24 * time.Hour
	pruned = "pruned" // the name of a file: its time says when that was
)

// open returns the directory of the records, and whether there is to be one.
func open() (store, bool) {
	switch dir := os.Getenv(Variable); {
	case dir == "":
		dir, err := os.UserCacheDir()
		return store(filepath.Join(dir, "modelgen")), err == nil
	default:
		return store(dir), filepath.IsAbs(dir)
	}
}

// read returns what stands in a record. One that is cut off or was changed is none.
func (s store) read(name string) ([]seen, error) {
	path := filepath.Join(string(s), name)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	at := strings.LastIndex(strings.TrimSuffix(string(text), "\n"), "\n") + 1
	body := string(text[:at])
	if string(text) != body+sum(body) {
		return nil, errors.New("it is damaged")
	}
	var all []seen
	for line := range strings.Lines(body) {
		var one seen
		if _, err := fmt.Sscanf(line, "%s %s %q\n", &one.hash, &one.kind, &one.path); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > noted {
		now := time.Now()
		_ = os.Chtimes(path, now, now)
	}
	return all, nil
}

// sum is the last line of a record.
func sum(body string) string { return fmt.Sprintf("%x\n", sha256.Sum256([]byte(body))) }

// write puts a record in place, whole or not at all.
func (s store) write(name string, all []seen) error {
	var b strings.Builder
	for _, one := range all {
		fmt.Fprintf(&b, "%s %s %q\n", one.hash, one.kind, one.path)
	}
	if err := os.MkdirAll(string(s), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(string(s), "new-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(b.String() + sum(b.String()))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), filepath.Join(string(s), name))
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return err
	}
	s.prune()
	return nil
}

// prune takes away what nothing has asked for in a long time, once a day.
func (s store) prune() {
	mark := filepath.Join(string(s), pruned)
	if info, err := os.Stat(mark); err == nil && time.Since(info.ModTime()) < noted {
		return
	}
	_ = os.WriteFile(mark, nil, 0o600)
	now := time.Now()
	_ = os.Chtimes(mark, now, now)
	entries, _ := os.ReadDir(string(s))
	for _, e := range entries {
		record := len(e.Name()) == 2*sha256.Size || strings.HasPrefix(e.Name(), "new-")
		if info, err := e.Info(); err == nil && record && info.Mode().IsRegular() && now.Sub(info.ModTime()) > keep {
			_ = os.Remove(filepath.Join(string(s), e.Name()))
		}
	}
}
