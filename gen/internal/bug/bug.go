// Package bug has the error of what can only be a mistake of the generator itself. It does not say what the mistake is about: who finds it does.
package bug

import (
	"errors"
	"fmt"
)

// Error returns the error that asks for a report: what is wrong, in a few words, and the error that shows it, which may be nil.
func Error(what string, err error) error {
	if err == nil {
		return errors.New("internal error: " + what + ", please report it")
	}
	return fmt.Errorf("internal error: %s, please report it: %w", what, err)
}
