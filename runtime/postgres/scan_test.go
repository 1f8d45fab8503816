package postgres

import (
	"fmt"
	"strings"
	"testing"
)

func TestScanSQL(t *testing.T) {
	for sql, want := range map[string]string{
		`SELECT 'a' 'b', "c""d", $$e$$`:     "w:SELECT s:ab ,:, q:c\"d ,:, $:e",
		`E'it\'s' U&'\' UESCAPE '!' N'x'`:   "e:it\\'s e:\\ w:UESCAPE s:!x",
		"a /* b /* c */ 'd' */ e":           "w:a w:e",
		"a$b$c $1 x::int 2.5":               "w:a$b$c p:$1 w:x :::: w:int n:2.5",
		"CREATE TYPE t AS ENUM ('a' , 'b')": "w:CREATE w:TYPE w:t w:AS w:ENUM (:( s:a ,:, s:b ):)",
	} {
		var got []string
		for _, k := range scanSQL(sql) {
			got = append(got, fmt.Sprintf("%c:%s", k.kind, k.text))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s:\ngot  %s\nwant %s", sql, strings.Join(got, " "), want)
		}
	}
}
