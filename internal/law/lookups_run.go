package law

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/diff"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// set returns the migrations from nothing to A and from A to B.
func (l *lookups) set(can migrate.Capabilities) (*migrate.Set, error) {
	create, err := diff.Diff(diff.Input{Old: &schema.Schema{}, New: l.a, Dialects: []migrate.Capabilities{can}})
	if err != nil && strings.Contains(err.Error(), "need each other") { // rows that refer to each other in a circle
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("comparing nothing with A: %w", err)
	}
	in := diff.Input{Old: create.Schema, New: l.b, Dialects: []migrate.Capabilities{can}}
	l.a = create.Schema
	if l.apps {
		in.Answers.Fills = l.backFills()
	}
	for range 30 {
		res, err := diff.Diff(in)
		if err != nil && strings.Contains(err.Error(), "need each other") { // as a constraint stays
			return nil, nil
		}
		if err != nil {
			a, _ := json.Marshal(l.a)
			b, _ := json.Marshal(l.b)
			return nil, fmt.Errorf("comparing A with B: %w, answered %+v\n%s\n%s", err, in.Answers, a, b)
		}
		if len(res.Questions) == 0 {
			l.b = res.Schema
			first := &migrate.Migration{Name: "0001_a", Ops: create.Ops}
			set := migrate.NewSet("law", first, &migrate.Migration{Name: "0002_b", Parents: []*migrate.Migration{first}, Ops: res.Ops})
			return set, set.Err()
		}
		for _, q := range res.Questions {
			if err := l.say(&in.Answers, q); err != nil {
				return nil, err
			}
		}
	}
	return nil, errors.New("the questions do not end")
}

// backFills says what rows of the application get in columns that come back.
func (l *lookups) backFills() (all []string) {
	stays := slices.Collect(maps.Values(l.columns))
	for _, t := range l.a.Tables {
		if !slices.Contains(slices.Collect(maps.Values(l.tables)), t.Name) {
			continue
		}
		for _, c := range t.Columns {
			if !slices.Contains(stays, place{t.Name, c.Name}) && c.Generated == "" && (!c.Nullable && c.Default == nil || c.Default != nil && slices.Contains(uniques(t), c.Name)) {
				all = append(all, t.Name+"."+c.Name+"="+sqlOf(c))
			}
		}
	}
	return all
}

// sqlOf returns what the application's rows have in a column as SQL.
func sqlOf(c schema.Column) string {
	switch c.Type.Kind {
	case schema.KindBoolean:
		return "TRUE"
	case schema.KindInteger, schema.KindBigInt:
		return "0"
	}
	return "'" + app + "'"
}

func (l *lookups) say(a *diff.Answers, q diff.Question) error {
	for _, c := range q.Choice {
		switch flag, value := split(c.Flag); flag {
		case "-rename":
			if staysSame(value) { // other renames are in hints
				a.Renames = append(a.Renames, value)
				return nil
			}
		case "-drop":
			a.Drops = append(a.Drops, value)
			return nil
		case "-convert":
			object, _, _ := strings.Cut(value, "=")
			a.Converts = append(a.Converts, object)
			return nil
		case "-fill":
			object, _, _ := strings.Cut(value, "=")
			i := strings.LastIndexByte(object, '.')
			t := l.b.Table(object[:i])
			c := t.Column(object[i+1:])
			key := t.PrimaryKey.Columns[0]
			fill := sqlOf(*c)
			switch unique := slices.Contains(uniques(t), c.Name); {
			case unique && fill == "0":
				fill = "abs(length(" + key + ") - 3)"
				if slices.ContainsFunc(t.Checks, func(k schema.Check) bool { return k.Expr == c.Name+" <= 0" }) {
					fill = "-" + fill
				}
			case unique:
				fill = key
			}
			for _, fk := range t.ForeignKeys {
				if fk.Columns[0] == c.Name && len(l.b.Table(fk.RefTable).Rows.Rows) > 0 {
					ref := l.b.Table(fk.RefTable)
					fill = "'" + *ref.Rows.Rows[0][ref.PrimaryKey.Columns[0]] + "'"
				}
			}
			a.Fills = append(a.Fills, object+"="+fill)
			return nil
		}
	}
	return fmt.Errorf("no answer to %s: %v", q.Text, q.Choice)
}

// held is what tables hold: the rows by their keys.
type held map[string]map[string]schema.Row

func (l *lookups) read(ctx context.Context, d *database, s *schema.Schema) (held, error) {
	all := held{}
	for _, t := range s.Tables {
		all[t.Name] = map[string]schema.Row{}
		err := d.conn(ctx, func(conn *sql.Conn) error {
			var cols []string
			for _, c := range t.Columns {
				cols = append(cols, "CAST("+name(c.Name)+" AS text)")
			}
			rows, err := conn.QueryContext(ctx, "SELECT "+strings.Join(cols, ", ")+" FROM "+name(t.Name))
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				values, into := make([]*string, len(cols)), make([]any, len(cols))
				for i := range values {
					into[i] = &values[i]
				}
				if err := rows.Scan(into...); err != nil {
					return err
				}
				r := schema.Row{}
				for i, c := range t.Columns {
					if v := values[i]; v != nil && c.Type.Kind == schema.KindBoolean {
						values[i] = new(map[bool]string{true: "true", false: "false"}[*v == "true" || *v == "1"])
					}
					r[c.Name] = values[i]
				}
				all[t.Name][*r[t.PrimaryKey.Columns[0]]] = r
			}
			return rows.Err()
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// holds compares what there is with the declared rows of the schema. was is what the application's rows had, and origin where a column had it.
func (l *lookups) holds(s *schema.Schema, got, was held, origin func(place) place) error {
	for _, t := range s.Tables {
		rows := got[t.Name]
		want := map[string]bool{}
		for _, r := range t.Rows.Rows {
			code := *r[t.PrimaryKey.Columns[0]]
			want[code] = true
			for _, c := range t.Columns {
				v, has := r[c.Name]
				if is, there := rows[code][c.Name]; !there || has && (v == nil) != (is == nil) || has && v != nil && *v != *is {
					return fmt.Errorf("row %s of %s has %s in %s, want %s", code, t.Name, text(is), c.Name, text(v))
				}
			}
		}
		for code, r := range rows {
			if want[code] {
				continue
			}
			if code != app {
				return fmt.Errorf("row %s of %s is there, and nobody declares it", code, t.Name)
			}
			want[code] = true
			for _, c := range t.Columns {
				from := origin(place{t.Name, c.Name})
				if before, had := was[from.table][app][from.column]; had && c.Generated == "" && text(before) != text(r[c.Name]) {
					return fmt.Errorf("the application's row of %s has %s in %s, and had %s", t.Name, text(r[c.Name]), c.Name, text(before))
				}
			}
		}
		if _, had := was[origin(place{t.Name, t.PrimaryKey.Columns[0]}).table][app]; had && !want[app] {
			return fmt.Errorf("the application's row of %s is gone", t.Name)
		}
	}
	return nil
}

func text(v *string) string {
	if v == nil {
		return "NULL"
	}
	return fmt.Sprintf("%q", *v)
}

// fill gives each table of A a row of the application.
func (l *lookups) fill(ctx context.Context, d *database) error {
	off, on := "PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"
	if l.pg {
		off, on = "SET session_replication_role = replica", "RESET session_replication_role"
	}
	return d.conn(ctx, func(conn *sql.Conn) error {
		all := []string{off}
		for _, t := range l.a.Tables {
			var cols, values []string
			for _, c := range t.Columns {
				if c.Generated == "" {
					cols, values = append(cols, name(c.Name)), append(values, sqlOf(c))
				}
			}
			all = append(all, "INSERT INTO "+name(t.Name)+" ("+strings.Join(cols, ", ")+") VALUES ("+strings.Join(values, ", ")+")")
		}
		for _, q := range append(all, on) {
			if _, err := conn.ExecContext(ctx, q); err != nil {
				return fmt.Errorf("%s: %w", q, err)
			}
		}
		return nil
	})
}

// explain says what a broken pair is.
func (l *lookups) explain(set *migrate.Set) string {
	var s strings.Builder
	for _, m := range set.Migrations() {
		fmt.Fprintf(&s, "%s\n", m.Name)
		for _, op := range m.Ops {
			fmt.Fprintf(&s, "\t%s\n", op.Describe())
			if o, ok := op.(migrate.Rows); ok {
				j, _ := json.Marshal(o)
				fmt.Fprintf(&s, "\t\t%s\n", j)
			}
		}
	}
	for _, x := range []*schema.Schema{l.a, l.b} {
		j, _ := json.Marshal(x)
		fmt.Fprintf(&s, "%s\n", j)
	}
	return s.String()
}
