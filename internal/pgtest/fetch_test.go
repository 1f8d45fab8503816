package pgtest

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pack writes a package as npm does.
func pack(t *testing.T, files map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "p.tgz")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	w := tar.NewWriter(z)
	for name, text := range files {
		mode := int64(0o600)
		if strings.Contains(name, "/bin/") {
			mode = 0o700
		}
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(text)), Mode: mode}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, close := range []func() error{w.Close, z.Close, f.Close} {
		if err := close(); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// TestUnpack: files keep whether they are programs, everybody may read them, and the links are made.
func TestUnpack(t *testing.T) {
	dir := t.TempDir()
	err := unpack(pack(t, map[string]string{
		"package/native/bin/initdb":       "program",
		"package/native/lib/libpq.so.5.1": "library",
		"package/native/pg-symlinks.json": `[{"source":"native/lib/libpq.so.5.1","target":"native/lib/libpq.so.5"},{"source":"native/bin/initdb","target":"native/lib/initdb"}]`,
	}), dir)
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(dir, "package")
	for range 2 { // a second time changes nothing
		if err := link(root); err != nil {
			t.Fatal(err)
		}
	}
	if err := open(root); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{"native/bin": 0o755, "native/bin/initdb": 0o755, "native/lib/libpq.so.5.1": 0o644} {
		if fi, err := os.Stat(filepath.Join(root, name)); err != nil || fi.Mode().Perm() != want {
			t.Errorf("%s: %v %v, want %v", name, fi.Mode(), err, want)
		}
	}
	for name, want := range map[string]string{"native/lib/libpq.so.5": "library", "native/lib/initdb": "program"} {
		if text, err := os.ReadFile(filepath.Join(root, name)); err != nil || string(text) != want {
			t.Errorf("%s: %q %v", name, text, err)
		}
	}
}

// TestUnpackOutside: neither a file nor a link leads out of the package.
func TestUnpackOutside(t *testing.T) {
	if err := unpack(pack(t, map[string]string{"../outside": "x"}), t.TempDir()); err == nil || !strings.Contains(err.Error(), `"../outside" is none of the package`) {
		t.Error(err)
	}
	for _, links := range []string{`[{"source":"../../x","target":"native/x"}]`, `[{"source":"native/x","target":"/x"}]`} {
		dir := t.TempDir()
		if err := unpack(pack(t, map[string]string{"package/native/pg-symlinks.json": links}), dir); err != nil {
			t.Fatal(err)
		}
		if err := link(filepath.Join(dir, "package")); err == nil || !strings.Contains(err.Error(), "leads out of the package") {
			t.Errorf("%s: %v", links, err)
		}
	}
}

func TestFetchRefuses(t *testing.T) {
	if _, err := Fetch(context.Background(), 9); err == nil || err.Error() != "there is no PostgreSQL 9 to fetch; known are 14 15 16 17 18" {
		t.Error(err)
	}
	t.Setenv("PATH", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	if _, err := cacheDir(); err != nil {
		t.Fatal(err)
	}
	_, err := Fetch(context.Background(), 18)
	if err == nil || !strings.Contains(err.Error(), "needs npm") && !strings.Contains(err.Error(), "no package of PostgreSQL for") || !strings.Contains(err.Error(), BinEnv) {
		t.Error(err)
	}
}

// TestBinEnv: the directory that is named is used, or refused, and no other one.
func TestBinEnv(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(BinEnv, dir)
	if _, err := findBin(); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("an empty directory: %v", err)
	}
	for _, name := range []string{"initdb", "postgres"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := findBin(); err != nil || got != dir {
		t.Errorf("%s, %v", got, err)
	}
}
