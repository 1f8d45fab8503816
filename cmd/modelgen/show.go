package main

import (
	"context"
	"fmt"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/overview"
)

// show describes a directory of migrations: the graph, and the tables.
func show(_ context.Context, e env, args []string) error {
	cfg := gen.Config{Dir: e.dir, Targets: targets}
	f := flags(e, "show", "[directory]")
	format := f.String("format", "text", "`how`: text, mermaid (a diagram of the tables) or json")
	asJSON := f.Bool("json", false, "the same as -format json")
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
	if *format != "text" && *format != "mermaid" && *format != "json" {
		return fmt.Errorf("-format %s: it is text, mermaid or json", *format)
	}
	p, err := overview.Read(cfg.OutDir(), cfg.ShownOut())
	if err != nil {
		return err
	}
	switch *format {
	case "mermaid":
		_, err = fmt.Fprint(e.stdout, p.Mermaid())
	case "json":
		err = writeJSON(e.stdout, p)
	default:
		_, err = fmt.Fprint(e.stdout, p.Text())
	}
	return err
}
