package sqlite

import (
	"errors"
	"fmt"
	"testing"
)

// Errors in the forms of drivers. This package is called sqlite, as theirs are.
type (
	withMethod   int
	withExtended struct{ code uint16 }
	withFields   struct {
		Code         int
		ExtendedCode extendedField
	}
	extendedField int
)

func (e withMethod) Error() string           { return "some text" }
func (e withMethod) Code() int               { return int(e) }
func (e *withExtended) Error() string        { return "some text" }
func (e *withExtended) Code() uint8          { return uint8(e.code) }
func (e *withExtended) ExtendedCode() uint16 { return e.code }
func (e withFields) Error() string           { return "UNIQUE constraint failed: t.a" }
func wrapped(err error) error                { return fmt.Errorf("running: %w", err) }

func TestResultCode(t *testing.T) {
	for _, c := range []struct {
		err  error
		code int
	}{
		{withMethod(2067), 2067},
		{&withExtended{1299}, 1299},
		{&withExtended{5}, 5},
		{withFields{19, 2067}, 2067},
		{withFields{19, 0}, 19},
		{errors.New("database is locked"), 0},
	} {
		for _, err := range []error{c.err, wrapped(c.err)} {
			if n, ok := resultCode(err); n != c.code || ok != (c.code != 0) {
				t.Errorf("%T: the code is %d, %v, want %d", c.err, n, ok, c.code)
			}
		}
	}
}

func TestErrorsByCode(t *testing.T) {
	unique := hints[1].hint
	for _, c := range []struct {
		err       error
		busy, row bool
		hint      string
	}{
		{withMethod(5), true, false, ""},
		{withMethod(517), true, false, ""}, // SQLITE_BUSY_SNAPSHOT
		{withMethod(6), true, false, ""},
		{withMethod(2067), false, true, unique},
		{withMethod(1555), false, true, unique},
		{withMethod(19), false, true, ""}, // which constraint it is, the text does not say
		{withFields{19, 0}, false, true, unique},
		{errors.New("database is locked"), true, false, ""},
		{errors.New("UNIQUE constraint failed: t.a"), false, true, unique},
		{withMethod(1), false, false, ""},
	} {
		if got := isBusy(c.err); got != c.busy {
			t.Errorf("%#v is busy: %v", c.err, got)
		}
		if got := rowFault(c.err); got != c.row {
			t.Errorf("%#v is of a row: %v", c.err, got)
		}
		if got := hint(c.err); got != c.hint {
			t.Errorf("%#v: the hint is %q", c.err, got)
		}
	}
}
