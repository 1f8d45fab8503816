package snapshot

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Sides are the two sides of a file in the middle of a merge, or the one of a file that is not.
type Sides struct {
	All  []*Snapshot // ours first
	Base *Snapshot   // what both come from, when git has written it between the two; else nil
}

// ReadSides reads the sides of a file as far as they can be read: the schema of a side is empty where its lines make no sense without the
// other's. A file without markers is read as [Decode] does. What a newer modelgen wrote is refused, as it would be lost, and so is a file of
// which not even the settings can be read. The errors begin with a place, as those of Decode.
func ReadSides(data []byte) (Sides, error) {
	line := conflict(data)
	if line == 0 {
		s, err := Decode(data)
		return Sides{All: []*Snapshot{s}}, err
	}
	var ours, base, theirs []byte
	hasBase := false
	in := byte(0) // '<' ours, '|' the common base, '=' theirs
	for line := range bytes.SplitAfterSeq(data, []byte("\n")) {
		switch {
		case bytes.HasPrefix(line, []byte("<<<<<<< ")), bytes.HasPrefix(line, []byte("||||||| ")), bytes.HasPrefix(line, []byte("=======")):
			in = line[0]
			hasBase = hasBase || in == '|'
			continue
		case bytes.HasPrefix(line, []byte(">>>>>>> ")):
			in = 0
			continue
		}
		if in == 0 || in == '<' {
			ours = append(ours, line...)
		}
		if in == 0 || in == '|' {
			base = append(base, line...)
		}
		if in == 0 || in == '=' {
			theirs = append(theirs, line...)
		}
	}
	var out Sides
	for _, side := range [][]byte{ours, theirs} {
		s, err := readSide(side)
		if err != nil {
			return out, fmt.Errorf("%d:1: one side of the conflict %w", line, err)
		}
		if s != nil {
			out.All = append(out.All, s)
		}
	}
	if len(out.All) == 0 {
		return out, fmt.Errorf("%d:1: neither side of the conflict can be read; restore one from version control, then run the command again", line)
	}
	if len(out.All) == 2 && bytes.Equal(ours, theirs) {
		out.All = out.All[:1]
	}
	if hasBase {
		out.Base, _ = readSide(base)
	}
	return out, nil
}

// readSide returns nil for a side that cannot be read, and an error for one that has more to say than is understood.
func readSide(data []byte) (*Snapshot, error) {
	s, stranger := settings(data)
	switch {
	case s == nil:
		return nil, nil
	case s.Format > Format:
		return nil, fmt.Errorf("has format %w", newer(s.Format))
	case stranger != "":
		return nil, fmt.Errorf("has a field %q that this modelgen does not know: update modelgen, or restore the file from version control", stranger)
	case s.Format < 1:
		return nil, nil
	}
	if whole, err := Decode(data); err == nil {
		return whole, nil
	}
	if json.Valid(data) {
		strict := json.NewDecoder(bytes.NewReader(data))
		strict.DisallowUnknownFields()
		if err := strict.Decode(new(Snapshot)); err != nil && json.Unmarshal(data, new(Snapshot)) == nil {
			return nil, fmt.Errorf("has more than this modelgen knows (%w): update modelgen, or restore the file from version control", err)
		}
	}
	return s, nil
}
