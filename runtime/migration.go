package migrate

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"
	"sync"
)

// Migration is a named list of ops with its parents. It is written by the generator, read by a person, and from then on belongs to
// the application: it is never written again.
type Migration struct {
	Name    string       // as its file, without .go: "0002_product_stock"
	Parents []*Migration // what must be applied before it, be it of another set; none for the first one

	// Replaces has the names of those migrations of the same set that this one stands for, as squash writes them. A database that has
	// none of them gets this one; one that has some gets the rest, and then this one is recorded.
	Replaces []string

	// OpsFunc returns the ops. It is called once, and once for each copy of the migration, when something first asks for what the migrations of a set do: a
	// program that finds nothing to do makes no ops when it starts, however many migrations it has.
	OpsFunc func() []Op

	// Ops are the ops instead of OpsFunc, for those written by hand in a test or a program, and in files of releases that knew no OpsFunc. Of a migration with
	// OpsFunc they are nil until a set that it is in is asked for its migrations, as by [Set.Migrations] and [Set.Head].
	Ops []Op

	owner  *Set          // the first set that was made of it, see Set.ownerOf
	self   *Migration    // a copy of it has no owner
	called *Migration    // it, when Ops are what OpsFunc returned; of a copy, what it is a copy of
	making chan struct{} // closed when OpsFunc, which somebody calls now, has returned
}

// calling guards the last three fields of Migration and its Ops: one may be in several sets.
var calling sync.Mutex

// ops returns the ops, and calls OpsFunc when that was not done before.
func (m *Migration) ops() (ops []Op, err error) {
	if m.OpsFunc == nil {
		return m.Ops, nil
	}
	calling.Lock()
	defer calling.Unlock()
	for m.making != nil {
		others := m.making
		calling.Unlock()
		<-others
		calling.Lock()
	}
	switch {
	case m.called == m:
		return m.Ops, nil
	case m.called == nil && m.Ops != nil:
		return nil, errors.New("it has both Ops and OpsFunc: take one of them out")
	case m.called != nil && len(m.Ops) > 0 && !sameList(m.Ops, m.called.Ops):
		return m.Ops, nil // a copy that was given others
	}
	done, returned := make(chan struct{}), false
	m.making = done
	calling.Unlock() // it may ask another set for its migrations
	defer func() {
		calling.Lock()
		m.making = nil
		close(done)
		if returned && err == nil {
			m.Ops, m.called = ops, m
		}
	}()
	ops, err = m.call()
	returned = true // it may end the goroutine, as the Fatal of a test does
	return ops, err
}

func sameList(a, b []Op) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

func (m *Migration) call() (ops []Op, err error) {
	defer func() {
		if p := recover(); p != nil {
			file, line := runtime.FuncForPC(reflect.ValueOf(m.OpsFunc).Pointer()).FileLine(reflect.ValueOf(m.OpsFunc).Pointer())
			err = fmt.Errorf("OpsFunc, at %s:%d, panics: %v", filepath.Base(file), line, p)
		}
	}()
	return m.OpsFunc(), nil
}
