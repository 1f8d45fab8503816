package law

import (
	"context"
	"fmt"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

func TestRowsSQLite(t *testing.T) {
	holdRows(t, Backend{"sqlite", sqlite.Dialect{}.Capabilities(), onSQLite})
}

func TestRowsPostgres(t *testing.T) {
	base := pgtest.Database(t)
	holdRows(t, Backend{"postgres", postgres.Dialect{}.Capabilities(), onPostgres(base)})
}

func holdRows(t *testing.T, be Backend) {
	const workers = 4
	for w := range workers {
		t.Run(fmt.Sprint(w), func(t *testing.T) {
			t.Parallel()
			for i := w; i < *pairs; i += workers {
				seed := *first + uint64(i)
				if err := rowsLaw(t.Context(), be, seed); err != nil {
					t.Errorf("%s: rerun with -law.seed=%d -law.n=1\n%v", be.Name, seed, err)
				}
			}
		})
	}
}

// rowsLaw takes a pair to B, back, and to B again, and looks at all rows each time.
func rowsLaw(ctx context.Context, be Backend, seed uint64) error {
	l := newLookups(seed, be.Name)
	set, err := l.set(be.Can)
	if err != nil || set == nil {
		return err
	}
	fail := func(what string, err error) error { return fmt.Errorf("%s: %w\n%s", what, err, l.explain(set)) }
	d, err := open(ctx, be, set)
	if err != nil {
		return err
	}
	defer d.close()
	if _, err := d.m.To(ctx, "0001_a"); err != nil {
		return fail("creating A", err)
	}
	if l.apps {
		if err := l.fill(ctx, d); err != nil {
			return fail("filling A", err)
		}
	}
	before, err := l.read(ctx, d, l.a)
	if err != nil {
		return err
	}
	if err := l.holds(l.a, before, nil, func(p place) place { return p }); err != nil {
		return fail("in A", err)
	}
	catalog, err := d.catalog(ctx, l.a)
	if err != nil {
		return err
	}
	origin := func(p place) place { return l.columns[p] }
	for _, again := range []string{"", " again"} {
		if _, err := d.m.Up(ctx); err != nil {
			return fail("up"+again, err)
		}
		after, err := l.read(ctx, d, l.b)
		if err != nil {
			return fail("reading B", err)
		}
		if err := l.holds(l.b, after, before, origin); err != nil {
			return fail("after up"+again, err)
		}
		if drift, err := d.m.Verify(ctx); err != nil || len(drift) > 0 {
			return fail("verify", fmt.Errorf("%v %w", drift, err))
		}
		if _, err := d.m.To(ctx, "0001_a"); err != nil {
			return fail("down"+again, err)
		}
		back, err := l.read(ctx, d, l.a)
		if err != nil {
			return fail("reading A", err)
		}
		if err := l.holds(l.a, back, after, l.after); err != nil {
			return fail("after down"+again, err)
		}
		is, err := d.catalog(ctx, l.a)
		if err != nil {
			return err
		}
		if diff := lines(catalog, is); diff != "" {
			return fail("down does not give A back", fmt.Errorf("%s", diff))
		}
	}
	return nil
}
