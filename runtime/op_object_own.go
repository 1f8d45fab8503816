package migrate

import (
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

// CreateExtension creates an extension of PostgreSQL. What the server lacks for it is said before anything is changed.
type CreateExtension struct {
	Name    string
	Schema  string // where its objects go; "" is the first of the search path
	Version string // "" is the newest that the server has
	Only    string // the dialect that has it; "" is every dialect
}

// AlterExtension updates an extension, or moves it to another schema.
type AlterExtension struct {
	Name                   string
	FromSchema, ToSchema   string // as in [CreateExtension]
	FromVersion, ToVersion string // as in [CreateExtension]
	Only                   string
}

// DropExtension drops an extension that nothing uses any more.
type DropExtension CreateExtension

// Grant grants privileges.
type Grant struct {
	Privileges string // SELECT, INSERT (name); NONE takes from PUBLIC what it has by itself on a function or a type
	On         string // the object as COMMENT ON names it: table orders, function total(integer), schema billing
	To         string // the role, with GRANT OPTION where it has that; PUBLIC is all
	Only       string // the dialect that has it; "" is every dialect
}

// Revoke revokes privileges.
type Revoke Grant

// CommentOn changes the comment on an object that is no table or column of the models; those have [CommentTable] and [AlterColumn].
type CommentOn struct {
	On       string // the object as COMMENT ON names it: view open_orders
	From, To string // "" is none
	Only     string // the dialect that has it; "" is every dialect
}

// EnableRowSecurity switches row level security on: from then on the policies of the table say which rows a role sees.
type EnableRowSecurity struct {
	Table string
	Force bool   // for the owner of the table too
	Only  string // the dialect that has it; "" is every dialect
}

// ForceRowSecurity changes whether row level security holds for the owner of the table too.
type ForceRowSecurity struct {
	Table    string
	From, To bool
	Only     string
}

// DisableRowSecurity switches row level security off.
type DisableRowSecurity EnableRowSecurity

// CreatePartition creates a partition of a partitioned table.
type CreatePartition struct {
	Table    string // that is partitioned
	Name     string // of the partition
	Bound    string // FOR VALUES FROM ('2026-01-01') TO ('2027-01-01'), or DEFAULT
	Only     string // the dialect that has it; "" is every dialect
	Detached bool   // it is a table of its own, with rows, that is attached
}

// AlterPartition gives a partition other bounds. Rows that are not within them, and rows of the default partition that are, stop it before anything is changed.
type AlterPartition struct {
	Table    string // that is partitioned
	Name     string // of the partition
	From, To string // the bounds, as in [CreatePartition]
	Only     string // the dialect that has it; "" is every dialect
}

// RenamePartition renames a partition. Its indexes and constraints keep their names.
type RenamePartition struct {
	Table    string // that is partitioned
	From, To string
	Bound    string // as in [CreatePartition]
	Only     string // the dialect that has it; "" is every dialect
}

// DropPartition drops a partition with its rows; with Detached it stays, as a table of its own that no migration knows.
type DropPartition CreatePartition

func (o CreateExtension) object() (from, to *schema.SQLObject) {
	return nil, extension(o.Name, o.Schema, o.Version, o.Only)
}
func (o AlterExtension) object() (from, to *schema.SQLObject) {
	return extension(o.Name, o.FromSchema, o.FromVersion, o.Only), extension(o.Name, o.ToSchema, o.ToVersion, o.Only)
}
func (o DropExtension) object() (from, to *schema.SQLObject) {
	return extension(o.Name, o.Schema, o.Version, o.Only), nil
}
func (o Grant) object() (from, to *schema.SQLObject) {
	return nil, &schema.SQLObject{Kind: schema.GrantKind, Name: o.On + " to " + o.To, SQL: schema.SQLText(o.Privileges), Only: o.Only}
}
func (o Revoke) object() (from, to *schema.SQLObject) {
	_, from = Grant(o).object()
	return from, nil
}
func (o CommentOn) object() (from, to *schema.SQLObject) {
	if o.From != "" {
		from = &schema.SQLObject{Kind: schema.CommentKind, Name: o.On, SQL: schema.SQLText(o.From), Only: o.Only}
	}
	if o.To != "" {
		to = &schema.SQLObject{Kind: schema.CommentKind, Name: o.On, SQL: schema.SQLText(o.To), Only: o.Only}
	}
	return from, to
}
func (o EnableRowSecurity) object() (from, to *schema.SQLObject) {
	return nil, rowSecurity(o.Table, o.Force, o.Only)
}
func (o ForceRowSecurity) object() (from, to *schema.SQLObject) {
	return rowSecurity(o.Table, o.From, o.Only), rowSecurity(o.Table, o.To, o.Only)
}
func (o DisableRowSecurity) object() (from, to *schema.SQLObject) {
	return rowSecurity(o.Table, o.Force, o.Only), nil
}
func (o CreatePartition) object() (from, to *schema.SQLObject) {
	return nil, &schema.SQLObject{Kind: schema.PartitionKind, Name: o.Name, Table: o.Table, SQL: schema.SQLText(o.Bound), Only: o.Only}
}
func (o AlterPartition) object() (from, to *schema.SQLObject) {
	return &schema.SQLObject{Kind: schema.PartitionKind, Name: o.Name, Table: o.Table, SQL: schema.SQLText(o.From), Only: o.Only},
		&schema.SQLObject{Kind: schema.PartitionKind, Name: o.Name, Table: o.Table, SQL: schema.SQLText(o.To), Only: o.Only}
}
func (o RenamePartition) object() (from, to *schema.SQLObject) {
	return &schema.SQLObject{Kind: schema.PartitionKind, Name: o.From, Table: o.Table, SQL: schema.SQLText(o.Bound), Only: o.Only},
		&schema.SQLObject{Kind: schema.PartitionKind, Name: o.To, Table: o.Table, SQL: schema.SQLText(o.Bound), Only: o.Only}
}
func (o DropPartition) object() (from, to *schema.SQLObject) {
	_, from = CreatePartition(o).object()
	return from, nil
}

func extension(name, in, version, only string) *schema.SQLObject {
	var words []string
	if in != "" {
		words = append(words, "SCHEMA "+schema.QuoteName(in))
	}
	if version != "" {
		words = append(words, "VERSION "+sqllex.QuoteString(version))
	}
	return &schema.SQLObject{Kind: schema.ExtensionKind, Name: name, SQL: schema.SQLText(strings.Join(words, " ")), Only: only}
}

// extensionParts is the reverse of extension.
func extensionParts(o *schema.SQLObject) (in, version string) {
	toks := sqllex.Code(string(o.SQL), sqllex.Any)
	for i, t := range toks[:max(len(toks)-1, 0)] {
		switch {
		case t.Is("SCHEMA"):
			in = toks[i+1].Value()
		case t.Is("VERSION"):
			version = toks[i+1].Value()
		}
	}
	return in, version
}

func rowSecurity(table string, force bool, only string) *schema.SQLObject {
	sql := "ENABLE"
	if force {
		sql = "FORCE"
	}
	return &schema.SQLObject{Kind: schema.RowSecurityKind, Name: table, SQL: schema.SQLText(sql), Only: only}
}

// ObjectOp returns the op that makes to of from: from is nil for what is created, to for what is dropped. Both are of one kind. It returns nil for a change that
// no op can make: then the object is dropped and created.
func ObjectOp(from, to *schema.SQLObject) Op { return objectOpOf(from, to) }

// ownObjectOp is [ObjectOp] for the ops of this file.
func ownObjectOp(from, to *schema.SQLObject) Op {
	o := from
	if o == nil {
		o = to
	}
	only := o.Only
	switch o.Kind {
	case schema.ExtensionKind:
		in, version := extensionParts(o)
		switch {
		case from == nil:
			return CreateExtension{o.Name, in, version, only}
		case to == nil:
			return DropExtension{o.Name, in, version, only}
		}
		toIn, toVersion := extensionParts(to)
		return AlterExtension{o.Name, in, toIn, version, toVersion, only}
	case schema.GrantKind:
		i := strings.LastIndex(o.Name, " to ")
		g := Grant{Privileges: string(o.SQL), On: o.Name[:i], To: o.Name[i+len(" to "):], Only: only}
		switch {
		case from == nil:
			return g
		case to == nil:
			return Revoke(g)
		}
		return nil
	case schema.CommentKind:
		c := CommentOn{On: o.Name, Only: only}
		if from != nil {
			c.From = string(from.SQL)
		}
		if to != nil {
			c.To = string(to.SQL)
		}
		return c
	case schema.RowSecurityKind:
		e := EnableRowSecurity{o.Name, o.SQL == "FORCE", only}
		switch {
		case from == nil:
			return e
		case to == nil:
			return DisableRowSecurity(e)
		}
		return ForceRowSecurity{o.Name, from.SQL == "FORCE", to.SQL == "FORCE", only}
	case schema.PartitionKind:
		p := CreatePartition{Table: o.Table, Name: o.Name, Bound: string(o.SQL), Only: only}
		switch {
		case from == nil:
			return p
		case to == nil:
			return DropPartition(p)
		case from.Table != to.Table:
			return nil
		case from.Name != to.Name:
			return RenamePartition{o.Table, from.Name, to.Name, string(o.SQL), only}
		}
		return AlterPartition{o.Table, o.Name, string(from.SQL), string(to.SQL), only}
	}
	panic("modelgen: no op makes a " + string(o.Kind))
}
