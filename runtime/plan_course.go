package migrate

import (
	"maps"
	"slices"
)

// course follows tables and columns along the ops of a plan: which of them the plan makes itself, so that nobody else has anything in them, and what the
// others are called in the database, where nothing of the plan has been done.
type course struct {
	was map[[2]string]string // by table, and column or "", as they are called at this point; "" is made by the plan, and what is missing has its name
}

// today returns what a table, or a column of it, is called in the database; "" when the plan has made it.
func (c *course) today(table, column string) (string, string) {
	name, found := c.was[[2]string{table, ""}]
	switch {
	case !found:
		name = table
	case name == "":
		return "", ""
	}
	if was, found := c.was[[2]string{table, column}]; found && column != "" {
		if was == "" {
			return "", ""
		}
		column = was
	}
	return name, column
}

// made reports whether the plan has made a column, or its whole table.
func (c *course) made(table, column string) bool {
	name, _ := c.today(table, column)
	return name == ""
}

// destroys returns what an op drops for good, as [Op.Destroys] does, without what the plan has made itself, and goes past it.
func (c *course) destroys(op Op) (all []string) {
	if o, ok := op.(SQL); ok {
		for _, op := range o.Schema {
			all = append(all, c.destroys(op)...)
		}
		return all
	}
	if all = op.Destroys(); len(all) > 0 && c.dropsOwn(op) {
		all = nil
	}
	c.pass(op)
	return all
}

// dropsOwn reports whether an op drops tables and columns that the plan has all made.
func (c *course) dropsOwn(op Op) bool {
	found := false
	for _, o := range op.Effects().Removes {
		switch o.Kind {
		case TableObject:
			found = c.made(o.Name, "")
		case ColumnObject:
			found = c.made(o.Table, o.Name)
		default:
			continue
		}
		if !found {
			return false
		}
	}
	return found
}

// pass goes past an op.
func (c *course) pass(op Op) {
	if c.was == nil {
		c.was = map[[2]string]string{}
	}
	if o, ok := op.(SQL); ok {
		for _, op := range o.Schema {
			c.pass(op)
		}
		return
	}
	e := op.Effects()
	for _, o := range e.Removes {
		switch o.Kind {
		case TableObject:
			c.move(o.Name, "")
		case ColumnObject:
			delete(c.was, [2]string{o.Table, o.Name})
		}
	}
	for _, r := range e.Renames {
		switch r.From.Kind {
		case TableObject:
			was, _ := c.today(r.From.Name, "")
			c.move(r.From.Name, r.To)
			c.was[[2]string{r.To, ""}] = was
		case ColumnObject:
			_, was := c.today(r.From.Table, r.From.Name)
			delete(c.was, [2]string{r.From.Table, r.From.Name})
			c.was[[2]string{r.From.Table, r.To}] = was
		}
	}
	for _, o := range e.Makes {
		switch o.Kind {
		case TableObject:
			c.was[[2]string{o.Name, ""}] = ""
		case ColumnObject:
			c.was[[2]string{o.Table, o.Name}] = ""
		}
	}
}

// move takes what is known of a table to another name, or with "" forgets it.
func (c *course) move(from, to string) {
	known := map[[2]string]string{}
	for name, was := range c.was {
		if name[0] == from {
			known[[2]string{to, name[1]}] = was
			delete(c.was, name)
		}
	}
	if to == "" {
		return
	}
	maps.Copy(c.was, known)
}

// Destroys returns the names of what ops that follow each other destroy, as [Op.Destroys] does. What they have made themselves is nobody's data, and not among it.
func Destroys(ops ...Op) (all []string) {
	var c course
	for _, op := range ops {
		all = append(all, c.destroys(op)...)
	}
	return all
}

// onlyDestroys takes from what stages say that they destroy all that is not among names.
func onlyDestroys(stages []Stage, names []string) {
	for i, st := range stages {
		stages[i].Destroys = slices.DeleteFunc(slices.Clone(st.Destroys), func(name string) bool { return !slices.Contains(names, name) })
	}
}
