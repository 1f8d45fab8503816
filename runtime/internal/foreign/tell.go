package foreign

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

// text returns a value as a tool would write it, "" for NULL.
func (r Row) text(column string) string {
	switch v := r[column].(type) {
	case nil:
		return ""
	case []byte:
		return string(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return fmt.Sprint(v)
	}
}

// flag reports whether a value is true in the words of any database.
func (r Row) flag(column string) bool {
	switch strings.ToLower(r.text(column)) {
	case "true", "t", "1", "y", "yes":
		return true
	}
	return false
}

func (r Row) number(column string) int {
	n, _ := strconv.Atoi(r.text(column))
	return n
}

// by sorts rows by a number, such as the order in which they were written.
func by(rows []Row, column string) []Row {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b Row) int { return a.number(column) - b.number(column) })
	return rows
}

// applied sets what is applied, and the newest of it.
func applied(f *migrate.ForeignHistory, all []string) {
	if f.Applied = sortVersions(all); len(f.Applied) > 0 {
		f.Version = f.Applied[len(f.Applied)-1]
	}
}

// texts returns the values of a column.
func texts(rows []Row, column string) (all []string) {
	for _, r := range rows {
		all = append(all, r.text(column))
	}
	return all
}

// counter is for tools that keep one number as their version, which is another one at the beginning.
func counter(f *migrate.ForeignHistory, rows []Row, beginning string) {
	for _, r := range rows {
		if v := r.text("version"); v != beginning {
			f.Version = v
		}
	}
}

func tern(f *migrate.ForeignHistory, rows []Row) { counter(f, rows, "0") }

// own keeps a row for each migration of each set, here as set/migration. A row without a set is the form of the table.
func own(f *migrate.ForeignHistory, rows []Row) {
	for _, r := range by(rows, "id") {
		if r.text("set") == "" {
			continue
		}
		f.Version = r.text("set") + "/" + r.text("name")
		f.Applied = append(f.Applied, f.Version)
		if s := migrate.State(r.text("state")); s != migrate.StateDone && s != migrate.StateFaked {
			f.Problem = fmt.Sprintf("%s: migration %s of set %s is half done, and up of its program goes on with it", s, r.text("name"), r.text("set"))
		}
	}
}

// goose goes by the newest row of a version: going down deletes rows, or marks them in old releases. Version 0 is the beginning.
func goose(f *migrate.ForeignHistory, rows []Row) {
	last := map[string]bool{}
	for _, r := range by(rows, "id") {
		last[r.text("version_id")] = r.flag("is_applied")
	}
	var all []string
	for v, on := range last {
		if on && v != "0" {
			all = append(all, v)
		}
	}
	applied(f, all)
}

// golangMigrate keeps one row: the version, and whether its file has failed half way. Its files may begin at 0; -1 is the beginning.
func golangMigrate(f *migrate.ForeignHistory, rows []Row) {
	counter(f, rows, "-1")
	for _, r := range rows {
		if r.flag("dirty") {
			f.Problem = "dirty: version " + r.text("version") + " has failed half way; repair the database, then migrate force"
		}
	}
}

func atlas(f *migrate.ForeignHistory, rows []Row) {
	var all []string
	for _, r := range rows {
		v := r.text("version")
		if strings.HasPrefix(v, ".") { // .atlas_cloud_identifier is none
			continue
		}
		if r.number("type")&1 != 0 { // a baseline
			f.Baseline = v
		}
		resolved := r.number("type")&4 != 0 // by hand, with migrate set
		if all = append(all, v); !resolved && (r.number("applied") < r.number("total") || r.text("error") != "") {
			f.Problem = fmt.Sprintf("partially applied: %d of %d statements of version %s", r.number("applied"), r.number("total"), v)
		}
	}
	applied(f, all)
}

func gormigrate(f *migrate.ForeignHistory, rows []Row) {
	var all []string
	for _, r := range rows {
		if v := r.text("id"); v != "SCHEMA_INIT" {
			all = append(all, v)
		}
	}
	applied(f, all)
}

// flyway keeps a row for each attempt. A row without a version is of a repeatable migration.
func flyway(f *migrate.ForeignHistory, rows []Row) {
	on := map[string]bool{}
	for _, r := range by(rows, "installed_rank") {
		v := r.text("version")
		if !r.flag("success") {
			what := "version " + v
			if v == "" {
				what = r.text("script")
			}
			f.Problem = "failed: " + what + "; flyway repair takes it out of the history"
			continue
		}
		if strings.HasSuffix(r.text("type"), "BASELINE") { // or SQL_BASELINE: a file that stands for those before it
			f.Baseline = v
		}
		if v != "" {
			on[v] = r.text("type") != "DELETE" && !strings.HasPrefix(r.text("type"), "UNDO")
		}
	}
	var all []string
	for v, is := range on {
		if is {
			all = append(all, v)
		}
	}
	applied(f, all)
}

func liquibase(f *migrate.ForeignHistory, rows []Row) {
	for _, r := range by(rows, "orderexecuted") {
		id := r.text("filename") + "::" + r.text("id") + "::" + r.text("author")
		if r.text("exectype") == "FAILED" {
			f.Problem = "FAILED: " + id
			continue
		}
		f.Applied, f.Version = append(f.Applied, id), id
	}
}

// alembic keeps the heads alone: several where there are branches.
func alembic(f *migrate.ForeignHistory, rows []Row) {
	heads := texts(rows, "version_num")
	slices.Sort(heads)
	f.Version = strings.Join(heads, ", ")
}

// django numbers the migrations of each application; the newest is the one that was written last.
func django(f *migrate.ForeignHistory, rows []Row) {
	var all []string
	for _, r := range by(rows, "id") {
		f.Version = r.text("app") + "." + r.text("name")
		all = append(all, f.Version)
	}
	f.Applied = sortVersions(all)
}

// prisma keeps a row for each attempt.
func prisma(f *migrate.ForeignHistory, rows []Row) {
	var all []string
	for _, r := range rows {
		name := r.text("migration_name")
		switch {
		case r.text("rolled_back_at") != "":
		case r.text("finished_at") == "":
			f.Problem = "failed: " + name + "; prisma migrate resolve says what is to be done"
		default:
			all = append(all, name)
		}
	}
	applied(f, all)
}

func typeorm(f *migrate.ForeignHistory, rows []Row) {
	for _, r := range by(rows, "timestamp") {
		f.Version = r.text("name")
		f.Applied = append(f.Applied, f.Version)
	}
}

func sqlxCLI(f *migrate.ForeignHistory, rows []Row) {
	var all []string
	for _, r := range rows {
		if all = append(all, r.text("version")); !r.flag("success") {
			f.Problem = "failed: version " + r.text("version")
		}
	}
	applied(f, all)
}
