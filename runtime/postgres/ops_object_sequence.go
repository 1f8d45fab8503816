package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// A sequence that a column owns, and that the default of the column calls, needs the column, which needs the sequence: it is created without its owner, and gets it
// as soon as the column is there.

// unowned is a sequence that waits for the column that owns it.
type unowned struct {
	op migrate.Op
	o  schema.SQLObject
}

// ownerThere reports whether the column that owns a sequence is there, or none does.
func (p *planner) ownerThere(o schema.SQLObject) bool {
	table, column := ownerOf(o)
	if table == "" {
		return true
	}
	t := p.before.Table(table)
	return t != nil && t.Column(column) != nil
}

// owned gives sequences their owners that have come meanwhile.
func (p *planner) owned() {
	left := p.unowned[:0]
	for _, u := range p.unowned {
		if !p.ownerThere(u.o) {
			left = append(left, u)
			continue
		}
		p.add(u.op, migrate.Facts{}, owned(u.o)...)
	}
	p.unowned = left
}

// owned returns the statement that gives a sequence its owner, or none.
func owned(o schema.SQLObject) []migrate.Statement {
	clauses, _ := o.Clauses()
	owner, ok := schema.ClauseOf(clauses, "OWNED", "")
	if !ok {
		return nil
	}
	return []migrate.Statement{statement("ALTER SEQUENCE " + o.Quoted() + " OWNED BY " + owner)}
}

// unownedSequence returns the statement without its OWNED BY.
func unownedSequence(sql string) string {
	toks := sqllex.Code(sql, lexis)
	for i := range toks {
		if !toks[i].Is("OWNED") || i+2 >= len(toks) || !toks[i+1].Is("BY") {
			continue
		}
		end := i + 2
		for end+2 < len(toks) && toks[end+1].Text == "." {
			end += 2
		}
		return strings.TrimRight(sql[:toks[i].From], " \n\t") + sql[toks[end].To:]
	}
	return sql
}

// ownerOf returns the column that a sequence goes with; "" for none.
func ownerOf(o schema.SQLObject) (table, column string) {
	clauses, _ := o.Clauses()
	text, ok := schema.ClauseOf(clauses, "OWNED", "")
	if !ok {
		return "", ""
	}
	var parts []string
	for _, t := range sqllex.Code(text, lexis) {
		switch t.Kind {
		case sqllex.Word:
			parts = append(parts, strings.ToLower(t.Text))
		case sqllex.Quoted:
			parts = append(parts, t.Value())
		}
	}
	if len(parts) == 3 && parts[0] == "public" {
		parts = parts[1:]
	}
	if len(parts) < 2 {
		return "", ""
	}
	return strings.Join(parts[:len(parts)-1], "."), parts[len(parts)-1]
}

// outOfLimits explains the one reason for which a sequence cannot have new limits: it stands outside of them.
func outOfLimits(o schema.SQLObject) func(ctx context.Context, tx migrate.Tx, err error) string {
	return func(ctx context.Context, tx migrate.Tx, err error) string {
		if migrate.ErrorCode(err) != "22023" { // invalid_parameter_value
			return ""
		}
		return fmt.Sprintf("the value that sequence %s stands at is outside of its new limits: give it limits that include the value, or set it first with setval in a migrate.SQL step", o.Name)
	}
}
