package emit

import (
	"fmt"
	"strings"
	"unicode"
)

// says returns the name of the alias that stands for what was: the compiler names it in its error, which has no other word of ours. It is
// declared in a function without a name, so that it is no part of the package.
func (w *guardWriter) says(what string) string {
	advice := "generate"
	if strings.HasPrefix(w.run, "go generate") {
		advice = "go_generate"
	}
	if strings.ContainsAny(what, " {") { // a struct without a name
		what = "struct"
	}
	word := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, what)
	return word + "_changed__run_" + advice
}

// typ holds a named type to what it stands for.
func (w *guardWriter) typ(t GuardType) {
	is, named := t.Is, w.says(t.Name)
	if !w.old {
		fmt.Fprintf(&w.lines, "func _() {\ntype %s = %s\n", named, t.Is)
		is = named
	}
	if t.Alias {
		fmt.Fprintf(&w.lines, "var _ *%s = (*%s)(nil) // %s changed: %s\n", is, t.Name, t.Name, w.advice())
	} else {
		fmt.Fprintf(&w.lines, "var _ = (*%s)((*%s)(nil)) // %s changed: %s\n", is, t.Name, t.Name, w.advice())
	}
	w.end()
}

// constant holds a constant to its value. What the compiler says of a map with a key too many has no name in it; an array does, whose length is
// 0 as long as the value is the same, and something else when it is not.
func (w *guardWriter) constant(c GuardConstant, builtins bool) {
	if w.old || !builtins {
		fmt.Fprintf(&w.lines, "var _ = map[bool]struct{}{false: {}, %s == %s: {}} // %s changed: %s\n", c.Name, c.Value, c.Name, w.advice())
		if !w.old {
			w.lines.WriteString("\n")
		}
		return
	}
	low, high := "min("+c.Name+", "+c.Value+")", "max("+c.Name+", "+c.Value+")"
	length := high + " - " + low
	if strings.HasPrefix(c.Value, `"`) { // of two texts that differ, the greater one is not less than the other with a zero byte behind it
		length = "len(min(" + high + ", " + low + `+"\x00")) - len(` + low + ")"
	}
	named := w.says(c.Name)
	fmt.Fprintf(&w.lines, "func _() {\ntype %s = [0]struct{}\nvar _ %s = [%s]struct{}{} // %s changed: %s\n", named, named, length, c.Name, w.advice())
	w.end()
}

func (w *guardWriter) end() {
	if !w.old {
		w.lines.WriteString("}\n\n")
	}
}
