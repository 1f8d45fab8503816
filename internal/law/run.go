package law

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/diff"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Backend is a kind of database to hold to the law.
type Backend struct {
	Name   string
	Limits Limits
	// Open gives an empty database with the dialect that sees it as empty, and a function that removes it.
	Open func(ctx context.Context) (*sql.DB, migrate.Dialect, func(), error)
}

// Broken is a pair that breaks the law.
type Broken struct {
	Pair Pair
	Ops  []migrate.Op
	Err  error
}

func (b *Broken) Error() string {
	var s strings.Builder
	fmt.Fprintf(&s, "seed %d, %d tables, %d changes: %v\n", b.Pair.Seed, len(b.Pair.A.Tables), len(b.Pair.Changes), b.Err)
	for _, op := range b.Ops {
		fmt.Fprintf(&s, "\t%s\n", op.Describe())
	}
	return s.String()
}

// Check holds one pair to the law.
func Check(ctx context.Context, be Backend, p Pair) *Broken {
	r := &run{be: be, pair: p}
	if err := r.law(ctx); err != nil {
		return &Broken{p, r.ops, err}
	}
	return nil
}

// Shrink leaves changes and tables out for as long as the pair still fails.
func Shrink(ctx context.Context, be Backend, b *Broken) *Broken {
	for again := true; again; {
		again = false
		for i := range b.Pair.Changes {
			p := b.Pair
			p.Changes = slices.Delete(slices.Clone(p.Changes), i, i+1)
			if c := Check(ctx, be, p); c != nil {
				b, again = c, true
				break
			}
		}
	}
	return b
}

type run struct {
	be   Backend
	pair Pair
	ops  []migrate.Op
	a, b *schema.Schema // with all names
}

func (r *run) law(ctx context.Context) error {
	want := clean(r.pair.A, r.pair.B(r.be.Limits))
	create, err := compare(r.be.Name, &schema.Schema{}, r.pair.A)
	if err != nil {
		return fmt.Errorf("comparing nothing with A: %w", err)
	}
	r.a = create.Schema
	change, err := compare(r.be.Name, r.a, want)
	if err != nil {
		return fmt.Errorf("comparing A with B: %w", err)
	}
	r.ops, r.b = change.Ops, change.Schema
	again, err := compare(r.be.Name, r.b, want)
	if err != nil || len(again.Ops) > 0 {
		return fmt.Errorf("comparing B with itself gives %d ops, %v", len(again.Ops), err)
	}
	fresh, err := compare(r.be.Name, &schema.Schema{}, r.b)
	if err != nil {
		return fmt.Errorf("comparing nothing with B: %w", err)
	}

	first := &migrate.Migration{Name: "0001_a", Ops: create.Ops}
	second := &migrate.Migration{Name: "0002_b", Parents: []*migrate.Migration{first}, Ops: change.Ops}
	d, err := open(ctx, r.be, migrate.NewSet("law", first, second))
	if err != nil {
		return err
	}
	defer d.close()
	other, err := open(ctx, r.be, migrate.NewSet("law", &migrate.Migration{Name: "0001_b", Ops: fresh.Ops}))
	if err != nil {
		return err
	}
	defer other.close()
	return r.live(ctx, d, other)
}

func (r *run) live(ctx context.Context, d, other *database) error {
	if _, err := d.m.To(ctx, "0001_a"); err != nil {
		return fmt.Errorf("creating A: %w", err)
	}
	if err := d.fill(ctx, r.a); err != nil {
		return fmt.Errorf("filling A: %w", err)
	}
	catalogA, err := d.catalog(ctx, r.a)
	if err != nil {
		return err
	}
	rows, err := d.rows(ctx, r.a)
	if err != nil {
		return err
	}
	if _, err := d.m.Up(ctx); err != nil {
		return fmt.Errorf("migrating A to B: %w", err)
	}
	if _, err := other.m.Up(ctx); err != nil {
		return fmt.Errorf("creating B: %w", err)
	}
	catalogB, err := other.catalog(ctx, r.b)
	if err != nil {
		return err
	}
	migrated, err := d.catalog(ctx, r.b)
	if err != nil {
		return err
	}
	if diff := lines(catalogB, migrated); diff != "" {
		return fmt.Errorf("migrated is not like created:\n%s", diff)
	}
	if drift, err := d.m.Verify(ctx); err != nil || len(drift) > 0 {
		return fmt.Errorf("verify after up: %v, %v", drift, err)
	}
	if err := r.kept(ctx, d, rows); err != nil {
		return fmt.Errorf("after up: %w", err)
	}
	if _, err := d.m.Down(ctx); err != nil {
		// Rows may stand in the way of what was dropped and has no value now. Then nothing may have changed but what stages say that are
		// committed, and without rows it must work.
		var me *migrate.MigrationError
		after, e := d.catalog(ctx, r.b)
		if e != nil || lines(migrated, after) != "" && !(errors.As(err, &me) && me.Committed > 0) {
			return fmt.Errorf("down failed and changed something: %w\n%s", err, lines(migrated, after))
		}
		var st *migrate.StatementError
		if !errors.As(err, &st) {
			return fmt.Errorf("down: %w", err)
		}
		if e := d.empty(ctx, r.b); e != nil {
			return e
		}
		if _, err := d.m.Down(ctx); err != nil {
			return fmt.Errorf("down without rows: %w", err)
		}
	}
	back, err := d.catalog(ctx, r.a)
	if err != nil {
		return err
	}
	if diff := lines(catalogA, back); diff != "" {
		return fmt.Errorf("down does not give A back:\n%s", diff)
	}
	if _, err := d.m.Up(ctx); err != nil {
		return fmt.Errorf("up again: %w", err)
	}
	if migrated, err = d.catalog(ctx, r.b); err != nil {
		return err
	}
	if diff := lines(catalogB, migrated); diff != "" {
		return fmt.Errorf("up again differs:\n%s", diff)
	}
	return nil
}

// kept compares the values of columns that stay with what they were.
func (r *run) kept(ctx context.Context, d *database, before map[string]map[string][]string) error {
	after, err := d.rows(ctx, r.b)
	if err != nil {
		return err
	}
	for _, t := range r.b.Tables {
		old := r.a.Table(origin(r.ops, t.Name))
		if old == nil || created(r.ops, t.Name) {
			continue
		}
		for _, c := range t.Columns {
			name := originColumn(r.ops, t.Name, c.Name)
			o := old.Column(name)
			if o == nil || added(r.ops, t.Name, c.Name) || o.Generated != "" || c.Generated != "" || o.Type != c.Type {
				continue
			}
			was, is := before[old.Name][name], after[t.Name][c.Name]
			if o.Nullable && !c.Nullable {
				continue // filled
			}
			if !slices.Equal(was, is) {
				return fmt.Errorf("%s.%s held %v, now %v", t.Name, c.Name, was, is)
			}
		}
	}
	return nil
}

// compare compares as a person would who says yes: what goes is dropped, what needs a value gets one, what is converted may be.
func compare(dialect string, old, new *schema.Schema) (*diff.Result, error) {
	in := diff.Input{Old: old, New: new, Dialects: []string{dialect}}
	for range 10 {
		res, err := diff.Diff(in)
		if err != nil || len(res.Questions) == 0 {
			return res, err
		}
		for _, q := range res.Questions {
			if len(q.Choice) == 0 {
				return nil, fmt.Errorf("question without an answer: %s", q.Text)
			}
			if err := say(dialect, &in.Answers, new, q); err != nil {
				return nil, err
			}
		}
	}
	return nil, errors.New("the questions do not end")
}

func say(dialect string, a *diff.Answers, s *schema.Schema, q diff.Question) error {
	for _, c := range q.Choice {
		flag, value, _ := strings.Cut(c.Flag, " ")
		if inner, ok := strings.CutPrefix(value, "'"); ok {
			value = strings.ReplaceAll(strings.TrimSuffix(inner, "'"), `'\''`, "'")
		}
		switch flag {
		case "-drop":
			a.Drops = append(a.Drops, value)
			return nil
		case "-fill":
			object := strings.TrimSuffix(value, "=SQL")
			i := strings.LastIndexByte(object, '.')
			a.Fills = append(a.Fills, object+"="+value4(dialect, s.Table(object[:i]), object[i+1:]))
			return nil
		case "-convert":
			if !strings.Contains(value, "=") {
				a.Converts = append(a.Converts, value)
				return nil
			}
		}
	}
	return fmt.Errorf("no answer to %s: %v", q.Text, q.Choice)
}
