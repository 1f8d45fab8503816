package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/overview"
	erpage "github.com/modelgen/modelgen/runtime/page"
)

// pageOf returns the page of a directory of migrations: with where the models are, unless they cannot be loaded, and with what lint has to say.
func pageOf(ctx context.Context, e env, cfg gen.Config, o *overview.Overview, from, to string) (*erpage.Page, error) {
	in := erpage.Input{Set: o.Set, Schema: o.Schema, From: from, To: to}
	for _, d := range o.Dialects {
		name, version, _ := strings.Cut(d, "@")
		n, _ := strconv.Atoi(version) // "" is the oldest
		in.Databases = append(in.Databases, erpage.Database{Dialect: targets[name], Version: n})
	}
	hazards, err := gen.Lint(cfg, "")
	if err != nil {
		return nil, err
	}
	findings := map[string][]erpage.Finding{}
	for _, h := range hazards {
		findings[h.Migration] = append(findings[h.Migration], erpage.Finding{Severity: h.Severity.String(), Code: h.Code, Message: h.Message, Safe: h.Safe, Place: h.Place()})
	}
	for i, m := range o.Files {
		x := erpage.Migration{Name: m.Name, Parents: o.Migrations[i].Parents, Replaces: m.Replaces, Findings: findings[m.Name], Place: fmt.Sprintf("%s:%d", m.Pos.Filename, m.Pos.Line)}
		for n, op := range m.Ops {
			x.Ops = append(x.Ops, erpage.Op{Value: op.Value, Says: o.Migrations[i].Does[n]})
		}
		in.Migrations = append(in.Migrations, x)
	}
	places, err := gen.Places(ctx, cfg)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		e.say("modelgen: the models cannot be loaded, so the page does not say where they are: " + cmp.Or(first, "go build says why"))
	}
	in.Places = places
	return erpage.New(in), nil
}

// writePage writes a page to where -html says, and says where it is.
func writePage(e env, p *erpage.Page, to string) error {
	if to == "-" {
		return p.HTML(e.stdout)
	}
	file, err := p.WriteFile(e.path(to))
	if err != nil {
		return fmt.Errorf("-html %s: %w", to, err)
	}
	_, err = io.WriteString(e.stdout, e.shown(file)+"\n")
	return err
}
