package schema_test

import (
	"testing"

	"github.com/modelgen/modelgen/runtime/schema"
)

func TestFor(t *testing.T) {
	plain := &schema.Table{Name: "a", Columns: []schema.Column{schema.Text("x").Def()}}
	narrow := &schema.Table{Name: "b",
		Columns: []schema.Column{schema.Text("x").Collate("NOCASE").CollateFor("postgres", "C").Def()},
		Uniques: []schema.Unique{{Name: "u", Columns: []string{"x"}, Only: "sqlite"}},
		Checks:  []schema.Check{{Name: "c", Expr: "x ~ 'a'", Only: "postgres"}, {Name: "c", Expr: "x GLOB 'a'", Only: "sqlite"}},
		Indexes: []schema.Index{{Name: "i", Parts: []schema.IndexPart{{Column: "x"}}, Only: "sqlite"}, {Name: "i", Parts: []schema.IndexPart{{Column: "x"}}, Using: "gin", Only: "postgres"}},
	}
	s := &schema.Schema{Tables: []*schema.Table{plain, narrow}}
	pg, lite := s.For("postgres"), s.For("sqlite")
	if pg.Table("a") != plain {
		t.Error("a table that is the same everywhere is copied")
	}
	if (&schema.Schema{Tables: s.Tables[:1]}).For("sqlite").Tables[0] != plain {
		t.Error("a schema that is the same everywhere is copied")
	}
	b := pg.Table("b")
	if len(b.Uniques) != 0 || len(b.Checks) != 1 || b.Checks[0].Expr != "x ~ 'a'" || len(b.Indexes) != 1 || b.Indexes[0].Using != "gin" || b.Columns[0].Collate != "C" {
		t.Errorf("postgres has %+v", b)
	}
	if b.Checks[0].Only != "" || b.Columns[0].CollateFor != nil {
		t.Error("what a dialect has says still that it is narrowed")
	}
	if b = lite.Table("b"); len(b.Uniques) != 1 || len(b.Checks) != 1 || b.Checks[0].Expr != "x GLOB 'a'" || len(b.Indexes) != 1 || b.Indexes[0].Using != "" || b.Columns[0].Collate != "NOCASE" {
		t.Errorf("sqlite has %+v", b)
	}
	if narrow.Columns[0].CollateFor == nil || len(narrow.Checks) != 2 || narrow.Checks[0].Only == "" {
		t.Error("the schema itself was changed")
	}
}

// A column can be a serial on one database and an identity on the others.
func TestForSerial(t *testing.T) {
	s := &schema.Schema{Tables: []*schema.Table{{Name: "a", Columns: []schema.Column{schema.BigInt("id").Identity().TypeFor("postgres", "bigserial").Def(), schema.BigInt("n").Identity().Def()}}}}
	if c := s.For("postgres").Table("a").Columns; c[0].Identity || !schema.Serial(c[0].TypeOn("postgres")) || !c[1].Identity {
		t.Errorf("postgres has %+v", c)
	}
	if c := s.For("sqlite").Table("a").Columns; !c[0].Identity || schema.Serial(c[0].TypeOn("sqlite")) {
		t.Errorf("sqlite has %+v", c)
	}
	if !s.Tables[0].Columns[0].Identity {
		t.Error("the schema itself was changed")
	}
}
