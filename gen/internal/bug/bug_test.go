package bug

import (
	"errors"
	"io"
	"testing"
)

func TestError(t *testing.T) {
	if got := Error("there is one too many", nil).Error(); got != "internal error: there is one too many, please report it" {
		t.Error(got)
	}
	err := Error("it does not parse", io.EOF)
	if got := err.Error(); got != "internal error: it does not parse, please report it: EOF" || !errors.Is(err, io.EOF) {
		t.Error(got)
	}
}
