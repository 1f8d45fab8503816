package schema

import "strings"

// Statement returns the statement that makes the object, without a semicolon.
func (o SQLObject) Statement() string {
	sql := string(o.SQL)
	name := quoteRoutine(o.Name)
	switch o.Kind {
	case ExtensionKind:
		return strings.TrimSpace("CREATE EXTENSION " + name + " " + sql)
	case ViewKind, MaterializedViewKind:
		head := ""
		if o.Head != "" {
			head = " " + o.Head
		}
		return "CREATE " + strings.ToUpper(string(o.Kind)) + " " + name + head + " AS\n" + sql
	case PartitionKind:
		return "CREATE TABLE " + name + " PARTITION OF " + QuoteName(o.Table) + " " + sql
	case ExclusionKind:
		return "ALTER TABLE " + QuoteName(o.Table) + " ADD CONSTRAINT " + name + " " + sql
	case RowSecurityKind:
		return "ALTER TABLE " + name + " " + sql + " ROW LEVEL SECURITY"
	case CommentKind:
		return "COMMENT ON " + o.Target() + " IS '" + strings.ReplaceAll(sql, "'", "''") + "'"
	case GrantKind:
		if sql == NoPrivileges {
			return "REVOKE ALL ON " + o.Target() + " FROM " + o.Role()
		}
		return "GRANT " + sql + " ON " + o.Target() + " TO " + o.Role()
	}
	return sql
}

// Target returns what a comment or a grant is on, as SQL names it: VIEW open_orders. The names in it are written as SQL has them.
func (o SQLObject) Target() string {
	target, _ := o.targetRole()
	for _, k := range objectKinds {
		if rest, ok := strings.CutPrefix(target, k.words+" "); ok {
			return strings.ToUpper(k.words) + " " + rest
		}
	}
	return target
}

// Addressed returns the object as COMMENT ON and GRANT name it, and so as the name of a comment begins, see [CommentKind]: view open_orders, function
// total(integer), trigger touch on orders.
func (o SQLObject) Addressed() string {
	words := string(o.Kind)
	switch o.Kind {
	case CompositeTypeKind, RangeTypeKind:
		words = "type"
	case PartitionKind, VirtualTableKind, RowSecurityKind:
		words = "table"
	case ExclusionKind:
		words = "constraint"
	case CommentKind, GrantKind:
		return o.Name
	}
	switch o.Kind {
	case TriggerKind, PolicyKind, RuleKind, ExclusionKind:
		return words + " " + o.Quoted() + " on " + QuoteName(o.Table)
	}
	return words + " " + o.Quoted()
}

// Role returns the role that a grant is to, as SQL names it, with GRANT OPTION where it has that.
func (o SQLObject) Role() string {
	_, role := o.targetRole()
	return role
}

func (o SQLObject) targetRole() (target, role string) {
	if i := strings.LastIndex(o.Name, " to "); o.Kind == GrantKind && i > 0 {
		return o.Name[:i], o.Name[i+len(" to "):]
	}
	return o.Name, ""
}

// quoteRoutine quotes a name where it must be, without the types of arguments behind it.
func quoteRoutine(name string) string {
	base, args, ok := strings.Cut(name, "(")
	if !ok {
		return QuoteName(name)
	}
	return QuoteName(base) + "(" + args
}

// Quoted returns the name of the object as SQL writes it.
func (o SQLObject) Quoted() string { return quoteRoutine(o.Name) }

// Renamed returns the object with another name, in its statement too. What else its statement says stays.
func (o SQLObject) Renamed(to string) SQLObject {
	from := o.Name
	o.Name = to
	switch o.Kind {
	case ViewKind, MaterializedViewKind, ExtensionKind, PartitionKind, CommentKind, GrantKind, RowSecurityKind, ExclusionKind:
		return o
	}
	sql := string(o.SQL)
	toks, soft := codeTokens(sql, o.Kind.Routine())
	bare, _, _ := strings.Cut(from, "(")
	newBare, _, _ := strings.Cut(to, "(")
	_, base := SplitName(bare)
	for _, w := range sqlWords(toks, soft) {
		if strings.EqualFold(w.last(), base) {
			o.SQL = SQLText(sql[:w.parts[0].From] + QuoteName(newBare) + sql[w.parts[len(w.parts)-1].To:])
			break
		}
	}
	return o
}
