package schema

import (
	"fmt"
	"strings"
	"testing"
)

func TestClauses(t *testing.T) {
	for _, c := range []struct {
		kind      ObjectKind
		sql, want string // no is not understood
	}{
		{SequenceKind, "CREATE SEQUENCE o", ""},
		{SequenceKind, "create sequence a.o as int increment -2 no minvalue maxvalue 9 start with -1 cache 3 no cycle owned by x.y", "AS=int INCREMENT=-2 MAXVALUE=9 START=-1 CACHE=3 OWNED=x.y"},
		{SequenceKind, "CREATE SEQUENCE o CYCLE OWNED BY NONE", "CYCLE="},
		{SequenceKind, "CREATE SEQUENCE o RESTART", "no"},
		{DomainKind, "CREATE DOMAIN o numeric(8, 2) COLLATE \"C\" DEFAULT (1 + 2) NOT NULL CHECK (VALUE > 0) CHECK (VALUE < 9) CONSTRAINT \"Odd\" CHECK (f(VALUE, 'not null'))",
			"TYPE=numeric(8, 2) COLLATE=\"C\" DEFAULT=(1 + 2) NOT NULL= CHECK/o_check=(VALUE > 0) CHECK/o_check1=(VALUE < 9) CHECK/Odd=(f(VALUE, 'not null'))"},
		{DomainKind, "CREATE DOMAIN o AS text DEFAULT NULL NULL", "TYPE=text DEFAULT=NULL"},
		{CompositeTypeKind, "CREATE TYPE o AS (a numeric(8, 2), \"B\" text COLLATE \"C\")", "ATTRIBUTE/a=numeric(8, 2) ATTRIBUTE/B=text COLLATE \"C\""},
		{CompositeTypeKind, "CREATE TYPE o AS ()", ""},
		{PolicyKind, "CREATE POLICY o ON a.b AS RESTRICTIVE FOR ALL TO x, y USING (a IN (SELECT 1)) WITH CHECK (true)", "AS=RESTRICTIVE FOR=ALL TO=x, y USING=(a IN (SELECT 1)) WITH CHECK=(true)"},
		{PublicationKind, "CREATE PUBLICATION o FOR TABLE a (x, y) WHERE (x > 1), b WITH (publish = 'insert')", "FOR=TABLE a (x, y) WHERE (x > 1), b WITH=(publish = 'insert')"},
		{PublicationKind, "CREATE PUBLICATION o", ""},
		{ViewKind, "SELECT 1", "no"},
	} {
		all, ok := SQLObject{Kind: c.kind, Name: "o", Table: "b", SQL: SQLText(c.sql)}.Clauses()
		var got []string
		for _, x := range all {
			name := x.Name
			if x.Of != "" {
				name += "/" + x.Of
			}
			got = append(got, fmt.Sprintf("%s=%s", name, x.Text))
		}
		text := strings.Join(got, " ")
		if !ok {
			text = "no"
		}
		if text != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.sql, text, c.want)
		}
	}
}

func TestLostAttributes(t *testing.T) {
	got := LostAttributes("o", "CREATE TYPE o AS (a int, b int, c int)", "CREATE TYPE o AS (b int, d int)")
	if strings.Join(got, " ") != "o.a o.c" {
		t.Errorf("lost are %v", got)
	}
}
