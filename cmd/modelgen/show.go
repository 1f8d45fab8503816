package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/overview"
)

// showFormats are the forms of what show prints.
var showFormats = []string{"text", "mermaid", "svg", "dot", "json"}

// show describes a directory of migrations: the graph, and the tables.
func show(ctx context.Context, e env, args []string) error {
	cfg := gen.Config{Dir: e.dir, Targets: targets, GoList: e.goList}
	f := flags(e, "show", "[directory]")
	format := f.String("format", "text", "`how`: text, mermaid, svg or dot (diagrams of the tables), or json")
	asJSON := f.Bool("json", false, "the same as -format json")
	html := f.String("html", "", "write one page for a browser, index.html, into the directory `DIR`; a name that ends in .html is that of the file, - is stdout")
	from := f.String("from", "", "with -html or -format svg: what has changed since the migration `NAME`; zero is the empty database")
	to := f.String("to", "", "with -from: until the migration `NAME` (default the newest)")
	f.StringVar(&cfg.BuildTags, "tags", "", "build `tags` of the models, for -html")
	operands, err := parse(f, args)
	if err != nil {
		return err
	}
	if err := oneDirectory(e, &cfg, operands, 0); err != nil {
		return err
	}
	if *asJSON {
		*format = "json"
	}
	switch {
	case !slices.Contains(showFormats, *format):
		return fmt.Errorf("-format %s: it is %s or %s", *format, strings.Join(showFormats[:len(showFormats)-1], ", "), showFormats[len(showFormats)-1])
	case *html != "" && *format != "text":
		return errors.New("-html and -format: the page has a form of its own; run show twice")
	case (*from != "" || *to != "") && *html == "" && *format != "svg":
		return errors.New("-from and -to compare in the page (-html) and in the drawing (-format svg)")
	}
	o, err := overview.Read(cfg.OutDir(), cfg.ShownOut())
	if err != nil {
		return err
	}
	switch *format {
	case "mermaid":
		_, err = fmt.Fprint(e.stdout, o.Mermaid())
		return err
	case "json":
		return writeJSON(e.stdout, o)
	case "text":
		if *html == "" {
			_, err = fmt.Fprint(e.stdout, o.Text())
			return err
		}
	}
	p, err := pageOf(ctx, e, cfg, o, *from, *to)
	if err != nil {
		return err
	}
	switch *format {
	case "svg":
		return p.SVG(e.stdout)
	case "dot":
		return p.DOT(e.stdout)
	}
	return writePage(e, p, *html)
}

// shown returns a path as messages have it: relative to where the command runs, with slashes.
func (e env) shown(path string) string {
	if rel, err := filepath.Rel(filepath.Join(e.dir, "."), path); err == nil && filepath.IsLocal(rel) {
		path = rel
	}
	return filepath.ToSlash(path)
}
