package load

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestUntrimmed: a path that -trimpath has left in export data leads to the file again, in the module, vendor, a replaced folder and the module cache.
func TestUntrimmed(t *testing.T) {
	root := t.TempDir()
	mod := "module example.com/app\n\ngo 1.26\n\nrequire example.com/Base v1.2.3\n\nreplace example.com/near => ../near\n"
	if err := os.WriteFile(filepath.Join(root, "go.mod"), []byte(mod), 0o644); err != nil {
		t.Fatal(err)
	}
	l := &loader{cfg: Config{Dir: root, Env: []string{"GOMODCACHE=" + filepath.Join(root, "cache")}}, given: &Given{}}
	for name, want := range map[string]string{
		"example.com/app/models/user.go":       filepath.Join(root, "models", "user.go"),
		"example.com/near@v0.0.0/sub/x.go":     filepath.Join(root, "..", "near", "sub", "x.go"),
		"example.com/Base@v1.2.3/model.go":     filepath.Join(root, "cache", "example.com", "!base@v1.2.3", "model.go"),
		"example.com/Base@v1.2.3/sub/model.go": filepath.Join(root, "vendor", "example.com", "Base", "sub", "model.go"),
		"example.com/kept/model.go":            filepath.Join(root, "vendor", "example.com", "kept", "model.go"),
	} {
		if got := l.untrimmed(name); !slices.Contains(got, want) {
			t.Errorf("%s: %q has no %s", name, got, want)
		}
	}
}
