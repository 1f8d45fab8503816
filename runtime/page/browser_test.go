package page

import (
	"bytes"
	_ "embed"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// browserEnv is the environment variable that names a Chromium to test with; required is any that is installed, and without one the test fails.
const browserEnv = "MODELGEN_TEST_CHROMIUM"

//go:embed testdata/selftest.js
var selftest string

// watch notes every error and everything that the policy keeps from happening.
const watch = `window.trouble = [];
addEventListener("error", e => trouble.push("error: " + e.message));
addEventListener("unhandledrejection", e => trouble.push("rejection: " + e.reason));
document.addEventListener("securitypolicyviolation", e => trouble.push("policy: " + e.violatedDirective + " " + e.blockedURI + " " + e.sample));
`

// findBrowser returns the program of a Chromium, "" when there is none.
func findBrowser() string {
	if named := os.Getenv(browserEnv); named != "" && named != "required" {
		return named
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// TestBrowser opens a page in Chromium, without a screen, and lets it be used: see testdata/selftest.js. One page has everything, names that
// try to run scripts included, so that the browser is started once.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser, which -short leaves out")
	}
	browser := findBrowser()
	if browser == "" {
		const missing = "the page was NOT tested in a browser, as there is no Chromium: make test installs it on Debian and Ubuntu as root " +
			"(apt-get install chromium, macOS: brew install --cask chromium), or set " + browserEnv + " to the path of one"
		if os.Getenv(browserEnv) != "" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	defer func(script string) { pageJS = script }(pageJS)
	pageJS = watch + pageJS + selftest // its hash is in the policy of the page, as that of the script alone is

	in := hostile(library())
	in.From, in.To = "0003_l", "0007"
	p := New(in)
	dir := t.TempDir()
	file, err := p.WriteFile(filepath.Join(dir, "page"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions", "--disable-background-networking",
		"--no-first-run", "--user-data-dir="+filepath.Join(dir, "profile"), "--window-size=1400,1000", "--virtual-time-budget=20000", "--dump-dom", "file://"+filepath.ToSlash(file)+"#selftest")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	dom, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", browser, err, stderr.String())
	}
	m := regexp.MustCompile(`(?s)<pre id="selftest">(.*?)</pre>`).FindSubmatch(dom)
	if m == nil {
		t.Fatalf("the page did not get as far as its tests; %d bytes of it:\n%.2000s\n%s", len(dom), dom, stderr.String())
	}
	result := html.UnescapeString(string(m[1]))
	passed := 0
	for line := range strings.Lines(result) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "ok "):
			passed++
		case line != "done":
			t.Error(line)
		}
	}
	if passed < 44 || !strings.HasSuffix(result, "done") {
		t.Errorf("only %d checks passed:\n%s", passed, result)
	}
}
