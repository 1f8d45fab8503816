package migrations

import (
	"fmt"
	"go/token"
	"regexp"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/emit"
)

// Words makes words fit for file names and Go identifiers everywhere.
func Words(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	return strings.Trim(b.String(), "_")
}

// excluded are last words of file names by which the go command leaves a file out somewhere, or takes it for a test.
var excluded = regexp.MustCompile(`_(test|aix|android|darwin|dragonfly|freebsd|hurd|illumos|ios|js|linux|nacl|netbsd|openbsd|plan9|solaris|wasip1|windows|zos|` +
	`386|amd64|amd64p32|arm|armbe|arm64|arm64be|loong64|mips|mipsle|mips64|mips64le|mips64p32|mips64p32le|ppc|ppc64|ppc64le|` +
	`riscv|riscv64|s390|s390x|sparc|sparc64|wasm)$`)

// Buildable returns a name with another last word where the go command would leave a file of that name out.
func Buildable(name string) string {
	if excluded.MatchString(name) {
		name += "_migration"
	}
	return name
}

// FileName returns the name of a migration, which is that of its file without .go.
func FileName(number int, words string) string {
	return Buildable(fmt.Sprintf("%04d_%s", number, words))
}

// VarName returns the variable of a new migration: 0002_product_stock is M0002ProductStock, 0003_user_id is M0003UserID. Those that are there keep
// the name they have.
func VarName(name string) string {
	var b strings.Builder
	b.WriteByte('M')
	for w := range strings.SplitSeq(name, "_") {
		if w == "ids" {
			b.WriteString("IDs")
			continue
		}
		b.WriteString(emit.GoWord(w))
	}
	return b.String()
}

// PackageName returns the name of a new package in a directory called dir.
func PackageName(dir string) string {
	name := strings.ReplaceAll(Words(dir), "_", "")
	if name == "" || token.IsKeyword(name) || name[0] >= '0' && name[0] <= '9' || name == "main" {
		return "migrations"
	}
	return name
}

var leadingNumber = regexp.MustCompile(`^([0-9]+)_`)

// Number returns the digits that a name begins with.
func Number(name string) string {
	if g := leadingNumber.FindStringSubmatch(name); g != nil {
		return g[1]
	}
	return ""
}

// WithoutNumber returns a name without the digits that it begins with.
func WithoutNumber(name string) string { return leadingNumber.ReplaceAllString(name, "") }

// NextNumber is one more than the highest number that one of the names begins with.
func NextNumber(names []string) int {
	highest := 0
	for _, name := range names {
		if n, err := strconv.Atoi(Number(name)); err == nil {
			highest = max(highest, n)
		}
	}
	return highest + 1
}
