package replayer

import (
	"strings"
	"testing"
)

func TestProgram(t *testing.T) {
	got := Program("example.com/shop/migrations")
	if !strings.Contains(got, `migrations "example.com/shop/migrations"`) || strings.Contains(got, standIn) {
		t.Errorf("the program does not import the migrations:\n%s", got)
	}
}
