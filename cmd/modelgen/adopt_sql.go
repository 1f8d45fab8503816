package main

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/sqlfiles"
	migrate "github.com/modelgen/modelgen/runtime"
)

// sqlKinds are the objects that adopt declares in SQL files, in the words of an inspection, with the file that they go into. The rest is left as it is.
var sqlKinds = []struct{ kind, file string }{
	{"extension ", "extensions"}, {"enum ", "types"}, {"domain ", "types"}, {"composite type ", "types"}, {"range type ", "types"}, {"sequence ", "sequences"},
	{"function ", "functions"}, {"window function ", "functions"}, {"procedure ", "functions"}, {"aggregate ", "functions"},
	{"materialized view ", "views"}, {"view ", "views"}, {"index ", "views"}, {"virtual table ", "virtual_tables"},
	{"partition ", "partitions"}, {"trigger ", "triggers"}, {"rule ", "triggers"}, {"policy ", "policies"}, {"statistics object ", "statistics"},
	{"event trigger ", "event_triggers"}, {"publication ", "publications"}, {"comment on ", "comments"}, {"grant on ", "grants"}, {"privileges of ", "grants"},
}

// rowSecurity are parts of tables that are declared too.
var rowSecurity = []string{": row level security", ": forced row level security"}

// sqlFileOf returns the file that an object goes into, "" for none, and its place among those of other kinds.
func sqlFileOf(u migrate.Unexpressed) (file string, place int) {
	if u.SQL == "" || u.Owner != "" && !strings.HasSuffix(u.Object, " "+u.Owner) {
		return "", 0
	}
	for i, k := range sqlKinds {
		if strings.HasPrefix(u.Object, k.kind) && !strings.Contains(u.Object, ": ") {
			return k.file, i
		}
	}
	if slices.ContainsFunc(rowSecurity, func(end string) bool { return strings.HasSuffix(u.Object, end) }) {
		return "policies", -1
	}
	return "", 0
}

// declared is an object on its way into a file.
type declared struct {
	migrate.Unexpressed
	file  string
	place int
	line  int // of the file, from 1
}

// sqlFiles returns the SQL files that declare what models do not say, by their paths, and takes that out of what is told as left. A statement that -sql does not take is left as it is.
func (to *adoption) sqlFiles(e env, a adoptFlags) (map[string][]byte, error) {
	if a.sql == "none" {
		return nil, nil
	}
	var all []declared
	for _, u := range to.res.Unexpressed {
		if file, place := sqlFileOf(u); file != "" {
			all = append(all, declared{u, file, place, 0})
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	dir, err := e.abs(a.sql)
	if err != nil {
		return nil, err
	}
	if there, _ := filepath.Glob(filepath.Join(dir, "*.sql")); len(there) > 0 {
		return nil, finding.Problems{fmt.Sprintf("%s has SQL files already (%s), and what the database has beside its tables goes into such: name another directory with -sql, or none; nothing was written",
			filepath.ToSlash(a.sql), filepath.Base(there[0]))}
	}
	slices.SortStableFunc(all, func(x, y declared) int { return x.place - y.place })
	for {
		overlay := map[string][]byte{}
		for name, content := range contents(all) {
			overlay[filepath.Join(dir, name+".sql")] = content
		}
		files, refused, err := to.refused(dir, overlay)
		if err != nil {
			return nil, err
		}
		if len(refused) == 0 {
			to.cfg.SQL = dir
			maps.Copy(to.cfg.Overlay, overlay)
			for _, enum := range files.Enums {
				to.res.Schema.PutEnum(enum)
			}
			taken := map[string]bool{}
			for _, d := range all {
				taken[d.Object] = true
			}
			to.res.Unexpressed = slices.DeleteFunc(to.res.Unexpressed, func(u migrate.Unexpressed) bool { return taken[u.Object] })
			return overlay, nil
		}
		n := len(all)
		all = slices.DeleteFunc(all, func(d declared) bool {
			return slices.ContainsFunc(refused, func(p sqlfiles.Problem) bool {
				return strings.TrimSuffix(filepath.Base(p.Pos.Filename), ".sql") == d.file && p.Pos.Line >= d.line && p.Pos.Line < d.line+1+strings.Count(d.SQL, "\n")
			})
		})
		if len(all) == n {
			return nil, refused
		}
		if len(all) == 0 {
			return nil, nil
		}
	}
}

// contents writes the files, and notes where each object stands.
func contents(all []declared) map[string][]byte {
	files := map[string][]byte{}
	for i := range all {
		d := &all[i]
		if len(files[d.file]) > 0 {
			files[d.file] = append(files[d.file], '\n')
		}
		d.SQL = strings.TrimRight(strings.TrimSpace(strings.ReplaceAll(d.SQL, "\r\n", "\n")), ";")
		d.line = 1 + strings.Count(string(files[d.file]), "\n")
		files[d.file] = append(files[d.file], d.SQL+";\n"...)
	}
	return files
}

// refused reads files, and returns their problems with the models.
func (to *adoption) refused(dir string, overlay map[string][]byte) (*sqlfiles.Result, sqlfiles.Problems, error) {
	here := []migrate.Capabilities{targets[to.in.Dialect].Capabilities()}
	files, err := sqlfiles.Read(sqlfiles.Config{Dir: dir, Dialects: here, Overlay: overlay})
	if problems, ok := errors.AsType[sqlfiles.Problems](err); ok {
		return nil, problems, nil
	}
	if err != nil {
		return nil, nil, err
	}
	return files, files.Into(to.res.Schema.Clone()), nil
}
