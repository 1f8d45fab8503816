package lazyregexp

import (
	"sync"
	"testing"
)

func TestCompiledWhenUsed(t *testing.T) {
	p := &Regexp{text: `^(a+)(b*)$`}
	if p.re != nil {
		t.Fatal("it is compiled before it is used")
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if m := p.FindStringSubmatch("aab"); len(m) != 3 || m[1] != "aa" || m[2] != "b" {
				t.Errorf("found %q", m)
			}
		})
	}
	all.Wait()
	if p.MatchString("ba") || p.ReplaceAllString("ab", "$2$1") != "ba" {
		t.Error("it is another expression")
	}
}

func TestWrongOneIsFoundWhenUsed(t *testing.T) {
	p := New(`(`)
	defer func() {
		if recover() == nil {
			t.Error("an expression that does not compile was taken")
		}
	}()
	p.MatchString("a")
}
