// Package replayer has the program that replays migrations which cannot be read from their text: it imports them, applies their ops to an empty
// schema, and writes what comes of that. The program is a package of this module, compiled with it, and embedded here as text. This package runs nothing.
package replayer

import (
	_ "embed"
	"strconv"
	"strings"
)

//go:embed program/main.go
var program string

// standIn is the import that the migrations of a user replace.
const standIn = `"github.com/modelgen/modelgen/gen/internal/replayer/migrations"`

// Program returns the text of the program for the migrations in the package of that import path.
func Program(importPath string) string {
	return strings.Replace(program, standIn, strconv.Quote(importPath), 1)
}
