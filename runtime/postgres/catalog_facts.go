package postgres

import (
	"strings"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	"github.com/modelgen/modelgen/internal/sqllex"
)

// identityFact is what the fact of a column says of its identity, with the sequence behind it.
var identityFact = lazyregexp.New(`\x04 identity (always|by default)(?: (\w+) (start -?\d+ step -?\d+ from -?\d+ to -?\d+(?: cycle)?))?`)

// usualSequence has the options that an identity has when nothing is said (manual, CREATE SEQUENCE).
var usualSequence = sqllex.WordMap{
	{"smallint", "start 1 step 1 from 1 to 32767"}, {"integer", "start 1 step 1 from 1 to 2147483647"}, {"bigint", "start 1 step 1 from 1 to 9223372036854775807"},
}

// included is how the definition of a constraint ends whose index has further columns: names are quoted where they are no plain words.
var included = lazyregexp.New(` INCLUDE \((?:[^"()]|"(?:[^"]|"")*")*\)$`)

// virtual is what the fact of a column says of one that is computed when it is read (from PostgreSQL 18 on).
const virtual = " generated v "

// storageParameters are those of an index, as its definition prints them: models do not say them, and they change nothing that an index means.
var storageParameters = lazyregexp.New(` WITH \([a-z_.]+='[^']*'(?:, [a-z_.]+='[^']*')*\)`)

// split takes apart what models can say of a thing and what they cannot, which has a fact of its own: it can be allowed, and all else is compared.
func split(line string) []string {
	var more []string
	switch {
	case strings.HasPrefix(line, "column "):
		line = plainColumn(line)
		if name := columnName(line); strings.Contains(line, virtual) {
			if head, def, ok := strings.Cut(line, virtual); ok && !strings.Contains(head, "'") {
				more, line = append(more, "virtual column "+name), head+" generated s "+def
			}
		}
		m := identityFact.FindStringSubmatchIndex(line)
		if m == nil {
			break
		}
		name := columnName(line)
		if line[m[2]:m[3]] == "always" {
			more = append(more, "identity always "+name)
		}
		if m[4] >= 0 {
			typ, options := line[m[4]:m[5]], line[m[6]:m[7]]
			if options != usualSequence.Text(typ) || !strings.HasPrefix(line, "column "+name+"\x06 "+typ+" ") {
				more = append(more, "sequence options "+name+" "+typ+" "+options)
			}
		}
		line = line[:m[0]] + " identity by default" + line[m[1]:]
	case strings.HasPrefix(line, "constraint "):
		line = textCast.ReplaceAllString(line, "")
		name, def, _ := strings.Cut(strings.TrimPrefix(line, "constraint "), "\x05 ")
		if rest, ok := strings.CutSuffix(def, " NOT VALID"); ok {
			def, more = rest, append(more, "not valid constraint "+name)
		}
		if m := matchOfOne.FindStringSubmatchIndex(def); m != nil {
			def = def[:m[3]] + def[m[1]:]
		}
		if i := strings.Index(def, ") DEFERRABLE"); i >= 0 && strings.HasPrefix(def, "PRIMARY KEY ") {
			more = append(more, "deferrable constraint "+name+def[i+1:])
			def = def[:i+1]
		}
		if m := included.FindStringSubmatchIndex(def); m != nil && strings.HasPrefix(def, "PRIMARY KEY ") {
			more = append(more, "covering constraint "+name+def[m[0]:m[1]])
			def = def[:m[0]]
		}
		line = "constraint " + name + " " + def
	case strings.HasPrefix(line, "index "):
		line = storageParameters.ReplaceAllString(textCast.ReplaceAllString(line, ""), "")
	}
	return append(more, withoutMarkers(line))
}

// matchOfOne is a foreign key of one column with MATCH FULL, which says the same as one without.
var matchOfOne = lazyregexp.New(`^(FOREIGN KEY \((?:"(?:[^"]|"")+"|[^",()]+)\) REFERENCES .+?\)) MATCH FULL`)

// withoutMarkers takes out what the queries put between the parts of a fact.
func withoutMarkers(line string) string {
	for _, marker := range []string{"\x04", "\x05", "\x06"} {
		line = strings.ReplaceAll(line, marker, "")
	}
	return line
}

// columnName returns the name in the fact of a column, with its table.
func columnName(line string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(line, "column "), "\x06 ")
	return name
}
