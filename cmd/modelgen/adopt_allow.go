package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
)

// allowance is what verify is to pass over, as modelgen.json says it.
type allowance struct {
	path, shown string
	there       bool // the file is there: it is not written over
	patterns    []string
}

// allow finds what the database has on adopted tables and the models cannot say, as far as verify looks at it.
func (to *adoption) allow(e env, a adoptFlags) allowance {
	const name = "modelgen.json"
	out, err := e.abs(a.out)
	if err != nil {
		return allowance{}
	}
	x := allowance{path: filepath.Join(out, name), shown: filepath.ToSlash(filepath.Join(a.out, name))}
	for _, dir := range []string{out, moduleOf(out)} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			x.there = true
		}
	}
	for _, u := range to.res.Unexpressed {
		if u.Allow != "" {
			x.patterns = append(x.patterns, u.Allow)
		}
	}
	slices.Sort(x.patterns)
	x.patterns = slices.Compact(x.patterns)
	return x
}

// content returns the file.
func (x allowance) content() []byte {
	var file struct {
		Verify struct {
			Allow []string `json:"allow"`
		} `json:"verify"`
	}
	file.Verify.Allow = x.patterns
	data, err := json.MarshalIndent(file, "", "\t")
	if err != nil {
		panic(err) // texts alone
	}
	return append(data, '\n')
}
