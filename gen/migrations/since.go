package migrations

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/internal/paths"
	"github.com/modelgen/modelgen/gen/read"
)

// Since returns those of the migrations in dir that are new or others than they were at a commit of git: where the branch here and the one of the name part,
// which is what a review is about. What is not committed yet counts.
func Since(dir, commit string, all []read.Migration) ([]read.Migration, error) {
	base, err := mergeBase(dir, commit)
	if err != nil {
		return nil, err
	}
	changed, err := git(dir, "diff", "--name-only", "--relative", "-z", base, "--", ".")
	if err != nil {
		return nil, err
	}
	untracked, err := git(dir, "ls-files", "--others", "-z", "--", ".")
	if err != nil {
		return nil, err
	}
	files := map[string]bool{}
	for name := range strings.SplitSeq(changed+untracked, "\x00") {
		files[name] = true
	}
	if !slices.ContainsFunc(all, func(m read.Migration) bool { return files[m.File] }) {
		return nil, nil
	}
	// The files as they were, in the company of those that are as they were.
	var were []read.File
	entries, err := git(dir, "ls-tree", "--name-only", "-z", base, "./")
	if err != nil {
		return nil, err
	}
	for name := range strings.SplitSeq(entries, "\x00") {
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		var src []byte
		if files[name] {
			text, err := git(dir, "show", base+":./"+name)
			if err != nil {
				return nil, err
			}
			src = []byte(text)
		} else if src, err = read.Text(filepath.Join(dir, name)); err != nil {
			return nil, paths.Error(filepath.Join(dir, name), err)
		}
		were = append(were, read.File{Name: name, Src: src})
	}
	old := map[string]string{}
	before, err := read.Files(were)
	if err != nil {
		return nil, fmt.Errorf("-since %s: a migration there does not parse: %w", commit, err)
	}
	for _, m := range before {
		old[m.Name] = m.Hash()
	}
	return slices.DeleteFunc(slices.Clone(all), func(m read.Migration) bool {
		hash, ok := old[m.Name]
		return !files[m.File] || ok && hash == m.Hash()
	}), nil
}

// mergeBase returns the commit to compare with. A shallow clone may not know where two branches part: then it is the one of the name.
func mergeBase(dir, name string) (string, error) {
	commit, err := git(dir, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	if err != nil {
		if _, e := git(dir, "rev-parse", "--git-dir"); e != nil {
			return "", fmt.Errorf("-since %s: %w", name, e)
		}
		return "", fmt.Errorf("-since %s: there is no such commit or branch here: fetch it first, as with git fetch origin main, or fetch-depth: 0 of actions/checkout", name)
	}
	commit = strings.TrimSpace(commit)
	if base, err := git(dir, "merge-base", commit, "HEAD"); err == nil {
		return strings.TrimSpace(base), nil
	}
	return commit, nil
}

// git runs git in a directory. Its own words are the error.
func git(dir string, args ...string) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	err := cmd.Run()
	if words := strings.TrimSpace(stderr.String()); err != nil && words != "" {
		first, _, _ := strings.Cut(words, "\n")
		err = errors.New(first)
	}
	return stdout.String(), err
}
