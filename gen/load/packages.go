package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/modelgen/modelgen/internal/goenv"
)

// guardTag is the build tag that switches the generated guards off, so that a guard which no longer fits does not matter here.
const guardTag = "modelgen"

const mode = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedModule |
	packages.NeedTypes | packages.NeedSyntax

// list runs the go command and type-checks what it lists.
func (l *loader) list(ctx context.Context) ([]*packages.Package, error) {
	cfg := l.config(ctx)
	patterns := slices.Concat(l.cfg.Patterns, l.cfg.Extra, l.siblings)
	var roots []*packages.Package
	var err error
	loaded := false
	defer func() {
		if !loaded {
			l.listing.doubt()
		}
	}()
	if len(l.cfg.Overlay) > 0 {
		l.listing.doubt()
		roots, loaded = l.overlaid(ctx, cfg, patterns)
	}
	switch {
	case loaded:
	case len(l.cfg.Overlay) == 0 && !l.hasDriver():
		if roots, loaded = l.directly(ctx); !loaded && ctx.Err() == nil {
			roots, err = packages.Load(cfg, patterns...)
		}
	default:
		roots, err = packages.Load(cfg, patterns...)
	}
	if err == nil && len(roots) == 0 {
		// With export data, package packages takes every failure of the go command for one of the compiler and hides it.
		cfg.Mode = packages.NeedName
		if _, err = packages.Load(cfg, l.cfg.Patterns...); err == nil {
			err = l.complaint(ctx, cfg)
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		if strings.Contains(err.Error(), "go.mod file not found") {
			return nil, errors.New(noModule)
		}
		return nil, errors.New(l.goMessage(err.Error()))
	}
	slices.SortFunc(roots, func(a, b *packages.Package) int { return strings.Compare(a.PkgPath, b.PkgPath) })
	for _, path := range l.cfg.Extra {
		if !l.extraLeft && !slices.ContainsFunc(roots, func(p *packages.Package) bool { return p.PkgPath == path }) {
			l.failed[path] = fmt.Errorf("the go command does not find it")
		}
	}
	return roots, nil
}

// config says to package packages what is wanted.
func (l *loader) config(ctx context.Context) *packages.Config {
	return &packages.Config{
		Context: ctx, Mode: mode, Dir: l.cfg.Dir, Env: l.quick(), Fset: l.fset,
		BuildFlags: []string{"-tags=" + withGuardTag(l.cfg.BuildTags, l.goflags())}, ParseFile: parseFile, Overlay: l.cfg.Overlay,
	}
}

// complaint returns what the go command says when it ends without a list of packages, as with a go.mod or go.sum that needs an update, and nil
// when it does not say anything.
func (l *loader) complaint(ctx context.Context, cfg *packages.Config) error {
	args := append([]string{"list", "-e", "-export", "-deps", "-compiled", "-f", "{{.ImportPath}}"}, cfg.BuildFlags...)
	cmd := exec.CommandContext(ctx, "go", append(append(args, "--"), append(slices.Clone(l.cfg.Patterns), l.cfg.Extra...)...)...)
	var stderr bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stderr = cfg.Dir, cfg.Env, &stderr
	if err := cmd.Run(); err != nil && stderr.Len() > 0 {
		return errors.New(stderr.String())
	}
	return nil
}

// BuildTags returns the build tags with which models are read: those given, those of the environment, and the one that switches guards off.
func BuildTags(tags string) string { return withGuardTag(tags, goenv.Get(nil, "GOFLAGS")) }

func withGuardTag(tags, goflags string) string {
	if more := mergeTags(tags, goflags); more != "" {
		return guardTag + "," + more
	}
	return guardTag
}

// parseFile reads a file without the bodies of functions: they say nothing about models and may be broken, but for those of [constantMethods].
func parseFile(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
	file, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if file != nil {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && (f.Recv == nil || !constantMethods[f.Name.Name]) {
				f.Body = nil
			}
		}
	}
	return file, err
}

// quick returns the environment of the go command, where it collects garbage less often unless somebody said otherwise: it lives for a
// tenth of a second, and this takes an eighth off.
func (l *loader) quick() []string {
	env := l.cfg.Env
	if env == nil {
		env = os.Environ()
	}
	if l.env("GOGC") == "" {
		env = append(slices.Clone(env), "GOGC=800")
	}
	return env
}

// env returns a setting of the go command.
func (l *loader) env(key string) string {
	env := l.cfg.Env
	if env == nil {
		env = os.Environ()
	}
	for _, e := range slices.Backward(env) {
		if v, ok := strings.CutPrefix(e, key+"="); ok {
			return v
		}
	}
	return ""
}

// goflags returns the flags that each go command gets, be it by go env -w.
func (l *loader) goflags() string { return goenv.Get(l.cfg.Env, "GOFLAGS") }

// tagsFlag finds the flag in GOFLAGS, where quotes may stand around all of it: '-tags=one two'.
var tagsFlag = regexp.MustCompile(`(?:^|\s)(?:'--?tags=([^']*)'|"--?tags=([^"]*)"|--?tags[= ]('[^']*'|"[^"]*"|\S*))`)

// mergeTags joins the user's build tags with those in GOFLAGS, which the flag would otherwise replace.
func mergeTags(tags, goflags string) string {
	all := strings.FieldsFunc(tags, func(r rune) bool { return r == ',' || r == ' ' })
	if m := tagsFlag.FindStringSubmatch(goflags); m != nil {
		all = append(all, strings.FieldsFunc(strings.Trim(m[1]+m[2]+m[3], `'"`), func(r rune) bool { return r == ',' || r == ' ' })...)
	}
	return strings.Join(all, ",")
}

// addPackage takes one package in; one that cannot be read at all is an error.
func (l *loader) addPackage(p *packages.Package) error {
	if l.sibling(p.PkgPath) {
		if len(p.Syntax) > 0 && p.Types != nil {
			l.sources[p.Types] = newSource(p)
		}
		return nil
	}
	if slices.Contains(l.cfg.Extra, p.PkgPath) && !slices.Contains(l.cfg.Patterns, p.PkgPath) {
		switch {
		case p.Types != nil && p.ExportFile != "":
		case len(p.Syntax) == 0 || p.Types == nil:
			l.failed[p.PkgPath] = errors.New(l.reason(p))
		default:
			l.sources[p.Types] = newSource(p)
		}
		return nil
	}
	parse := false
	for _, e := range p.Errors {
		switch {
		case e.Kind == packages.ParseError:
			parse = true
			problem := Problem{Pos: l.parsePos(e.Pos), Msg: e.Msg}
			if IsGuard(path.Base(problem.Pos.Filename)) {
				problem.Msg += "; the guard is generated: remove this file, then run go generate"
			}
			l.problems = append(l.problems, problem)
		case e.Kind == packages.ListError && (strings.HasPrefix(e.Msg, "found packages ") || strings.HasPrefix(e.Msg, "import cycle ")):
			return fmt.Errorf("%s: %s", p.PkgPath, l.goMessage(e.Msg))
		}
	}
	if len(p.Syntax) == 0 || p.Types == nil {
		if parse || len(p.Errors) == 0 && l.matched(p) {
			return nil // with test files alone there is nothing to do, as for go vet
		}
		return l.missing(p)
	}
	s := newSource(p)
	l.sources[p.Types] = s
	l.order = append(l.order, s)
	pkg := &Package{Path: p.PkgPath, Name: p.Name, Types: p.Types, Dir: p.Dir}
	if p.Module != nil {
		pkg.Module, pkg.ModuleDir = p.Module.Path, p.Module.Dir
	}
	pkg.Generate = generateCommand(pkg, p.Syntax)
	l.packages = append(l.packages, pkg)
	return nil
}

// matched reports whether a package is there by a pattern such as ./... and nobody has named it.
func (l *loader) matched(p *packages.Package) bool {
	wild := false
	for _, pattern := range l.cfg.Patterns {
		if strings.Contains(pattern, "...") {
			wild = true
		} else if pattern == p.PkgPath || filepath.Join(l.dirs[0], pattern) == p.Dir || filepath.Clean(pattern) == p.Dir {
			return false
		}
	}
	return wild
}

// noModule is said outside of any module.
const noModule = "there is no go.mod here or above: run it in your module, or begin one with go mod init and its path, as in go mod init example.com/shop"

// missing says why a package is not there, in one line.
func (l *loader) missing(p *packages.Package) error {
	name := p.PkgPath
	if strings.HasPrefix(name, ".") && !strings.Contains(name, "...") {
		if _, err := os.Stat(filepath.Join(l.dirs[0], name)); err != nil {
			return fmt.Errorf("%s: there is no such folder; %s", name, l.giveFolder())
		}
	}
	if len(p.Errors) == 0 {
		return fmt.Errorf("%s: the package has no Go files; %s", name, l.giveFolder())
	}
	why := l.reason(p)
	if strings.Contains(why, "does not contain main module") {
		return errors.New(noModule)
	}
	return fmt.Errorf("%s: %s; %s", name, why, l.giveFolder())
}

// unnamed reports whether nobody has named the folder of the models: it is the one that modelgen was called in.
func (l *loader) unnamed() bool { return len(l.cfg.Patterns) == 1 && l.cfg.Patterns[0] == "." }

// giveFolder says how the models are found that are not where they were looked for.
func (l *loader) giveFolder() string {
	const give = "give the folder with the models, as in modelgen ./models"
	if l.unnamed() {
		return give + ", or begin with modelgen init where there are none"
	}
	return give
}

func (l *loader) reason(p *packages.Package) string {
	if len(p.Errors) == 0 {
		return "it has no Go files"
	}
	return l.goMessage(p.Errors[0].Msg)
}

// goMessage shortens what the go command says to the lines that matter, without the machine's paths.
func (l *loader) goMessage(msg string) string {
	if _, rest, ok := strings.Cut(msg, "stderr: "); ok {
		msg = rest
	}
	for _, dir := range l.dirs {
		msg = strings.ReplaceAll(msg, dir+string(filepath.Separator), "")
		msg = strings.ReplaceAll(msg, dir, ".")
	}
	var lines []string
	for line := range strings.SplitSeq(msg, "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") && len(lines) < 3 {
			lines = append(lines, strings.TrimPrefix(line, "go: "))
		}
	}
	return strings.Join(lines, " ")
}

// parsePos reads file:line:col.
func (l *loader) parsePos(s string) token.Position {
	var p token.Position
	rest := s
	for i := range 2 {
		j := strings.LastIndexByte(rest, ':')
		n, err := strconv.Atoi(rest[j+1:])
		if j < 0 || err != nil {
			break
		}
		if i == 0 {
			p.Column = n
		} else {
			p.Line = n
		}
		rest = rest[:j]
	}
	if p.Line == 0 {
		p.Line, p.Column = p.Column, 0
	}
	p.Filename = l.relative(rest)
	return p
}
