// Command importrules holds the packages of this module to the directions in which they may import each other, and to what else they
// may import. It also finds strings that name a dialect where none may be named, and exported names without a comment. It prints every violation
// with the rule and its reason; the exit code is 1 when there is one, and 2 when it cannot run.
//
//	go run ./internal/importrules
//
// The rules are in rules.go; its test runs them too.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// Package is what the rules look at of a package, in the words of go list.
type Package struct {
	ImportPath   string
	Imports      []string // of its files without tests
	TestImports  []string // of its tests
	XTestImports []string // of its tests in a package of their own
}

func main() {
	all, err := list(".")
	if err != nil {
		fmt.Fprintln(os.Stderr, "importrules:", err)
		os.Exit(2)
	}
	problems := check(all)
	named, err := namedDialects(".", dialects)
	if err != nil {
		fmt.Fprintln(os.Stderr, "importrules:", err)
		os.Exit(2)
	}
	problems = append(problems, named...)
	bare, err := uncommented(".")
	if err != nil {
		fmt.Fprintln(os.Stderr, "importrules:", err)
		os.Exit(2)
	}
	problems = append(problems, bare...)
	for _, p := range problems {
		fmt.Println(p)
	}
	if len(problems) > 0 {
		os.Exit(1)
	}
}

// list asks the go command for all packages of the module that dir is in, as it sees them without building anything.
func list(dir string) ([]Package, error) {
	root := exec.Command("go", "list", "-m", "-f", "{{.Dir}}")
	root.Dir = dir
	out, err := output(root)
	if err != nil {
		return nil, err
	}
	// Packages that cannot be loaded, such as one that waits for generated code, still say what they import.
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = strings.TrimSpace(out)
	if out, err = output(cmd); err != nil {
		return nil, err
	}
	var all []Package
	for dec := json.NewDecoder(strings.NewReader(out)); ; {
		var p Package
		if err := dec.Decode(&p); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
}

func output(cmd *exec.Cmd) (string, error) {
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return "", fmt.Errorf("%s: %s", cmd, strings.TrimSpace(string(exit.Stderr)))
	}
	return string(out), err
}
