package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/lint"
	"github.com/modelgen/modelgen/gen/snapshot"
)

// remark is a finding as the pages of GitHub and GitLab show it beside a line of a change.
type remark struct {
	file      string // from the root of the repository, "" when the finding has no place
	line, col int    // 0 is unknown
	severity  lint.Severity
	code      string // "MG101", or the name of the verb
	text      string
}

// placed is a line with its place in front, as findings are printed.
var placed = regexp.MustCompile(`(?s)^([^:\n]+\.(?:go|json))(?::(\d+))?(?::(\d+))?: (.*)$`)

var lintCode = regexp.MustCompile(`^(MG\d+): `)

// remarkOf takes a printed line apart. The folders are what its file may be relative to.
func remarkOf(line string, severity lint.Severity, code string, folders ...string) remark {
	r := remark{severity: severity, code: code, text: line}
	if m := placed.FindStringSubmatch(line); m != nil {
		if file, ok := inRepository(m[1], folders); ok {
			r.file, r.text = file, m[4]
			r.line, _ = strconv.Atoi(m[2])
			r.col, _ = strconv.Atoi(m[3])
		}
	}
	if m := lintCode.FindStringSubmatch(r.text); m != nil {
		r.code = m[1]
	}
	return r
}

// remarkOfFinding is about the place of a finding, which need not stand in its line.
func remarkOfFinding(f finding.Finding, severity lint.Severity, folders ...string) remark {
	if f.Place == "" {
		return remarkOf(f.String(), severity, "check", folders...)
	}
	r := remarkOf(f.Place+": "+f.Message(), severity, "check", folders...)
	if r.file == "" {
		r.text = f.String()
	}
	return r
}

func remarkOfHazard(h gen.Hazard, folders ...string) remark {
	return remarkOf(fmt.Sprintf("%s:%d: %s: %s; %s", h.File, h.Line, h.Code, h.Message, h.Safe), h.Severity, h.Code, folders...)
}

// inRepository returns the path of a file from the root of its repository: what has a .git, else what the machine says that it checked out.
func inRepository(file string, folders []string) (string, bool) {
	var paths []string
	for _, dir := range folders {
		path := filepath.FromSlash(file)
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		if path, err := filepath.Abs(path); err == nil {
			paths = append(paths, path)
		}
	}
	for _, there := range []func(string) string{func(p string) string { return p }, filepath.Dir} { // a finding can be about a file that is missing
		for _, path := range paths {
			if _, err := os.Stat(there(path)); err != nil {
				continue
			}
			if rel, err := filepath.Rel(repository(filepath.Dir(path)), path); err == nil && filepath.IsLocal(rel) {
				return filepath.ToSlash(rel), true
			}
		}
	}
	return "", false
}

func repository(dir string) string {
	if root := above(dir, ".git"); root != "" {
		return root
	}
	for _, name := range []string{"GITHUB_WORKSPACE", "CI_PROJECT_DIR"} {
		if root := os.Getenv(name); root != "" {
			return root
		}
	}
	return above(dir, "go.mod")
}

// report hands remarks to the services that show them beside the code, and returns errNo if there are some that fail the command. dir is the first
// directory of migrations.
func report(e env, all []remark, gitlab, dir string, failed bool) error {
	annotate(e, all)
	if err := writeGitLab(e, gitlab, elsewhere(e, dir), all); err != nil {
		return err
	}
	if failed {
		return errNo
	}
	return nil
}

// elsewhere is where findings without a place stand.
func elsewhere(e env, dir string) string {
	file := filepath.ToSlash(filepath.Join(dir, snapshot.Name))
	if rel, ok := inRepository(file, []string{e.dir}); ok {
		return rel
	}
	return file
}

// above returns dir, or the nearest folder above it, that has an entry of that name; "" when there is none.
func above(dir, entry string) string {
	for {
		if _, err := os.Stat(filepath.Join(dir, entry)); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// annotate prints remarks as workflow commands, when GitHub Actions runs the command. They go where findings go: its runner reads both streams.
func annotate(e env, all []remark) {
	if os.Getenv("GITHUB_ACTIONS") != "true" {
		return
	}
	value := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, r := range all {
		command := map[lint.Severity]string{lint.Note: "notice", lint.Warning: "warning", lint.Error: "error"}[r.severity]
		var at []string
		if r.file != "" {
			at = append(at, "file="+property.Replace(r.file))
			if r.line > 0 {
				at = append(at, fmt.Sprintf("line=%d", r.line))
			}
			if r.col > 0 {
				at = append(at, fmt.Sprintf("col=%d", r.col))
			}
		}
		at = append(at, "title="+property.Replace("modelgen "+r.code))
		fmt.Fprintf(e.stderr, "::%s %s::%s\n", command, strings.Join(at, ","), value.Replace(strings.TrimPrefix(r.text, r.code+": ")))
	}
}

const gitlabUsage = "write the findings to this `file` too, as a code quality report of GitLab"

// writeGitLab writes remarks as a code quality report, an empty one when there are none: GitLab compares it with that of the target branch.
// A finding without a place is given to the file elsewhere, as the report cannot be without.
func writeGitLab(e env, path, elsewhere string, all []remark) error {
	if path == "" {
		return nil
	}
	type lines struct {
		Begin int `json:"begin"`
	}
	type location struct {
		Path  string `json:"path"`
		Lines lines  `json:"lines"`
	}
	type issue struct {
		Description string   `json:"description"`
		CheckName   string   `json:"check_name"`
		Fingerprint string   `json:"fingerprint"`
		Severity    string   `json:"severity"`
		Location    location `json:"location"`
	}
	report := []issue{}
	seen := map[string]int{}
	for _, r := range all {
		if r.file == "" {
			r.file = elsewhere
		}
		// The line is not part of it, so that a finding that only moved is no new one.
		key := strings.Join([]string{r.code, r.file, r.text}, "\x00")
		seen[key]++
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, seen[key]))
		report = append(report, issue{
			Description: r.text, CheckName: "modelgen/" + r.code, Fingerprint: hex.EncodeToString(sum[:16]),
			Severity: map[lint.Severity]string{lint.Note: "info", lint.Warning: "minor", lint.Error: "major"}[r.severity],
			Location: location{r.file, lines{max(r.line, 1)}},
		})
	}
	file := path
	if !filepath.IsAbs(file) {
		file = filepath.Join(e.dir, file)
	}
	out, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("-gitlab %w", err)
	}
	if err := writeJSON(out, report); err != nil {
		out.Close()
		return fmt.Errorf("-gitlab %s: %w", path, err)
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("-gitlab %w", err)
	}
	return nil
}
