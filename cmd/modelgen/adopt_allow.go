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
	there       bool     // the file is there: it is not written over
	patterns    []string // without those that the file has
}

// allowFile is what of modelgen.json is for verify.
type allowFile struct {
	Verify struct {
		Allow []string `json:"allow"`
	} `json:"verify"`
}

// allow finds what the database has on adopted tables and the models cannot say, as far as verify looks at it.
func (to *adoption) allow(e env, a adoptFlags) allowance {
	const name = "modelgen.json"
	out, err := e.abs(a.out)
	if err != nil {
		return allowance{}
	}
	x := allowance{path: filepath.Join(out, name), shown: filepath.ToSlash(filepath.Join(a.out, name))}
	var has allowFile
	for _, dir := range []string{out, moduleOf(out)} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil && !x.there { // the nearest counts
			x.there = true
			_ = json.Unmarshal(data, &has) // whether it is right is said elsewhere
		}
	}
	for _, u := range to.res.Unexpressed {
		if u.Allow != "" && !slices.Contains(has.Verify.Allow, u.Allow) {
			x.patterns = append(x.patterns, u.Allow)
		}
	}
	slices.Sort(x.patterns)
	x.patterns = slices.Compact(x.patterns)
	return x
}

// content returns the file.
func (x allowance) content() []byte {
	var file allowFile
	file.Verify.Allow = x.patterns
	data, err := json.MarshalIndent(file, "", "\t")
	if err != nil {
		panic(err) // texts alone
	}
	return append(data, '\n')
}
