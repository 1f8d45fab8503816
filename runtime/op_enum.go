package migrate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// CreateEnum creates a native enum type. On a dialect without them the columns get a CHECK instead.
type CreateEnum struct {
	Name   string
	Values []string
}

// DropEnum drops a native enum type that no column uses any more.
type DropEnum struct {
	Name   string
	Values []string
}

// RenameEnum gives an enum type another name, or moves it to another schema.
type RenameEnum struct {
	From, To string
}

// RenameEnumValue gives a value of an enum type another spelling; rows follow.
type RenameEnumValue struct {
	Enum, From, To string
}

// AlterEnum changes the list of values. Values that are only added are added in place; when some go or change places the type is
// recreated, which fails, with nothing changed, when a row still holds a value that goes.
type AlterEnum struct {
	Name     string
	From, To []string
}

// Apply implements [Op].
func (o CreateEnum) Apply(s *schema.Schema) error {
	if s.Enum(o.Name) != nil {
		return fmt.Errorf("create enum %s: already exists", o.Name)
	}
	ns, base := schema.SplitName(o.Name)
	if err := schema.CheckName(base); err != nil {
		return fmt.Errorf("create enum: %w", err)
	}
	if ns != "" && !s.HasNamespace(ns) {
		return fmt.Errorf("create enum %s: there is no schema %s", o.Name, ns)
	}
	if err := checkValues(o.Values); err != nil {
		return fmt.Errorf("create enum %s: %w", o.Name, err)
	}
	s.PutEnum(&schema.Enum{Name: o.Name, Values: slices.Clone(o.Values)})
	return nil
}

// Apply implements [Op].
func (o DropEnum) Apply(s *schema.Schema) error {
	e, err := enum(s, "drop enum", o.Name)
	if err != nil {
		return err
	}
	for _, t := range s.Tables {
		for _, c := range t.Columns {
			if c.Type.Kind == schema.KindEnum && c.Type.Name == o.Name {
				return fmt.Errorf("drop enum %s: column %s.%s still has that type", o.Name, t.Name, c.Name)
			}
		}
	}
	if !slices.Equal(e.Values, o.Values) {
		return fmt.Errorf("drop enum %s: the op says its values were %s, but they are %s", o.Name, some(o.Values), some(e.Values))
	}
	s.RemoveEnum(o.Name)
	return nil
}

// Apply implements [Op].
func (o RenameEnum) Apply(s *schema.Schema) error {
	if _, err := enum(s, "rename enum", o.From); err != nil {
		return err
	}
	if s.Enum(o.To) != nil {
		return fmt.Errorf("rename enum %s: %s already exists", o.From, o.To)
	}
	s.RenameEnum(o.From, o.To)
	return nil
}

// Apply implements [Op].
func (o RenameEnumValue) Apply(s *schema.Schema) error {
	e, err := enum(s, "rename value of enum", o.Enum)
	if err != nil {
		return err
	}
	i := slices.Index(e.Values, o.From)
	if i < 0 || slices.Contains(e.Values, o.To) {
		return fmt.Errorf("rename value %q of enum %s to %q: its values are %s", o.From, o.Enum, o.To, some(e.Values))
	}
	e.Values = slices.Clone(e.Values)
	e.Values[i] = o.To
	for _, t := range s.Tables {
		for i := range t.Columns {
			c := &t.Columns[i]
			if c.Type.Kind == schema.KindEnum && c.Type.Name == o.Enum && c.Default != nil && *c.Default == o.From {
				to := o.To
				c.Default = &to
			}
			if c.Type.Kind == schema.KindEnum && c.Type.Name == o.Enum {
				t.Rows.RenameValue(c.Name, o.From, o.To)
			}
		}
	}
	return nil
}

// Apply implements [Op].
func (o AlterEnum) Apply(s *schema.Schema) error {
	e, err := enum(s, "alter enum", o.Name)
	if err != nil {
		return err
	}
	if !slices.Equal(e.Values, o.From) {
		return fmt.Errorf("alter enum %s: the op says its values were %s, but they are %s", o.Name, some(o.From), some(e.Values))
	}
	if err := checkValues(o.To); err != nil {
		return fmt.Errorf("alter enum %s: %w", o.Name, err)
	}
	e.Values = slices.Clone(o.To)
	return nil
}

// Added returns the values that To has and From has not, or nil when more than adding is asked for: values that go, or change places.
func (o AlterEnum) Added() []string {
	var added []string
	i := 0
	for _, v := range o.To {
		if i < len(o.From) && o.From[i] == v {
			i++
		} else if !slices.Contains(o.From, v) {
			added = append(added, v)
		}
	}
	if i < len(o.From) {
		return nil
	}
	return added
}

// Removed returns the values that From has and To has not.
func (o AlterEnum) Removed() []string {
	var removed []string
	for _, v := range o.From {
		if !slices.Contains(o.To, v) {
			removed = append(removed, v)
		}
	}
	return removed
}

// Inverse implements [Op].
func (o CreateEnum) Inverse() (Op, error) { return DropEnum(o), nil }

// Inverse implements [Op].
func (o DropEnum) Inverse() (Op, error) { return CreateEnum(o), nil }

// Inverse implements [Op].
func (o RenameEnum) Inverse() (Op, error) { return RenameEnum{o.To, o.From}, nil }

// Inverse implements [Op].
func (o RenameEnumValue) Inverse() (Op, error) {
	return RenameEnumValue{o.Enum, o.To, o.From}, nil
}

// Inverse implements [Op].
func (o AlterEnum) Inverse() (Op, error) { return AlterEnum{o.Name, o.To, o.From}, nil }

// Effects implements [Op].
func (o CreateEnum) Effects() Effects {
	e := Effects{Makes: []Object{enumObject(o.Name)}}
	e.namespace(o.Name)
	return e
}

// Effects implements [Op].
func (o DropEnum) Effects() Effects {
	e := Effects{Removes: []Object{enumObject(o.Name)}}
	e.namespace(o.Name)
	return e
}

// Effects implements [Op].
func (o RenameEnum) Effects() Effects {
	e := Effects{Renames: []Renamed{{enumObject(o.From), o.To}}}
	e.namespace(o.From)
	e.namespace(o.To)
	return e
}

// Effects implements [Op].
func (o RenameEnumValue) Effects() Effects { return Effects{Writes: []Object{enumObject(o.Enum)}} }

// Effects implements [Op].
func (o AlterEnum) Effects() Effects { return Effects{Writes: []Object{enumObject(o.Name)}} }

// Describe implements [Op].
func (o CreateEnum) Describe() string { return "Create enum " + o.Name }

// Describe implements [Op].
func (o DropEnum) Describe() string { return "Drop enum " + o.Name }

// Describe implements [Op].
func (o RenameEnum) Describe() string { return "Rename enum " + o.From + " to " + o.To }

// Describe implements [Op].
func (o RenameEnumValue) Describe() string {
	return fmt.Sprintf("Rename value %q of enum %s to %q", o.From, o.Enum, o.To)
}

// Describe implements [Op].
func (o AlterEnum) Describe() string {
	if added := o.Added(); added != nil {
		return "Add to enum " + o.Name + ": " + listValues(added)
	}
	if removed := o.Removed(); removed != nil {
		return "Recreate enum " + o.Name + " without " + listValues(removed)
	}
	return "Recreate enum " + o.Name + " in another order"
}

// listValues puts values into one line: those that cannot be seen, or told apart from a list, in quotes.
func listValues(values []string) string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = v
		if v == "" || strings.Contains(v, ",") || strings.TrimSpace(v) != v || strconv.Quote(v) != `"`+v+`"` {
			list[i] = strconv.Quote(v)
		}
	}
	return strings.Join(list, ", ")
}

// Destroys implements [Op].
func (o CreateEnum) Destroys() []string { return nil }

// Destroys implements [Op].
func (o DropEnum) Destroys() []string { return nil }

// Destroys implements [Op].
func (o RenameEnum) Destroys() []string { return nil }

// Destroys implements [Op].
func (o RenameEnumValue) Destroys() []string { return nil }

// Destroys implements [Op].
func (o AlterEnum) Destroys() []string { return nil }

func (o CreateEnum) plan(p Planner) error      { return p.CreateEnum(o) }
func (o DropEnum) plan(p Planner) error        { return p.DropEnum(o) }
func (o RenameEnum) plan(p Planner) error      { return p.RenameEnum(o) }
func (o RenameEnumValue) plan(p Planner) error { return p.RenameEnumValue(o) }
func (o AlterEnum) plan(p Planner) error       { return p.AlterEnum(o) }

func enum(s *schema.Schema, what, name string) (*schema.Enum, error) {
	if e := s.Enum(name); e != nil {
		return e, nil
	}
	var names []string
	for _, e := range s.Enums {
		names = append(names, e.Name)
	}
	return nil, fmt.Errorf("%s %s: there is no such enum; there are: %s", what, name, some(names))
}

func checkValues(values []string) error {
	seen := map[string]bool{}
	for _, v := range values {
		if seen[v] {
			return fmt.Errorf("value %q is there twice", v)
		}
		if len(v) > schema.MaxName {
			return fmt.Errorf("value %q has %d bytes, PostgreSQL takes %d", v, len(v), schema.MaxName)
		}
		seen[v] = true
	}
	if len(values) == 0 {
		return fmt.Errorf("it has no values")
	}
	return nil
}
