package main

import (
	"os"
	"path/filepath"
	"strings"
)

// sqlFlag is -sql, which has two meanings that came one after the other: alone it prints the SQL of the new migration, and with a directory it names the SQL
// files that declare views, functions and the like. -sql=DIR is always the second.
type sqlFlag struct {
	print bool
	dir   string
}

func (s *sqlFlag) String() string   { return "" }
func (s *sqlFlag) IsBoolFlag() bool { return true }

func (s *sqlFlag) Set(value string) error {
	switch value {
	case "true":
		s.print = true
	case "false":
		s.print = false
	default:
		s.dir = value
	}
	return nil
}

// joinSQL returns the arguments with -sql DIR written as -sql=DIR: what follows is a directory with SQL files, and not a package.
func joinSQL(dir string, args []string) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		if a := strings.TrimLeft(args[i], "-"); a == "sql" && a != args[i] && i+1 < len(args) && (args[i+1] == "none" || holdsSQL(filepath.Join(dir, args[i+1]), args[i+1])) {
			out = append(out, "-sql="+args[i+1])
			i++
			continue
		}
		out = append(out, args[i])
	}
	return out
}

// holdsSQL reports whether a directory has SQL files and no Go files.
func holdsSQL(dir, given string) bool {
	if filepath.IsAbs(given) {
		dir = given
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	found, empty := false, true
	for _, e := range entries {
		switch ext := strings.ToLower(filepath.Ext(e.Name())); {
		case ext == ".go":
			return false
		case ext == ".sql", e.IsDir() && holdsSQL(filepath.Join(dir, e.Name()), ""):
			found = true
		}
		empty = empty && e.Name()[0] == '.'
	}
	return found || empty
}
