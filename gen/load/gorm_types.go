package load

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/load/internal/gormschema"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// gormType sets the type of a column, on each dialect as gorm's driver for it spells it.
func (m *model) gormType(c *column, f *gormschema.Field, numbered bool) error {
	if done, err := m.typeByUs(c, f.Type); done || err != nil {
		return err
	}
	if f.Unknown != "" {
		return fmt.Errorf("%s: the column of %s is not known, as %s: write type: in its gorm tag, modelgen:\"type:text\" beside it, or //modelgen:type text above the type", f.Name, m.typeString(f.Type), f.Unknown)
	}
	if err := m.gormTypes(c, f, numbered); err != nil {
		return err
	}
	return m.typeNarrowed(c)
}

// typeByUs sets the type of a column whose type a tag or a directive of ours says, and reports whether one does.
func (m *model) typeByUs(c *column, typ types.Type) (bool, error) {
	if o, ok := c.opts.get("enum"); ok {
		return true, m.enumByUs(c, typ, *o)
	}
	if o, ok := c.opts.get("type"); ok {
		t, err := parseType(o.value.s)
		if err != nil {
			return true, o.value.errorf("%s", err)
		}
		c.Type = t
		return true, m.typeNarrowed(c)
	}
	if n, ok := typ.(*types.Named); ok {
		if g, ok := m.l.typeDirective(n.Origin().Obj()); ok {
			c.Type, c.TypeFor = g.typ, g.typeFor
			return true, m.typeNarrowed(c)
		}
	}
	return false, nil
}

// typeNarrowed sets what the tag modelgen says of the type on one dialect.
func (m *model) typeNarrowed(c *column) error {
	for _, o := range c.opts {
		if o.word == "type" && o.dialect != "" {
			c.setTypeFor(o.dialect, o.value.s)
		}
	}
	_, err := m.l.checkOther(c.Type, c.TypeFor, "modelgen:\"type.%s:TEXT\"")
	return err
}

// setTypeFor sets the type of a column on one dialect.
func (c *column) setTypeFor(dialect, sql string) {
	g := goType{typeFor: c.TypeFor}
	g.setTypeFor(dialect, sql)
	c.TypeFor = g.typeFor
}

// setSerial makes a column a serial where a dialect has that; elsewhere it is the identity, or the plain integer, that it is already.
func (c *column) setSerial(l *loader, serial string) {
	for _, d := range l.cfg.Dialects {
		if serial == "" || !d.Serials {
			continue
		}
		if c.Identity {
			c.setTypeFor(d.Name, serial)
			continue
		}
		c.Type = schema.Type{Kind: schema.KindOther, Name: serial}
		for _, o := range l.cfg.Dialects {
			if !o.CanonicalTypes && c.TypeFor[o.Name] == "" {
				c.setTypeFor(o.Name, "INTEGER")
			}
		}
	}
}

func (m *model) enumByUs(c *column, typ types.Type, o option) error {
	g, _ := m.l.resolve(typ)
	if g.enum == nil || g.basic != types.String {
		return o.at.errorf("enum needs a named string type with constants, which %s is not", m.typeString(typ))
	}
	c.enum, c.TypeFor = g.enum, nil
	c.Type = schema.Type{Kind: schema.KindEnum, Name: snakeCase(g.enum.Name())}
	m.l.enums = append(m.l.enums, enumUse{g.enum, m, c, o.at.pos})
	return nil
}

// gormTypes sets the type of each dialect: that of the dialect which spells types as this package does, and what others have in its place.
func (m *model) gormTypes(c *column, f *gormschema.Field, numbered bool) error {
	dialects := m.l.canonicalFirst()
	base := gormSQL(f, false)
	if len(dialects) > 0 {
		base = gormDriverType(f, &dialects[0], base)
	}
	t, known := m.l.spelledTypes[base]
	if !known {
		var err error
		if t, err = parseType(base); err != nil {
			return &posError{m.keyPos(f, "TYPE"), err}
		}
		m.l.spelledTypes[base] = t
	}
	c.Type = t
	for i := range dialects {
		d := &dialects[i]
		if d.CanonicalTypes {
			continue
		}
		if numbered && (f.DataType == gormschema.Int || f.DataType == gormschema.Uint) {
			c.Identity = true
			continue
		}
		sql := gormDriverType(f, d, "")
		if sql == "" && gormGeneric[f.DataType] {
			sql = d.GormTypes[f.DataType]
			if time, ok := f.Setting("TYPE"); ok && f.DataType == gormschema.Time {
				sql = time.Value
			}
		} else if sql == "" {
			sql = f.DataType
		}
		if sql != "" && !strings.EqualFold(sql, "text") {
			c.setTypeFor(d.Name, sql)
		}
	}
	if name := gormSQL(f, true); f.Auto && name != gormSQL(f, false) {
		c.setSerial(m.l, name)
	}
	return nil
}

// canonicalFirst returns the dialects, those first which spell types as this package does.
func (l *loader) canonicalFirst() []migrate.Capabilities {
	if l.spelled == nil {
		l.spelled = slices.Clone(l.cfg.Dialects)
		slices.SortStableFunc(l.spelled, func(a, b migrate.Capabilities) int {
			return boolOrder(!a.CanonicalTypes) - boolOrder(!b.CanonicalTypes)
		})
	}
	return l.spelled
}

func boolOrder(b bool) int {
	if b {
		return 1
	}
	return 0
}

// gormDriverType returns what the type's own method says for a dialect, or else.
func gormDriverType(f *gormschema.Field, d *migrate.Capabilities, or string) string {
	if f.DriverType != nil {
		if sql := f.DriverType(d.Name); sql != "" {
			return sql
		}
	}
	return or
}

// gormGeneric are the types that each of gorm's drivers spells in its own way.
var gormGeneric = map[string]bool{
	gormschema.Bool: true, gormschema.Int: true, gormschema.Uint: true, gormschema.Float: true, gormschema.String: true, gormschema.Time: true, gormschema.Bytes: true,
}

// gormSQL is DataTypeOf of gorm's driver for PostgreSQL (postgres.go), with a serial for a column that is numbered, or without.
func gormSQL(f *gormschema.Field, numbered bool) string {
	size := f.Size
	serial := func(size int) string {
		switch {
		case size <= 16:
			return "smallserial"
		case size <= 32:
			return "serial"
		}
		return "bigserial"
	}
	switch f.DataType {
	case gormschema.Bool:
		return "boolean"
	case gormschema.Int, gormschema.Uint:
		if f.DataType == gormschema.Uint {
			size++
		}
		switch {
		case numbered && f.Auto:
			return serial(size)
		case size <= 16:
			return "smallint"
		case size <= 32:
			return "integer"
		}
		return "bigint"
	case gormschema.Float:
		switch {
		case f.Precision > 0 && f.Scale > 0:
			return fmt.Sprintf("numeric(%d,%d)", f.Precision, f.Scale)
		case f.Precision > 0:
			return fmt.Sprintf("numeric(%d)", f.Precision)
		}
		return "numeric"
	case gormschema.String:
		if f.Size > 0 && f.Size <= 10485760 {
			return fmt.Sprintf("varchar(%d)", f.Size)
		}
		return "text"
	case gormschema.Time:
		if f.Precision > 0 {
			return fmt.Sprintf("timestamptz(%d)", f.Precision)
		}
		return "timestamptz"
	case gormschema.Bytes:
		return "bytea"
	}
	if numbered && f.Auto && !strings.Contains(strings.ToLower(f.DataType), "serial") {
		if f.GoType == gormschema.Uint {
			size++
		}
		return serial(size)
	}
	return f.DataType
}
