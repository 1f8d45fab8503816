package law

import (
	"context"
	"database/sql"
	"encoding/json"
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
	Name string // of its dialect
	Can  migrate.Capabilities
	// Open returns an empty database with the dialect that sees it as empty, and a function that removes it.
	Open func(ctx context.Context) (*sql.DB, migrate.Dialect, func(), error)
}

// Broken is a pair that breaks the law.
type Broken struct {
	Pair Pair
	Ops  []migrate.Op
	Err  error
}

// Error implements the error interface.
func (b *Broken) Error() string {
	var s strings.Builder
	fmt.Fprintf(&s, "seed %d, %d tables, %d changes: %v\n", b.Pair.Seed, len(b.Pair.A.Tables), len(b.Pair.Changes), b.Err)
	for _, op := range b.Ops {
		fmt.Fprintf(&s, "\t%s\n", op.Describe())
	}
	if a, err := json.Marshal(b.Pair.A); err == nil && len(a) < 6000 {
		fmt.Fprintf(&s, "\tA is %s\n", a)
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

// Shrink leaves changes, tables, columns and constraints out for as long as the pair still fails.
func Shrink(ctx context.Context, be Backend, b *Broken) *Broken {
	for again := true; again; {
		again = false
		for _, p := range smaller(b.Pair) {
			if c := Check(ctx, be, p); c != nil {
				b, again = c, true
				break
			}
		}
	}
	return b
}

// smaller gives pairs with one thing less.
func smaller(p Pair) []Pair {
	var out []Pair
	for i := range p.Changes {
		q := p
		q.Changes = slices.Delete(slices.Clone(p.Changes), i, i+1)
		out = append(out, q)
	}
	for i := range p.Beside {
		q := p
		q.Beside = slices.Delete(slices.Clone(p.Beside), i, i+1)
		out = append(out, q)
	}
	without := func(cut func(*schema.Schema)) {
		q := p
		q.A = p.A.Clone()
		cut(q.A)
		fix(q.A, p.dialect == "postgres")
		out = append(out, q)
	}
	for i, t := range p.A.Tables {
		if len(p.A.Tables) > 1 {
			without(func(s *schema.Schema) { s.RemoveTable(t.Name) })
		}
		if t.PrimaryKey != nil {
			without(func(s *schema.Schema) { s.Tables[i].PrimaryKey = nil })
		}
		for j := range t.Columns {
			if t.Columns[j].Name != key {
				without(func(s *schema.Schema) { s.Tables[i].Columns = slices.Delete(s.Tables[i].Columns, j, j+1) })
			}
		}
		for j := range t.Uniques {
			without(func(s *schema.Schema) { s.Tables[i].Uniques = slices.Delete(s.Tables[i].Uniques, j, j+1) })
		}
		for j := range t.Checks {
			without(func(s *schema.Schema) { s.Tables[i].Checks = slices.Delete(s.Tables[i].Checks, j, j+1) })
		}
		for j := range t.Indexes {
			without(func(s *schema.Schema) { s.Tables[i].Indexes = slices.Delete(s.Tables[i].Indexes, j, j+1) })
		}
		for j := range t.ForeignKeys {
			without(func(s *schema.Schema) { s.Tables[i].ForeignKeys = slices.Delete(s.Tables[i].ForeignKeys, j, j+1) })
		}
	}
	return out
}

type run struct {
	be   Backend
	pair Pair
	a, b *schema.Schema // with all names
	ops  []migrate.Op   // from a to b
	more int            // how many of the last ones are a migration of their own, which contracts
	data *data

	computed computing // what is computed from what, by the answers

	truth *schema.Schema // what is asked for, with all that was renamed: some say it in hints, others in answers
}

func (r *run) law(ctx context.Context) error {
	a, want := r.pair.A.Clone(), clean(r.pair.A, r.pair.B())
	r.truth = want.Clone()
	if r.pair.Seed%3 == 0 {
		for _, t := range want.Tables {
			t.Was = ""
			for i := range t.Columns {
				t.Columns[i].Was = ""
			}
		}
	}
	if err := r.satisfiable(a, want); err != nil {
		return err
	}
	if err := r.declare(a, want); err != nil {
		return err
	}
	if r.pair.Seed%2 == 0 { // half of them leave the names to the generator
		anonymous(a)
		anonymous(want)
	}
	create, err := r.prepare(a, want)
	if err != nil {
		return err
	}
	computed := r.computed
	again, err := r.compare(r.b, want)
	if err != nil || len(again.Ops) > 0 {
		return fmt.Errorf("comparing B with itself gives %d ops, %v", len(again.Ops), err)
	}
	fresh, err := r.compare(&schema.Schema{}, r.b)
	if err != nil {
		return fmt.Errorf("comparing nothing with B: %w", err)
	}
	r.computed = computed

	first := &migrate.Migration{Name: "0001_a", Ops: create}
	second := &migrate.Migration{Name: "0002_b", Parents: []*migrate.Migration{first}, Ops: r.ops[:len(r.ops)-r.more]}
	all := []*migrate.Migration{first, second}
	if r.more > 0 {
		all = append(all, &migrate.Migration{Name: "0003_c", Parents: []*migrate.Migration{second}, Ops: r.ops[len(r.ops)-r.more:]})
	}
	d, err := open(ctx, r.be, migrate.NewSet("law", all...))
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

// satisfiable takes out what no rows could meet.
func (r *run) satisfiable(a, want *schema.Schema) error {
	for range 30 {
		if _, err := r.prepare(a, want); err != nil {
			return err
		}
		if len(r.data.unmetA)+len(r.data.unmetB) == 0 {
			return nil
		}
		for _, cut := range r.data.unmetA {
			cut(a)
		}
		for _, cut := range r.data.unmetB {
			cut(want)
		}
		for _, s := range []*schema.Schema{a, want} {
			fix(s, r.be.Name == "postgres")
		}
	}
	return errors.New("no rows meet the constraints, which is a fault of this test")
}

// prepare compares nothing with a, which it returns as ops, and a with want.
func (r *run) prepare(a, want *schema.Schema) ([]migrate.Op, error) {
	create, err := r.compare(&schema.Schema{}, a)
	if err != nil {
		return nil, fmt.Errorf("comparing nothing with A: %w", err)
	}
	r.a = create.Schema
	change, in, err := r.answered(r.a, want)
	if err != nil {
		return nil, fmt.Errorf("comparing A with B: %w", err)
	}
	changed := r.computed
	r.ops, r.b, r.more = change.Ops, change.Schema, 0
	if r.pair.Seed%4 == 1 {
		if err := r.online(in, want); err != nil {
			return nil, err
		}
	}
	r.small()
	r.data = newData(r.pair.Seed, r.a, r.b, r.ops, changed)
	return create.Ops, nil
}

// online goes from a to b in two steps, where that can be.
func (r *run) online(in diff.Input, want *schema.Schema) error {
	in.Answers.Online = true
	expand, err := diff.Diff(in)
	var no diff.Errors
	if errors.As(err, &no) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("comparing A with B online: %w", err)
	}
	if len(expand.Questions) > 0 {
		return fmt.Errorf("comparing A with B online asks %v", expand.Questions)
	}
	stays, err := diff.Diff(diff.Input{Old: expand.Schema, New: want, Dialects: in.Dialects})
	if err != nil || len(stays.Ops) > 0 || len(stays.Questions) > 0 {
		return fmt.Errorf("comparing again while columns are on their way gives %v, %w", stays, err)
	}
	contract, err := diff.Diff(diff.Input{Old: expand.Schema, New: want, Dialects: in.Dialects, Answers: diff.Answers{Contract: true}})
	if err != nil || len(contract.Questions) > 0 {
		return fmt.Errorf("contracting gives %v, %w", contract, err)
	}
	r.ops, r.b, r.more = append(expand.Ops, contract.Ops...), contract.Schema, len(contract.Ops)
	return nil
}

// up applies all that is pending, be it in two runs.
func (r *run) up(ctx context.Context, d *database) error {
	res, err := d.m.Up(ctx)
	if r.more > 0 && err == nil && res.Waits != nil {
		if drift, err := d.m.Verify(ctx); err != nil || len(drift) > 0 {
			return fmt.Errorf("verify between expand and contract: %v, %w", drift, err)
		}
		_, err = d.m.To(ctx, res.Waits.Contract)
	}
	return err
}

// back undoes what up did.
func (r *run) back(ctx context.Context, d *database) error {
	steps := 1
	if r.more > 0 {
		steps = 2
	}
	_, err := d.m.Back(ctx, steps)
	return err
}

// rest undoes what back has left.
func (r *run) rest(ctx context.Context, d *database) error {
	_, err := d.m.To(ctx, "0001_a")
	return err
}

// small says of tables without primary key that they are small, as a person has to: they cannot be filled in batches.
func (r *run) small() {
	s := r.a.Clone()
	for i, op := range r.ops {
		if f, ok := op.(migrate.Fill); ok && f.Plain == "" && s.Table(f.Table).PrimaryKey == nil {
			f.Plain = "a few rows"
			r.ops[i] = f
		}
		if err := op.Apply(s); err != nil {
			panic(err) // the comparison has applied it as well
		}
	}
}

// anonymous takes the names away that no change has chosen.
func anonymous(s *schema.Schema) {
	no := func(name *string) {
		if !strings.HasPrefix(*name, renamed) {
			*name = ""
		}
	}
	for _, t := range s.Tables {
		if t.PrimaryKey != nil {
			no(&t.PrimaryKey.Name)
		}
		for i := range t.Uniques {
			no(&t.Uniques[i].Name)
		}
		for i := range t.Checks {
			no(&t.Checks[i].Name)
		}
		for i := range t.Indexes {
			no(&t.Indexes[i].Name)
		}
		for i := range t.ForeignKeys {
			no(&t.ForeignKeys[i].Name)
		}
	}
}

func (r *run) live(ctx context.Context, d, other *database) error {
	if _, err := d.m.To(ctx, "0001_a"); err != nil {
		return fmt.Errorf("creating A: %w", err)
	}
	if err := d.fill(ctx, r.a, r.data); err != nil {
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
	if err := r.up(ctx, d); err != nil {
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
	if err := r.down(ctx, d, migrated, rows); err != nil || errors.Is(err, errNoWay) {
		if errors.Is(err, errNoWay) {
			return nil
		}
		return err
	}
	back, err := d.catalog(ctx, r.a)
	if err != nil {
		return err
	}
	if diff := lines(catalogA, back); diff != "" {
		return fmt.Errorf("down does not give A back:\n%s", diff)
	}
	if err := r.up(ctx, d); err != nil {
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

// errNoWay says that no database converts a type back, or that the conversion has no way back: then the way ends here.
var errNoWay = errors.New("nothing leads back")

// down undoes the change. Rows may stand in the way of what was dropped and has no value now. Then nothing may have changed but what
// stages say that are committed, and without rows it must work.
func (r *run) down(ctx context.Context, d *database, migrated []string, rows content) error {
	err := r.back(ctx, d)
	if err == nil {
		if r.more == 0 && slices.ContainsFunc(r.ops, oneWay) {
			return errors.New("down went although a conversion has no way back")
		}
		if err := r.restored(ctx, d, rows); err != nil {
			return fmt.Errorf("after down: %w", err)
		}
		return nil
	}
	if e := r.noWayBack(ctx, d, migrated, err); e != nil {
		return e
	}
	var me *migrate.MigrationError
	after, e := d.catalog(ctx, r.b)
	if e != nil || lines(migrated, after) != "" && r.more == 0 && !(errors.As(err, &me) && me.Committed > 0) {
		return fmt.Errorf("down failed and changed something: %w\n%s", err, lines(migrated, after))
	}
	var st *migrate.StatementError
	if !errors.As(err, &st) {
		return fmt.Errorf("down: %w", err)
	}
	if e := d.empty(ctx); e != nil {
		return e
	}
	if err := r.rest(ctx, d); errors.As(err, &st) && st.Code == "42846" {
		return errNoWay
	} else if err != nil {
		return fmt.Errorf("down without rows: %w", err)
	}
	return nil
}

// noWayBack returns errNoWay where a conversion has none and down has said so before it touched anything.
func (r *run) noWayBack(ctx context.Context, d *database, migrated []string, failed error) error {
	var no *migrate.IrreversibleError
	if !errors.As(failed, &no) {
		return nil
	}
	if !slices.ContainsFunc(r.ops, oneWay) {
		return fmt.Errorf("down finds no way back: %w", failed)
	}
	after, err := d.catalog(ctx, r.b)
	if err != nil {
		return err
	}
	if diff := lines(migrated, after); diff != "" {
		return fmt.Errorf("down refused and changed something: %w\n%s", failed, diff)
	}
	return errNoWay
}

// oneWay reports whether an op computes values that nothing computes back.
func oneWay(op migrate.Op) bool {
	o, ok := op.(migrate.AlterColumn)
	return ok && o.Using != "" && o.UsingBack == "" && !schema.IsCast(o.Using, o.To.Def().Name)
}
