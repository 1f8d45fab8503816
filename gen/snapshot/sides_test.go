package snapshot

import (
	"slices"
	"strings"
	"testing"
)

func TestReadSides(t *testing.T) {
	good, err := example().Encode()
	if err != nil {
		t.Fatal(err)
	}
	text := string(good)
	conflicted := func(ours, base, theirs string) []byte {
		if base != "" {
			base = "||||||| 1234567\n" + base
		}
		return []byte(strings.Replace(text, "\t\"dialects\"", "<<<<<<< HEAD\n"+ours+base+"=======\n"+theirs+">>>>>>> label\n\t\"dialects\"", 1))
	}
	sides, err := ReadSides(good)
	if err != nil || len(sides.All) != 1 || sides.Base != nil || len(sides.All[0].Tables) != 1 {
		t.Errorf("without markers: %+v %v", sides, err)
	}
	if _, err := ReadSides([]byte(strings.Replace(text, `"set"`, `"sett"`, 1))); err == nil || !strings.Contains(err.Error(), `unknown field "sett"`) {
		t.Errorf("without markers it is read strictly: %v", err)
	}
	sides, err = ReadSides(conflicted("\t\"tag\": \"a\",\n", "\t\"tag\": \"b\",\n", "\t\"tag\": \"c\",\n"))
	if err != nil || len(sides.All) != 2 || sides.All[0].Tag != "a" || sides.Base.Tag != "b" || sides.All[1].Tag != "c" || !slices.Equal(sides.Base.Models, example().Models) {
		t.Errorf("with markers: %+v %v", sides, err)
	}
	if sides, err = ReadSides(conflicted("\t\"tag\": \"a\",\n", "", "\t\"tag\": \"c\",\n")); err != nil || sides.Base != nil {
		t.Errorf("without a base: %+v %v", sides, err)
	}
	for ours, want := range map[string]string{
		"\t\"shield\": true,\n": `one side of the conflict has a field "shield" that this modelgen does not know`,
		"\t\"tag\": 5,\n":       "", // the other side can be read
	} {
		sides, err := ReadSides(conflicted("", "", ours))
		if want == "" && (err != nil || len(sides.All) != 1) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %+v %v; want %q", ours, sides, err, want)
		}
	}
}

// FuzzReadSides: any bytes give an error or a side.
func FuzzReadSides(f *testing.F) {
	good, err := example().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte("<<<<<<< a\n{\n||||||| b\n=======\n{\"modelgen\":1}\n>>>>>>> c\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		sides, err := ReadSides(data)
		if err == nil && (len(sides.All) == 0 || slices.Contains(sides.All, nil)) {
			t.Fatalf("nothing and no error: %+v", sides)
		}
	})
}
