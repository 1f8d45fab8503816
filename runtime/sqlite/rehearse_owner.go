package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/modelgen/modelgen/runtime/internal/machine"
)

// owner is what the file beside a copy says: who has made it. A copy that is kept has none. Who is at it holds the lock of the file, which the kernel takes from
// a process that is killed; in containers each process may have the number of another one.
type owner struct {
	Host  string    `json:"host"`
	Boot  string    `json:"boot,omitempty"` // of the kernel, see [machine.Boot]
	PID   int       `json:"pid"`
	Since time.Time `json:"since"`
}

// dead reports whether the one who has made a copy is gone. held says whether somebody has the lock of the mark, as far as it is known. Of another machine nothing
// is known: its locks may not be seen from here.
func (o owner) dead(held, known bool) bool {
	host, err := os.Hostname()
	switch boot := machine.Boot(); {
	case known && held:
		return false
	case known && boot != "" && o.Boot == boot:
		return true
	case err != nil || o.Host != host:
		return false
	case o.Boot != "" && boot != "" && o.Boot != boot: // the machine of that name has been started since
		return true
	case known:
		return true
	}
	return o.PID != os.Getpid() && !machine.Alive(o.PID)
}

// own makes the mark of a copy, and holds it until release.
func own(path string) (release func(), err error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(owner{host, machine.Boot(), os.Getpid(), time.Now().UTC().Truncate(time.Second)})
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil, fmt.Errorf("another rehearsal has just begun there: %s", path)
	}
	if err != nil {
		return nil, err
	}
	_, known := machine.Hold(f, true) // before it says anything, so that nobody takes it for one that is left
	if _, err := f.Write(text); err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(path))
	}
	if !known { // an open file could not be removed on every system
		return func() {}, f.Close()
	}
	return func() { _ = f.Close() }, nil
}

// leftover finds out about a mark: ok is false when there is none that says whose it is. The lock is held until release when the owner is gone.
func leftover(path string) (o owner, gone, ok bool, release func()) {
	f, err := os.Open(path)
	if err != nil {
		return o, false, false, func() {}
	}
	release = func() { _ = f.Close() }
	held, known := machine.Hold(f, false)
	text, err := os.ReadFile(path)
	ok = err == nil && json.Unmarshal(text, &o) == nil
	if gone = ok && o.dead(held, known); !gone || !known {
		release()
		release = func() {}
	}
	return o, gone, ok, release
}

// sweep removes the copies in a directory whose makers are gone.
func sweep(parent string) (removed []string) {
	found, err := filepath.Glob(filepath.Join(parent, tempPrefix+"*", copyName+markEnding))
	if err != nil {
		return nil
	}
	for _, mark := range found {
		dir := filepath.Dir(mark)
		_, gone, _, release := leftover(mark)
		if gone && os.RemoveAll(dir) == nil {
			removed = append(removed, dir)
		}
		release()
	}
	slices.Sort(removed)
	return removed
}

// clearFile makes room for a copy: what an interrupted rehearsal has left there goes, anything else is refused.
func clearFile(file string) (removed []string, err error) {
	o, gone, ours, release := leftover(file + markEnding)
	defer release()
	if gone {
		return []string{file}, errors.Join(removeCopy(file), os.Remove(file+markEnding))
	}
	if _, err := os.Lstat(file); !errors.Is(err, os.ErrNotExist) {
		if ours {
			return nil, fmt.Errorf("%s is the copy of a rehearsal that goes on: process %d on %s; where that machine is gone, delete the file and %s, and rehearse again", file, o.PID, o.Host, file+markEnding)
		}
		return nil, fmt.Errorf("%s already exists, and is no copy that a rehearsal has left; name a new file, or a directory", file)
	}
	return nil, nil
}
