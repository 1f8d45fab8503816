package psql

import (
	"fmt"
	"io"
	"slices"

	"github.com/modelgen/modelgen/gen/sqlscript"
	migrate "github.com/modelgen/modelgen/runtime"
)

// guard prints one migration.
type guard struct {
	w      io.Writer
	s      sqlscript.Script
	server Server
	raise  func(when, message string)
}

func (g guard) printf(format string, args ...any) { fmt.Fprintf(g.w, format, args...) }

// mark prints a change of the history of a migration of the set.
func (g guard) mark(kind migrate.MarkKind, r migrate.Record) {
	r.Set, r.Tool = g.s.Set, "psql"
	g.printf("%s;\n", g.server.MarkSQL("", migrate.Mark{Kind: kind, Record: r}))
}

func (g guard) print(scripts []sqlscript.Script, expands map[string]bool) {
	set, name := text(g.s.Set), text(g.s.Migration)
	g.printf("\n-- %s\nSELECT pg_temp.modelgen_stage(%s, %s, %s) AS modelgen_stage \\gset\n", g.s.Migration, set, name, text(g.s.Hash))
	if expands[g.s.Migration] {
		g.printf("\\unset %s\n", expanded(scripts, g.s.Migration))
	}
	g.printf("SELECT :modelgen_stage < 0 AS modelgen_begin, :modelgen_stage < 1000000 AS modelgen_todo \\gset\n\\if :modelgen_todo\n")
	g.parents(scripts)
	g.ends(scripts)
	if len(g.s.Replaces) > 0 {
		g.printf("SELECT :modelgen_stage < 0 AND %s AS modelgen_adopt \\gset\n\\if :modelgen_adopt\n-- what it stands for is there\n", whole(g.s.Set, g.s.Replaces))
		g.printf("BEGIN;\n")
		done := migrate.Record{Name: g.s.Migration, Hash: g.s.Hash, State: migrate.StateDone}
		g.mark(migrate.MarkBegin, done)
		g.mark(migrate.MarkFinish, done)
		g.printf("COMMIT;\n\\else\n")
		g.raise(fmt.Sprintf("NOT EXISTS (SELECT FROM %s WHERE \"set\" = %s AND name = %s) AND EXISTS (SELECT FROM %[1]s WHERE \"set\" = %[2]s AND name IN %[4]s)",
			historyTable, set, name, list(sqlscript.Names(g.s.Replaces))),
			g.s.Migration+" stands for migrations of which this database has some, and not all; apply the rest of them first, with the program that has them: app migrate up")
	}
	groups := migrate.Transactions(g.s.Stages)
	if len(groups) == 0 {
		groups = [][]migrate.Stage{nil} // the history is written all the same
	}
	done := 0
	for i, group := range groups {
		done += len(group)
		g.group(group, max(done, 1), i == 0, i == len(groups)-1)
	}
	if expands[g.s.Migration] {
		g.printf("\\set %s 1\n", expanded(scripts, g.s.Migration))
	}
	if len(g.s.Replaces) > 0 {
		g.printf("\\endif\n")
	}
	g.printf("\\endif\n")
}

// group prints the stages of one transaction; end is how many stages are done behind it.
func (g guard) group(group []migrate.Stage, end int, first, last bool) {
	g.printf("SELECT :modelgen_stage < %d AS modelgen_todo \\gset\n\\if :modelgen_todo\n", end)
	noTx := len(group) > 0 && group[0].NoTx
	if !noTx {
		g.printf("BEGIN;\n")
	}
	if first {
		g.printf("\\if :modelgen_begin\n")
		g.mark(migrate.MarkBegin, migrate.Record{Name: g.s.Migration, Hash: g.s.Hash, State: migrate.StateRunning})
		g.printf("\\endif\n")
	}
	for _, st := range group {
		g.printf("-- %s%s\n", st.Cause, sqlscript.Effects(st))
		all, _ := st.SQL()
		if st.Again == nil {
			sqlscript.WriteStatements(g.w, all)
			continue
		}
		g.printf("SELECT (state = 'left') IS TRUE AS modelgen_left, (state = 'done') IS NOT TRUE AS modelgen_todo FROM (SELECT (%s) AS state) AS earlier \\gset\n", st.Again.State)
		if st.Again.Clear.SQL != "" {
			g.printf("\\if :modelgen_left\n%s\n\\endif\n", sqlscript.Terminated(st.Again.Clear.SQL))
		}
		g.printf("\\if :modelgen_todo\n")
		sqlscript.WriteStatements(g.w, all)
		g.printf("\\endif\n")
	}
	members := everyRow(g.s.Replaces)
	if noTx && last && len(members) > 0 {
		g.printf("BEGIN;\n")
	}
	if last {
		g.mark(migrate.MarkFinish, migrate.Record{Name: g.s.Migration, State: migrate.StateDone})
		for _, m := range members { // as the migrator does, for programs of the previous release
			faked := migrate.Record{Name: m.Name, Hash: m.Hash, State: migrate.StateFaked}
			g.mark(migrate.MarkBegin, faked)
			g.mark(migrate.MarkFinish, faked)
		}
	} else {
		g.mark(migrate.MarkStage, migrate.Record{Name: g.s.Migration, State: migrate.StateRunning, Stage: end})
	}
	if !noTx || last && len(members) > 0 {
		g.printf("COMMIT;\n")
	}
	g.printf("\\endif\n")
}

// parents makes sure of those that are not in the script.
func (g guard) parents(scripts []sqlscript.Script) {
	for _, p := range g.s.Parents {
		if slices.ContainsFunc(scripts, func(s sqlscript.Script) bool { return s.Migration == p.Name || slices.Contains(p.By, s.Migration) }) {
			continue
		}
		g.raise("NOT ("+there(g.s.Set, p)+")", g.s.Migration+" comes after "+p.Name+", which is not applied; begin the script there: modelgen sql -idempotent "+p.Name+".."+g.s.Migration)
	}
}

// ends stops in front of the end of a dual write that this script has begun, unless the database was empty.
func (g guard) ends(scripts []sqlscript.Script) {
	for _, name := range g.s.Ends {
		if !slices.ContainsFunc(scripts, func(s sqlscript.Script) bool { return s.Migration == name }) {
			continue
		}
		g.printf("\\if :{?%s}\n\\if :modelgen_empty\n\\else\n", expanded(scripts, name))
		g.raise("", g.s.Migration+" waits: "+name+" has just begun a dual write, and programs that know only one of its columns may still be running; everything before it is applied; "+
			"run this again when all programs that run are newer than "+name)
		g.printf("\\endif\n\\endif\n")
	}
}

// expanded is the variable that tells that a migration was run by this script.
func expanded(scripts []sqlscript.Script, name string) string {
	return fmt.Sprintf("modelgen_expanded_%d", slices.IndexFunc(scripts, func(s sqlscript.Script) bool { return s.Migration == name }))
}
