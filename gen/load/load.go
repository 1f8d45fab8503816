package load

import (
	"context"
	"fmt"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/packages"

	"github.com/modelgen/modelgen/gen/load/internal/bunschema"
	"github.com/modelgen/modelgen/gen/load/internal/gormschema"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Config says what to load and how to read it.
type Config struct {
	Dir        string   // where the go command runs and what file names are relative to; "" is the current directory
	Patterns   []string // packages of the models, as for go list; none means "."
	BuildTags  string   // as for go build -tags
	Tag        string   // struct tag key of columns; "" is "db"; "gorm" and "bun", with settings behind commas, read those libraries' tags
	Comments   bool     // doc comments become the comments of tables and columns that have none in a tag
	Extra      []string // import paths of further packages whose types are wanted, with those of what they import, see Result.Types
	AllowEmpty bool     // no model at all is allowed: all of them may have gone
	Env        []string // of the go command; nil is that of this process

	// ExtraLater says that the Extra packages are probably not needed when no file of the models is newer than this: then they may be left to
	// [Result.LoadExtra], for which a go command runs of its own. Zero loads them at once.
	ExtraLater time.Time

	// ExtraSoon, where the Extra packages are left for later, says whether they will be needed after all, true or false once: then they are listed while the models are read. nil is that nobody
	// knows.
	ExtraSoon <-chan bool

	Overlay map[string][]byte // files that are read in the place of those on disk, or beside them, by absolute path
	GoList  GoList            // nil runs the go command

	Dialects []migrate.Capabilities // those of the project: each needs a spelling of every type; none means all of Known
	Known    []migrate.Capabilities // those that tags may name; none means Dialects
}

// GoList returns what go list with arguments prints in a folder. Who loads many models answers here what is known already: the go command takes most of the
// time of a load. After an error package packages runs it again, and finds the words for what is wrong.
type GoList func(ctx context.Context, dir string, args []string) ([]byte, error)

// Package is a package that matched the patterns.
type Package struct {
	Path      string
	Name      string
	Dir       string // absolute
	Module    string // path of its module, "" without one
	ModuleDir string // absolute, "" without one
	Generate  string // the command, to be typed at the root of the module, that generates: "go generate ./models"
	Types     *types.Package
}

// Result is what the models say.
type Result struct {
	Schema   *schema.Schema // tables by name; constraints and indexes in the order of the models, without name unless they were given one
	Models   []*Model       // by table
	Views    []*View        // structs of views, by the names of these
	Packages []*Package     // by path, those without models too
	Hints    []Hint         // renames of what is neither table nor column
	NoKey    []string       // tables without primary key that were not declared so with pk:"-"
	Remarks  []Remark       // what is to be said when a column is made

	Types  map[string]*types.Package // by import path: the packages, the extra ones, and what they import
	Failed map[string]error          // extra packages that could not be loaded, and why
	Fset   *token.FileSet

	// Partial says that something in the schema hangs on models that were not given, see [Given].
	Partial bool

	places map[place]token.Pos
	l      *loader
}

// Remark is something about a column that whoever makes it has to know.
type Remark struct{ Table, Column, Msg string }

// Hint says that an object used to have another name. Those of tables, columns, enums and values are in the schema, as Was.
type Hint struct {
	Kind  string // "index", "constraint", "enum"
	Table string // of an index or constraint
	Name  string // as it is now
	Was   string
	Pos   token.Position
}

// loader is one call of Load on its way.
type loader struct {
	cfg  Config
	fset *token.FileSet

	dialectNames map[string]string  // the words behind the dot of a tag, and the dialect each means
	directives   map[string][]uint8 // the words of //modelgen: comments and what they stand above

	dirs []string          // what file names are relative to
	rel  map[string]string // known relative file names

	packages  []*Package
	sources   map[*types.Package]*source // read from files: the patterns and the extra packages
	order     []*source                  // of the patterns, by path
	viewDecls map[*decl]bool             // structs that are marked as those of views
	failed    map[string]error
	problems  Problems

	models  []*model
	views   []*model // structs of views
	byType  map[*types.TypeName]*model
	tables  map[string]*model // by name in small letters
	schema  *schema.Schema
	places  map[place]token.Pos
	hints   []Hint
	noKey   []string
	others  []schema.SQLObject // what tags say of tables that is an object of its own: row level security, exclusion constraints
	remarks []Remark
	regions []region

	typed  map[*types.TypeName]goType
	consts map[*types.Package]map[*types.TypeName][]*types.Const
	values map[*types.TypeName][]constantValue
	enums  []enumUse
	joins  []join

	siblings  []string                   // import paths whose packages are read from source for their types, and for nothing else
	foreseen  []string                   // import paths of what the packages probably import beside them
	newest    time.Time                  // when the newest of their files was changed, zero where that is not known
	extraLeft bool                       // the Extra packages are left to Result.LoadExtra
	soon      *soon                      // lists them meanwhile, nil where nobody will say so
	listing   *listing                   // what the go commands of all loaders listed
	checker   *checker                   // that was used, nil where package packages loaded all
	wanted    map[string]bool            // import paths of packages that the schema hangs on and that were not read from source
	foreign   map[*types.Package]*source // of given packages: what could be read of others
	std       map[*types.Package]bool    // whether a package belongs to Go itself
	silent    map[*types.Package]bool    // whether the folder of a package that was not read has no directive

	mapper       *mapper                // whose tags are read in place of ours, nil for ours
	spelled      []migrate.Capabilities // see canonicalFirst
	spelledTypes map[string]schema.Type // types of gorm's columns by their text
	gorm         *gormschema.Parser     // of gorm's structs
	bun          *bunschema.Parser      // of bun's structs
	parts        []part                 // structs that others embed, and that look like models
	gormJoined   []*model               // join tables
	listed       map[*source]modelList  // what //modelgen:models says in each package

	apart   []func()        // what needs all tables
	given   *Given          // in place of a call of the go command
	partial bool            // something hangs on packages that were not given
	hintsAt map[string]span // was: in the source, by what has it
}

// span is a part of the source.
type span struct{ from, to token.Pos }

// Load reads the models. What is wrong with them comes as [Problems], all of it; any other error means that they could not be
// read at all: the go command failed, a package does not exist, or there are no models.
func Load(ctx context.Context, cfg Config) (*Result, error) {
	if len(cfg.Patterns) == 0 {
		cfg.Patterns = []string{"."}
	}
	l, err := newLoader(cfg, token.NewFileSet())
	if err != nil {
		return nil, err
	}
	l.foresee()
	for {
		roots, err := l.list(ctx)
		if err != nil {
			l.soon.end()
			return nil, err
		}
		res, err := l.run(roots)
		if err != nil {
			l.soon.end()
		}
		more := l.unread()
		if len(more) == 0 {
			if res != nil {
				res.l = l.done()
			}
			return res, err
		}
		next, newErr := newLoader(cfg, token.NewFileSet())
		if newErr != nil {
			l.soon.end()
			return nil, newErr
		}
		next.siblings, next.foreseen, next.newest, next.listing, next.soon = append(l.siblings, more...), l.foreseen, l.newest, l.listing, l.soon
		l = next
	}
}

// done returns what a [Result] asks the loader for, without the syntax trees and all that was found out of them: of many models that is most of the memory.
func (l *loader) done() *loader {
	d := &loader{
		cfg: l.cfg, fset: l.fset, dirs: l.dirs, rel: l.rel, siblings: l.siblings, foreseen: l.foreseen, newest: l.newest, listing: l.listing, extraLeft: l.extraLeft, soon: l.soon, checker: l.checker, hintsAt: l.hintsAt,
	}
	if d.checker != nil {
		for _, p := range d.checker.roots { // which nobody else has
			p.Syntax = nil
		}
		d.checker.l = d
	}
	return d
}

func newLoader(cfg Config, fset *token.FileSet) (*loader, error) {
	if cfg.Tag == "" {
		cfg.Tag = "db"
	}
	mapper, err := readMapper(cfg.Tag)
	if err != nil {
		return nil, err
	}
	if mapper != nil {
		cfg.Tag = mapper.key
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, err
	}
	if len(cfg.Known) == 0 {
		cfg.Known = cfg.Dialects
	}
	if len(cfg.Dialects) == 0 {
		cfg.Dialects = cfg.Known
	}
	l := &loader{
		dialectNames: wordsOf(cfg.Known), directives: directivesFor(cfg.Known),
		mapper: mapper, listed: map[*source]modelList{}, spelledTypes: map[string]schema.Type{}, cfg: cfg, fset: fset, dirs: []string{dir}, rel: map[string]string{}, sources: map[*types.Package]*source{}, failed: map[string]error{},
		byType: map[*types.TypeName]*model{}, tables: map[string]*model{}, schema: &schema.Schema{}, places: map[place]token.Pos{},
		typed: map[*types.TypeName]goType{}, consts: map[*types.Package]map[*types.TypeName][]*types.Const{}, values: map[*types.TypeName][]constantValue{},
		viewDecls: map[*decl]bool{}, hintsAt: map[string]span{}, wanted: map[string]bool{}, foreign: map[*types.Package]*source{}, std: map[*types.Package]bool{}, silent: map[*types.Package]bool{},
	}
	l.listing = &listing{found: map[string]Listed{}}
	if err := l.takeOverlay(dir); err != nil {
		return nil, err
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil && real != dir {
		l.dirs = append(l.dirs, real)
	}
	return l, nil
}

// run reads the models in the packages.
func (l *loader) run(roots []*packages.Package) (*Result, error) {
	for _, p := range roots {
		if err := l.addPackage(p); err != nil {
			return nil, err
		}
	}
	if len(l.order) == 0 && len(l.problems) == 0 {
		return nil, fmt.Errorf("no package matches %s", strings.Join(l.cfg.Patterns, " "))
	}
	if len(l.problems) > 0 {
		return nil, l.problems.sorted() // what does not parse hides models, and they would be missed elsewhere
	}
	for _, s := range l.order {
		l.checkDirectives(s)
		l.extensions(s)
		l.findViews(s)
		if l.mapper == nil {
			l.findModels(s)
		}
		l.leftOut(s)
	}
	if l.mapper != nil {
		l.findMapped()
	}
	if len(l.models)+len(l.views) == 0 && len(l.problems) == 0 && !l.cfg.AllowEmpty {
		give := ""
		if l.unnamed() {
			give = "; " + l.giveFolder()
		}
		return nil, fmt.Errorf("no models in %s: %s%s%s", strings.Join(l.cfg.Patterns, ", "), l.whatModelsAre(), l.inTests(), give)
	}
	tables := append(slices.Clone(l.models), l.gormJoined...)
	for _, m := range tables {
		m.read()
	}
	for _, m := range tables {
		m.finish()
	}
	for _, f := range l.apart {
		f()
	}
	l.joinTables()
	l.finishEnums()
	l.readViews()
	for _, m := range tables {
		m.foreignKeys()
		switch {
		case m.schema != nil:
			m.gormKeys()
		case m.bun != nil:
			m.bunKeys()
		}
	}
	if l.gorm != nil {
		l.gormProblems()
	}
	if l.bun != nil {
		l.bunProblems()
	}
	l.readRows()
	l.namespaces()
	l.checkNames()
	l.typeErrors()
	if len(l.problems) > 0 {
		return nil, l.problems.sorted()
	}
	return l.result(roots), nil
}
