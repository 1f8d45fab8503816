package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// AddDualWrite makes a trigger that runs before a row is written, so that both columns come with the row, then fills the rows that are there.
// The lock of CREATE TRIGGER waits for those who are writing: whoever writes later writes both.
func (p *planner) AddDualWrite(o migrate.AddDualWrite) error {
	t := p.before.Table(o.Table)
	if t == nil || t.Column(o.From) == nil || t.Column(o.To) == nil {
		return nil // which Apply reports
	}
	st := migrate.Stage{Facts: p.locks(shareRowExclusive, o.Table), Statements: p.dualTrigger(o, t), Commit: p.online(o.Table, ""), Parts: []migrate.Op{
		migrate.SQL{Up: []string{"SELECT 1"}, Down: []string{"DROP TRIGGER " + ident(o.Name) + " ON " + p.name(o.Table), "DROP FUNCTION " + p.dualFunction(o.Table, o.Name) + "()"}, Only: dialect}}}
	p.stage(o, st)
	from, to := ident(o.From), ident(o.To)
	if !p.added[o.Table+"."+o.From] {
		if err := p.both(o, migrate.Fill{Table: o.Table, Column: o.To, Expr: o.Up, Where: to + " IS NULL AND " + from + " IS NOT NULL"}); err != nil {
			return err
		}
	}
	if !p.added[o.Table+"."+o.To] { // undone, the old column comes back without values
		return p.both(o, migrate.Fill{Table: o.Table, Column: o.From, Expr: o.Down, Where: from + " IS NULL AND " + to + " IS NOT NULL"})
	}
	return nil
}

// dualTrigger returns the statements that make the trigger of a table.
func (p *planner) dualTrigger(o migrate.AddDualWrite, t *schema.Table) []migrate.Statement {
	function := p.dualFunction(o.Table, o.Name)
	return []migrate.Statement{
		statement("CREATE FUNCTION " + function + "() RETURNS trigger LANGUAGE plpgsql " + p.dualPath(o) + "AS " + text(p.dualBody(o, t))),
		{SQL: "CREATE TRIGGER " + ident(o.Name) + " BEFORE INSERT OR UPDATE OF " + ident(o.From) + ", " + ident(o.To) + " ON " + p.name(o.Table) +
			" FOR EACH ROW EXECUTE FUNCTION " + function + "()", Comment: "an UPDATE of other columns does not pay for it"},
	}
}

// dualPath lets the trigger find what the migration finds, whatever search_path who writes has. To set it costs as much again as the trigger
// itself, so it is left out where nothing of it is looked up there.
func (p *planner) dualPath(o migrate.AddDualWrite) string {
	_, up := plainCast(o.Up, o.From)
	_, down := plainCast(o.Down, o.To)
	if up && down && !volatile(o.Column.Def()) {
		return ""
	}
	return "SET search_path = " + ident(p.namespace("")) + ", pg_temp "
}

// both fills one of the columns from the other.
func (p *planner) both(o migrate.AddDualWrite, f migrate.Fill) error {
	if t := p.before.Table(o.Table); t.PrimaryKey == nil {
		f.Plain = "no primary key"
	}
	n := len(p.stages)
	if err := p.fill(f, batchComment, o.Name); err != nil {
		return err
	}
	for i := n; i < len(p.stages); i++ {
		p.stages[i].Cause, p.stages[i].Parts = o.Describe(), nothing
	}
	return nil
}

// DropDualWrite compares the columns in all rows, then takes the trigger away.
func (p *planner) DropDualWrite(o migrate.DropDualWrite) error {
	table, key := p.name(o.Table), p.keyOf(o.Table)
	t := p.before.Table(o.Table)
	if t == nil || t.Column(o.From) == nil || t.Column(o.To) == nil {
		return nil // which Apply reports
	}
	differ := distinct(*t.Column(o.To), ident(o.To), "("+o.Up+")") + " AND " + distinct(*t.Column(o.From), ident(o.From), "("+o.Down+")")
	count := "SELECT count(*) FROM " + table + " WHERE " + differ
	decided := false
	equal := func(ctx context.Context, tx migrate.Tx) error {
		var n int64
		if decided {
			return nil
		}
		if err := tx.QueryRowContext(ctx, count).Scan(&n); err != nil {
			return fmt.Errorf("comparing %s with %s: %w", o.From, o.To, err)
		}
		if n == 0 {
			decided = true // and the trigger sees to it from here on
			return nil
		}
		rows := list(ctx, tx, "FROM "+table+" AS r WHERE "+differ, key)
		if rows == "" {
			rows = fmt.Sprintf("%d rows", n)
		}
		return refused{errors.New(rows + " hold in " + o.From + " another value than in " + o.To + "; make them equal, and run the command again: both columns are still written")}
	}
	if !p.fresh[o.Table] {
		if n := len(p.stages); n > 0 && p.online(o.Table, "") && !p.stages[n-1].NoTx {
			p.stages[n-1].Commit = true // no lock is held while all rows are compared
		}
		var before func(context.Context, migrate.Tx) error
		if !p.unknowable("", o.Table) {
			before = func(ctx context.Context, tx migrate.Tx) error {
				var no refused
				if err := equal(ctx, tx); errors.As(err, &no) {
					return err
				}
				return nil // what cannot be asked yet the stage itself will tell
			}
		}
		p.stage(o, migrate.Stage{
			Facts: p.scanned(p.locks("ACCESS SHARE", o.Table), o.Table, true, false), Commit: p.online(o.Table, ""), Check: before, Run: equal, Parts: nothing,
			Statements: []migrate.Statement{{SQL: count, Comment: "the migration stops unless this is 0", Shown: true}},
			Script: fail(o.Table+": rows hold in "+o.From+" another value than in "+o.To+"; make them equal, and run this again",
				"EXISTS (SELECT FROM "+table+" WHERE "+differ+")"),
		})
	}
	p.dropsObject(schema.SQLObject{Kind: schema.TriggerKind, Name: o.Name, Table: o.Table})
	p.stage(o, migrate.Stage{Facts: p.locks(accessExclusive, o.Table), Statements: []migrate.Statement{
		statement("DROP TRIGGER " + ident(o.Name) + " ON " + table),
		statement("DROP FUNCTION " + p.dualFunction(o.Table, o.Name) + "()"),
	}})
	return nil
}

func (p *planner) dualFunction(table, name string) string {
	ns, _ := schema.SplitName(table)
	return p.name(schema.JoinName(ns, name))
}

// dualBody returns the function of the trigger. A value follows the one that the statement has changed, and no other: what one program has written
// may be more than the other column holds, and a program that writes a row as it read it must not take that away. A column that had no value is
// being filled from the other one, by the migration or on its way back, and that changes nothing else either.
func (p *planner) dualBody(o migrate.AddDualWrite, t *schema.Table) string {
	a, b := t.Column(o.From), t.Column(o.To)
	from, to := "NEW."+ident(o.From), "NEW."+ident(o.To)
	wasFrom, wasTo := "OLD."+ident(o.From), "OLD."+ident(o.To)
	up, down := ofRow(o.Up, o.From), ofRow(o.Down, o.To)
	raise := func(what, code string) string {
		return "RAISE EXCEPTION USING ERRCODE = " + text(code) + ", MESSAGE = " + text(o.Table+": "+what) + ", HINT = " +
			text(o.From+" is becoming "+o.To+", and a trigger keeps both equal")
	}
	differ := raise(o.From+" and "+o.To+" are given different values", "check_violation")
	neither := ""
	switch column := o.Column.Def(); {
	case defaultOf(column) != "":
		column.Name = o.To
		neither = "IF " + from + " IS NULL AND " + to + " IS NULL THEN\n      " + to + " := " + defaultOf(column) + ";\n    END IF;\n    "
	case !column.Nullable:
		neither = "IF " + from + " IS NULL AND " + to + " IS NULL THEN\n      " + raise("neither "+o.From+" nor "+o.To+" has a value", "not_null_violation") + ";\n    END IF;\n    "
	}
	return strings.Join([]string{
		"",
		"BEGIN",
		"  IF TG_OP = 'INSERT' THEN",
		"    " + neither + "IF " + to + " IS NULL THEN",
		"      " + to + " := " + up + ";",
		"    ELSIF " + from + " IS NULL THEN",
		"      " + from + " := " + down + ";",
		"    ELSIF " + distinct(*b, to, up) + " AND " + distinct(*a, from, down) + " THEN",
		"      " + differ + ";",
		"    END IF;",
		"  ELSIF NOT (" + distinct(*a, from, wasFrom) + ") AND NOT (" + distinct(*b, to, wasTo) + ") THEN",
		"    IF " + to + " IS NULL AND " + from + " IS NOT NULL THEN",
		"      " + to + " := " + up + ";",
		"    ELSIF " + from + " IS NULL AND " + to + " IS NOT NULL THEN",
		"      " + from + " := " + down + ";",
		"    END IF;",
		"  ELSIF NOT (" + distinct(*b, to, wasTo) + ") THEN",
		"    IF " + wasFrom + " IS NOT NULL THEN",
		"      " + to + " := " + up + ";",
		"    ELSIF " + distinct(*a, from, down) + " THEN",
		"      " + to + " := " + up + ";",
		"    END IF;",
		"  ELSIF NOT (" + distinct(*a, from, wasFrom) + ") THEN",
		"    IF " + wasTo + " IS NOT NULL THEN",
		"      " + from + " := " + down + ";",
		"    ELSIF " + distinct(*b, to, up) + " THEN",
		"      " + from + " := " + down + ";",
		"    END IF;",
		"  ELSIF " + distinct(*b, to, up) + " AND " + distinct(*a, from, down) + " THEN",
		"    " + differ + ";",
		"  END IF;",
		required(o, from, to, raise),
		"  RETURN NEW;",
		"END",
		"",
	}, "\n")
}

// required refuses an UPDATE that takes the value away from a column that is to have one.
func required(o migrate.AddDualWrite, from, to string, raise func(what, code string) string) string {
	if o.Column.Def().Nullable {
		return ""
	}
	return "  IF TG_OP = 'UPDATE' AND " + from + " IS NULL AND " + to + " IS NULL AND (OLD." + ident(o.From) + " IS NOT NULL OR OLD." + ident(o.To) + " IS NOT NULL) THEN\n" +
		"    " + raise(o.From+" and "+o.To+" cannot be NULL", "not_null_violation") + ";\n  END IF;"
}

// ofRow returns SQL over one column for the row of a trigger.
func ofRow(sql, column string) string {
	value := "NEW." + ident(column)
	switch cast, plain := plainCast(sql, column); {
	case plain && cast == "":
		return value
	case plain:
		return "CAST(" + value + " AS " + cast + ")"
	}
	return "(SELECT " + sql + " FROM (SELECT " + value + ") AS modelgen_row (" + ident(column) + "))"
}

// plainCast reports whether SQL is a column as it is, or with a cast to a type that every server has, and which.
func plainCast(sql, column string) (cast string, ok bool) {
	for _, name := range []string{schema.QuoteColumn(column), ident(column)} {
		if sql == name {
			return "", true
		}
		rest, is := strings.CutPrefix(sql, "CAST("+name+" AS ")
		if !is || !strings.HasSuffix(rest, ")") {
			continue
		}
		if t, err := schema.ParseType(strings.TrimSuffix(rest, ")")); err == nil && t.Kind != schema.KindOther && t.Kind != schema.KindEnum {
			return t.String(), true
		}
	}
	return "", false
}

// distinct compares with NULL as a value. Types without an operator for it are compared as text.
func distinct(c schema.Column, a, b string) string {
	if k := typeOf(c).Kind; k == schema.KindJSON || k == schema.KindOther {
		a, b = "("+a+")::text", "("+b+")::text"
	}
	return a + " IS DISTINCT FROM " + b
}
