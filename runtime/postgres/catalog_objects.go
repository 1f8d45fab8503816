package postgres

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

// printed holds the settings on which the server's definitions depend.
const printed = "SET LOCAL quote_all_identifiers = off;\nSET LOCAL DateStyle = 'ISO, MDY';\nSET LOCAL IntervalStyle = postgres;\nSET LOCAL TimeZone = 'UTC'"

// relkinds are the kinds of objects that pg_class has, as it calls them; a partition may be partitioned itself.
var relkinds = sqllex.WordMap{
	{string(schema.ViewKind), "v"}, {string(schema.MaterializedViewKind), "m"}, {string(schema.SequenceKind), "S"}, {string(schema.PartitionKind), "rp"}, {string(schema.ViewIndexKind), "iI"},
}

var typtypes = sqllex.WordMap{{string(schema.DomainKind), "d"}, {string(schema.CompositeTypeKind), "c"}, {string(schema.RangeTypeKind), "r"}}

var prokinds = sqllex.WordMap{{string(schema.FunctionKind), "fw"}, {string(schema.ProcedureKind), "p"}, {string(schema.AggregateKind), "a"}}

// attached returns the catalog of a kind that is on a table or a view, and its columns for the name and the table; three times "" for other kinds.
func attached(k schema.ObjectKind) [3]string {
	switch k {
	case schema.TriggerKind:
		return [...]string{"pg_trigger", "tgname", "tgrelid"}
	case schema.PolicyKind:
		return [...]string{"pg_policy", "polname", "polrelid"}
	case schema.RuleKind:
		return [...]string{"pg_rewrite", "rulename", "ev_class"}
	case schema.ExclusionKind:
		return [...]string{"pg_constraint", "conname", "conrelid"}
	}
	return [3]string{}
}

// objectRows returns what the CTE obj consists of, a row for each object of s that the database has: how messages name it, its kind, how comments address it, its catalog, its number, and the
// number of a column.
func (r renderer) objectRows(s *schema.Schema) (ctes, parts []string) {
	rows := map[string][]string{} // by the catalog
	names := r.scratchNames(s)
	for _, o := range s.SQLObjects {
		head := "(" + text(o.String()) + ", " + text(string(o.Kind)) + ", " + text(o.Addressed()) + ", "
		bare, args, _ := strings.Cut(o.Name, "(")
		_, base := schema.SplitName(bare)
		switch {
		case o.Kind.Routine():
			if args == "*)" {
				args = ")"
			}
			rows["routine"] = append(rows["routine"], head+text(prokinds.Text(string(o.Kind)))+", "+text(r.name(bare)+"("+names.move(args))+")")
		case relkinds.Text(string(o.Kind)) != "":
			ns := r.namespace(o.Name)
			if o.Kind == schema.ViewIndexKind {
				ns = r.namespace(o.Table)
			}
			rows["relation"] = append(rows["relation"], head+text(relkinds.Text(string(o.Kind)))+", "+text(ns)+", "+text(base)+")")
		case typtypes.Text(string(o.Kind)) != "":
			rows["type"] = append(rows["type"], head+text(typtypes.Text(string(o.Kind)))+", "+text(r.namespace(o.Name))+", "+text(base)+")")
		case attached(o.Kind)[0] != "", o.Kind == schema.RowSecurityKind:
			table, key := o.Table, attached(o.Kind)[0]
			if o.Kind == schema.RowSecurityKind {
				table, key = o.Name, "row security"
			}
			_, rel := schema.SplitName(table)
			rows[key] = append(rows[key], head+text(r.namespace(table))+", "+text(rel)+", "+text(o.Name)+", "+text(table)+")")
		case o.Kind == schema.StatisticsKind:
			rows["statistics"] = append(rows["statistics"], head+text(r.namespace(o.Name))+", "+text(base)+")")
		case o.Kind == schema.PublicationKind:
			rows["publication"] = append(rows["publication"], head+text(names.publication(o.Name))+")")
		case o.Kind == schema.ExtensionKind, o.Kind == schema.EventTriggerKind:
			rows[string(o.Kind)] = append(rows[string(o.Kind)], head+text(o.Name)+")")
		}
	}
	add := func(key, columns, from string, facts ...string) {
		if len(rows[key]) == 0 {
			return
		}
		cte := "obj_" + strings.ReplaceAll(key, " ", "_")
		ctes = append(ctes, cte+" AS (SELECT w.label, w.kind, w.addr, "+strings.Replace(from, "$values", "(VALUES "+strings.Join(rows[key], ", ")+") AS w(label, kind, addr, "+columns+")", 1)+")")
		for _, f := range facts {
			parts = append(parts, "\n"+f)
		}
	}
	in := " JOIN pg_catalog.pg_namespace n ON n.nspname = w.nsp JOIN pg_catalog."
	cls := func(catalog string) string { return "'pg_catalog." + catalog + "'::pg_catalog.regclass::oid AS cls, " }
	add("relation", "kinds, nsp, name", cls("pg_class")+"c.oid FROM $values"+in+"pg_class c ON c.relnamespace = n.oid AND c.relname = w.name AND pg_catalog.strpos(w.kinds, c.relkind::text) > 0", viewFacts, sequenceFacts, partitionFacts)
	add("type", "kinds, nsp, name", cls("pg_type")+"t.oid FROM $values"+in+"pg_type t ON t.typnamespace = n.oid AND t.typname = w.name AND pg_catalog.strpos(w.kinds, t.typtype::text) > 0 AND (t.typrelid = 0 OR "+
		"EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))", typeFacts)
	add("routine", "kinds, signature", cls("pg_proc")+"p.oid FROM $values JOIN pg_catalog.pg_proc p ON p.oid = pg_catalog.to_regprocedure(w.signature)::oid AND pg_catalog.strpos(w.kinds, p.prokind::text) > 0", routineFacts, aggregateFacts)
	add("statistics", "nsp, name", cls("pg_statistic_ext")+"x.oid FROM $values"+in+"pg_statistic_ext x ON x.stxnamespace = n.oid AND x.stxname = w.name", statisticsFacts)
	add("publication", "name", cls("pg_publication")+"x.oid FROM $values JOIN pg_catalog.pg_publication x ON x.pubname = w.name", r.publicationFacts())
	add("extension", "name", cls("pg_extension")+"x.oid FROM $values JOIN pg_catalog.pg_extension x ON x.extname = w.name", extensionFacts)
	add("event trigger", "name", cls("pg_event_trigger")+"x.oid FROM $values JOIN pg_catalog.pg_event_trigger x ON x.evtname = w.name", eventTriggerFacts)
	for _, kind := range schema.ObjectKinds() {
		if a := attached(kind); a[0] != "" {
			add(a[0], "nsp, rel, name, tab", cls(a[0])+"x.oid, w.tab FROM $values"+in+"pg_class c ON c.relnamespace = n.oid AND c.relname = w.rel JOIN pg_catalog."+a[0]+" x ON x."+a[2]+" = c.oid AND x."+a[1]+" = w.name")
		}
	}
	add("row security", "nsp, rel, name, tab", cls("pg_class")+"c.oid, w.tab FROM $values"+in+"pg_class c ON c.relnamespace = n.oid AND c.relname = w.rel")
	return ctes, parts
}

// The facts of objects beside tables, one query for each kind. obj_ is followed by the catalog.
const (
	viewFacts = `SELECT o.label || ': ' || COALESCE('WITH (' || (SELECT pg_catalog.string_agg(x, ', ' ORDER BY x) FROM pg_catalog.unnest(c.reloptions) x) || ') ', '') || pg_catalog.pg_get_viewdef(o.oid, true)
FROM obj_relation o JOIN pg_catalog.pg_class c ON c.oid = o.oid WHERE c.relkind IN ('v', 'm')`

	sequenceFacts = `SELECT o.label || ': ' || pg_catalog.concat('AS ', pg_catalog.format_type(q.seqtypid, NULL), ' INCREMENT BY ', q.seqincrement, ' MINVALUE ', q.seqmin, ' MAXVALUE ', q.seqmax, ' START WITH ', q.seqstart, ' CACHE ', q.seqcache,
 CASE WHEN q.seqcycle THEN ' CYCLE' END, (SELECT ' OWNED BY ' || d.refobjid::pg_catalog.regclass::text || '.' || pg_catalog.quote_ident(a.attname) FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  WHERE d.classid = o.cls AND d.objid = o.oid AND d.refclassid = o.cls AND d.deptype = 'a'), CASE c.relpersistence WHEN 'u' THEN ' UNLOGGED' END)
FROM obj_relation o JOIN pg_catalog.pg_class c ON c.oid = o.oid JOIN pg_catalog.pg_sequence q ON q.seqrelid = o.oid`

	partitionFacts = `SELECT o.label || ': ' || pg_catalog.concat(pg_catalog.pg_get_expr(c.relpartbound, c.oid), ' OF ', i.inhparent::pg_catalog.regclass::text, CASE WHEN c.relkind = 'p' THEN ' PARTITION BY ' || pg_catalog.pg_get_partkeydef(c.oid) END)
FROM obj_relation o JOIN pg_catalog.pg_class c ON c.oid = o.oid JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid AND NOT i.inhdetachpending WHERE c.relispartition AND o.kind = 'partition'`

	typeFacts = `SELECT o.label || ': ' || CASE t.typtype
WHEN 'd' THEN pg_catalog.concat(pg_catalog.format_type(t.typbasetype, t.typtypmod), CASE WHEN t.typcollation <> b.typcollation THEN ' COLLATE ' || (SELECT pg_catalog.quote_ident(collname) FROM pg_catalog.pg_collation WHERE oid = t.typcollation) END,
  ' DEFAULT ' || pg_catalog.pg_get_expr(t.typdefaultbin, 0), CASE WHEN t.typnotnull THEN ' NOT NULL' END,
  (SELECT pg_catalog.string_agg(' CONSTRAINT ' || pg_catalog.quote_ident(c.conname) || ' ' || pg_catalog.pg_get_constraintdef(c.oid, true), '' ORDER BY c.conname) FROM pg_catalog.pg_constraint c WHERE c.contypid = t.oid AND c.contype = 'c'))
WHEN 'c' THEN (SELECT pg_catalog.concat('(', pg_catalog.string_agg(pg_catalog.concat(pg_catalog.quote_ident(a.attname), ' ', pg_catalog.format_type(a.atttypid, a.atttypmod),
  CASE WHEN a.attcollation <> y.typcollation THEN ' COLLATE ' || (SELECT pg_catalog.quote_ident(collname) FROM pg_catalog.pg_collation WHERE oid = a.attcollation) END), ', ' ORDER BY a.attnum), ')')
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type y ON y.oid = a.atttypid WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)
ELSE (SELECT pg_catalog.concat('SUBTYPE = ', pg_catalog.format_type(g.rngsubtype, NULL), ' OPCLASS = ', (SELECT pg_catalog.quote_ident(opcname) FROM pg_catalog.pg_opclass WHERE oid = g.rngsubopc), ' COLLATION = ' || (SELECT pg_catalog.quote_ident(collname) FROM pg_catalog.pg_collation WHERE oid = g.rngcollation),
  ' CANONICAL = ' || NULLIF(g.rngcanonical::text, '-'), ' DIFF = ' || NULLIF(g.rngsubdiff::text, '-'), ' MULTIRANGE = ', pg_catalog.format_type(g.rngmultitypid, NULL)) FROM pg_catalog.pg_range g WHERE g.rngtypid = t.oid) END
FROM obj_type o JOIN pg_catalog.pg_type t ON t.oid = o.oid LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype`

	routineFacts = `SELECT E'\x07' || o.label || ': ' || pg_catalog.pg_get_functiondef(o.oid) FROM obj_routine o WHERE o.kind <> 'aggregate'`

	aggregateFacts = `SELECT o.label || ': ' || pg_catalog.concat('(', pg_catalog.pg_get_function_arguments(p.oid), ') ', a.aggkind::text, ' SFUNC = ', (SELECT f.pronamespace::pg_catalog.regnamespace || '.' || pg_catalog.quote_ident(f.proname) FROM pg_catalog.pg_proc f WHERE f.oid = a.aggtransfn), ' STYPE = ', pg_catalog.format_type(a.aggtranstype, NULL), ' SSPACE = ', a.aggtransspace, ' FINALFUNC = ' || (SELECT f.pronamespace::pg_catalog.regnamespace || '.' || pg_catalog.quote_ident(f.proname) FROM pg_catalog.pg_proc f WHERE f.oid = a.aggfinalfn),
 CASE WHEN a.aggfinalextra THEN ' FINALFUNC_EXTRA' END, ' FINALFUNC_MODIFY = ', a.aggfinalmodify::text, ' COMBINEFUNC = ' || (SELECT f.pronamespace::pg_catalog.regnamespace || '.' || pg_catalog.quote_ident(f.proname) FROM pg_catalog.pg_proc f WHERE f.oid = a.aggcombinefn), ' SERIALFUNC = ' || (SELECT f.pronamespace::pg_catalog.regnamespace || '.' || pg_catalog.quote_ident(f.proname) FROM pg_catalog.pg_proc f WHERE f.oid = a.aggserialfn), ' DESERIALFUNC = ' || (SELECT f.pronamespace::pg_catalog.regnamespace || '.' || pg_catalog.quote_ident(f.proname) FROM pg_catalog.pg_proc f WHERE f.oid = a.aggdeserialfn),
 ' INITCOND = ' || pg_catalog.quote_literal(a.agginitval), ' MSFUNC = ' || (SELECT f.pronamespace::pg_catalog.regnamespace || '.' || pg_catalog.quote_ident(f.proname) FROM pg_catalog.pg_proc f WHERE f.oid = a.aggmtransfn), ' MINVFUNC = ' || (SELECT f.pronamespace::pg_catalog.regnamespace || '.' || pg_catalog.quote_ident(f.proname) FROM pg_catalog.pg_proc f WHERE f.oid = a.aggminvtransfn), ' MFINALFUNC = ' || (SELECT f.pronamespace::pg_catalog.regnamespace || '.' || pg_catalog.quote_ident(f.proname) FROM pg_catalog.pg_proc f WHERE f.oid = a.aggmfinalfn),
 ' MINITCOND = ' || pg_catalog.quote_literal(a.aggminitval), ' SORTOP = ' || NULLIF(a.aggsortop::pg_catalog.regoperator::text, '0'), ' PARALLEL = ', p.proparallel::text)
FROM obj_routine o JOIN pg_catalog.pg_aggregate a ON a.aggfnoid = o.oid JOIN pg_catalog.pg_proc p ON p.oid = o.oid`

	statisticsFacts = `SELECT o.label || ': ' || pg_catalog.pg_get_statisticsobjdef(o.oid) FROM obj_statistics o`

	extensionFacts = `SELECT pg_catalog.concat(E'\x08', o.label, E'\x08', n.nspname, E'\x08', x.extversion) FROM obj_extension o JOIN pg_catalog.pg_extension x ON x.oid = o.oid JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace`

	eventTriggerFacts = `SELECT o.label || ': ' || pg_catalog.concat('ON ', x.evtevent, ' WHEN TAG IN (' || (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(pg_catalog.upper(t)), ', ' ORDER BY pg_catalog.upper(t)) FROM pg_catalog.unnest(x.evttags) t) || ')',
 ' EXECUTE FUNCTION ', pg_catalog.replace(x.evtfoid::pg_catalog.regproc::text, '"', ''), '()', CASE x.evtenabled WHEN 'O' THEN '' ELSE ' enabled ' || x.evtenabled::text END) FROM obj_event_trigger o JOIN pg_catalog.pg_event_trigger x ON x.oid = o.oid`
)

// publicationFacts has what a publication says; columns, conditions and schemas are there from version 15 on.
func (r renderer) publicationFacts() string {
	more, spaces := "''", "''"
	if r.version >= 15 {
		more = "COALESCE(' (' || (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = l.prrelid AND a.attnum = ANY (l.prattrs::int2[])) || ')', ''), ' WHERE ' || pg_catalog.pg_get_expr(l.prqual, l.prrelid)"
		spaces = "' SCHEMAS ' || (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(n.nspname), ', ' ORDER BY n.nspname) FROM pg_catalog.pg_publication_namespace s JOIN pg_catalog.pg_namespace n ON n.oid = s.pnnspid WHERE s.pnpubid = x.oid)"
	}
	return `SELECT o.label || ': ' || pg_catalog.concat((pg_catalog.to_jsonb(x) - 'oid' - 'pubname' - 'pubowner')::text, ' TABLES ' || (SELECT pg_catalog.string_agg(pg_catalog.concat(l.prrelid::pg_catalog.regclass::text, ` + more + `), ', ' ORDER BY l.prrelid::pg_catalog.regclass::text)
 FROM pg_catalog.pg_publication_rel l WHERE l.prpubid = x.oid), ` + spaces + `) FROM obj_publication o JOIN pg_catalog.pg_publication x ON x.oid = o.oid`
}

// plainObject writes the fact of an object so that what means the same reads the same.
func plainObject(line string, want *schema.Schema) string {
	switch line[0] {
	case '\x07': // a routine: only its body counts, whatever the ends of its lines and the blank space around it
		line = line[1:]
		head, rest, ok := strings.Cut(line, "\nAS $")
		if !ok {
			return strings.TrimSpace(line)
		}
		tag, body, _ := strings.Cut(rest, "$")
		body = strings.TrimSuffix(strings.TrimSpace(body), "$"+tag+"$")
		return head + "\nAS $" + tag + "$" + strings.TrimSpace(strings.ReplaceAll(body, "\r\n", "\n")) + "$" + tag + "$"
	case '\x08': // an extension: what its declaration says
		p := strings.Split(line[1:], "\x08")
		i := slices.IndexFunc(want.SQLObjects, func(o schema.SQLObject) bool { return o.String() == p[0] })
		return extensionFact(want.SQLObjects[i], p[1], p[2])
	}
	return line
}

// lined keeps the lines of the definition of an object of want apart; all else is one line.
func lined(line string, want *schema.Schema) string {
	if !strings.Contains(line, "\n") || slices.ContainsFunc(want.SQLObjects, func(o schema.SQLObject) bool { return strings.HasPrefix(line, o.String()) }) {
		return line
	}
	return strings.ReplaceAll(line, "\n", `\n`)
}

func extensionFact(o schema.SQLObject, in, version string) string {
	saidIn, saidVersion := extensionParts(o)
	line := o.String()
	if saidIn != "" {
		line += " in schema " + in
	}
	if saidVersion != "" {
		line += " version " + version
	}
	return line
}

// saidFact returns the fact of an object that is not built.
func (s *session) saidFact(o schema.SQLObject) string {
	switch o.Kind {
	case schema.ExtensionKind:
		in, version := extensionParts(o)
		return extensionFact(o, in, version)
	case schema.EventTriggerKind:
		return o.String() + ": " + s.eventTrigger(o)
	case schema.GrantKind:
		return o.String() + ": " + strings.Join(s.privileges(o), ", ")
	}
	return o.String() + ": " + string(o.SQL)
}

// eventTrigger returns what an event trigger says as its catalog does.
func (r renderer) eventTrigger(o schema.SQLObject) string {
	toks := sqllex.Code(string(o.SQL), lexis)
	event, function := "", ""
	var tags []string
	for i, t := range toks {
		switch {
		case t.Is("ON") && event == "" && i+1 < len(toks):
			event = folded(toks[i+1])
		case t.Kind == sqllex.String:
			tags = append(tags, text(strings.ToUpper(t.Value())))
		case t.Is("FUNCTION", "PROCEDURE") && i > 0 && toks[i-1].Is("EXECUTE"):
			for _, p := range toks[i+1:] {
				if p.Text == "(" {
					break
				}
				if p.IsName() {
					function += folded(p)
				} else {
					function += p.Text
				}
			}
		}
	}
	function = strings.TrimPrefix(strings.TrimPrefix(function, r.schema+"."), "pg_catalog.")
	out := "ON " + event
	if slices.Sort(tags); len(tags) > 0 {
		out += " WHEN TAG IN (" + strings.Join(slices.Compact(tags), ", ") + ")"
	}
	return out + " EXECUTE FUNCTION " + function + "()"
}
