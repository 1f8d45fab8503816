// Package snapshot reads and writes the committed file that holds the schema after the newest migration.
//
// The file is JSON with one fact a line, sorted, defaults left out, so that it merges line by line and two runs give the same
// bytes. Its second line is the tripwire: the newest migration with the hash of its ops, on which parallel branches conflict.
// The package does not compare schemas and does not look at migrations.
package snapshot

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Name is the name of the file, in the directory of the migrations.
const Name = "snapshot.json"

// Format is the version of the format that is written. Older ones are read, newer ones are refused.
const Format = 1

// Open is recorded in place of the hash of a migration that a person is to complete.
const Open = "open"

// Snapshot is the content of the file.
type Snapshot struct {
	Format   int      `json:"modelgen"`           // version of the format
	Head     string   `json:"head"`               // newest migration and hash of its ops, see [Snapshot.SetHead]
	Set      string   `json:"set"`                // name of the set in the database's history
	Models   []string `json:"models"`             // import paths of the packages with models, sorted
	Dialects []string `json:"dialects"`           // "postgres@14", "sqlite"
	Tag      string   `json:"tag,omitempty"`      // key of the column tag, "" is db
	Guard    string   `json:"guard,omitempty"`    // "test" or "off", "" is build
	Comments bool     `json:"comments,omitempty"` // doc comments become comments of the database
	SQL      string   `json:"sql,omitempty"`      // directory with the SQL files, relative to that of the migrations; "" is none
	Allow    []string `json:"allow,omitempty"`    // what verify passes over, from modelgen.json, see [migrate.Set.Allow]

	Views []View `json:"views,omitempty"` // structs that programs scan rows of views into, by the names of the views

	// Migrations has the hash of the ops of every migration by its name, or [Open]. It is empty in a file that is older than the records.
	Migrations map[string]string `json:"migrations,omitempty"`

	schema.Schema
}

// View is the struct that a program scans the rows of a view into, see [migrate.ViewStruct].
type View struct {
	View    string          `json:"view"`
	Struct  string          `json:"struct"` // import path and name
	Partial bool            `json:"partial,omitempty"`
	Columns []schema.Column `json:"columns"`
}

// ViewStructs returns what the list of migrations says of the structs of views.
func (s *Snapshot) ViewStructs() (all []migrate.ViewStruct) {
	for _, v := range s.Views {
		out := migrate.ViewStruct{View: v.View, Struct: v.Struct, Partial: v.Partial}
		for _, c := range v.Columns {
			out.Columns = append(out.Columns, c)
		}
		all = append(all, out)
	}
	return all
}

// SetHead records the newest migration.
func (s *Snapshot) SetHead(name, hash string) { s.Head = name + " " + hash }

// HeadName returns the name of the newest migration, "" when there is none.
func (s *Snapshot) HeadName() string {
	name, _, _ := strings.Cut(s.Head, " ")
	return name
}

// HeadHash returns the hash of the ops of the newest migration.
func (s *Snapshot) HeadHash() string {
	_, hash, _ := strings.Cut(s.Head, " ")
	return hash
}

// Encode writes the snapshot as the bytes of the file.
func (s *Snapshot) Encode() ([]byte, error) {
	text, err := EncodeSchema(&s.Schema)
	if err != nil {
		return nil, err
	}
	return s.EncodeWith(text)
}

// EncodeSchema writes what [Snapshot.EncodeWith] takes: the schema is most of the file, and known before the rest.
func EncodeSchema(s *schema.Schema) ([]byte, error) { return encode(s) }

// EncodeWith is [Snapshot.Encode] with the schema as [EncodeSchema] has written it.
func (s *Snapshot) EncodeWith(schemaText []byte) ([]byte, error) {
	s.Format = Format
	rest := *s
	rest.Schema = schema.Schema{}
	head, err := encode(&rest)
	if err != nil || string(schemaText) == "{}\n" {
		return head, err
	}
	return slices.Concat(bytes.TrimSuffix(head, []byte("\n}\n")), []byte(","), schemaText[len("{"):]), nil
}

func encode(what any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "\t")
	if err := e.Encode(what); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// ErrConflict says that the file holds the conflict markers of a merge.
var ErrConflict = errors.New("it holds conflict markers: two branches added a migration each; " +
	"put your migration on top of theirs with modelgen rebase, or join the two with modelgen merge")

// Decode reads the bytes of the file. The errors name line and column, and begin with the place so that "path:" can stand before
// them: "12:3: ...".
func Decode(data []byte) (*Snapshot, error) {
	if line := conflict(data); line > 0 {
		return nil, fmt.Errorf("%d:1: %w", line, ErrConflict)
	}
	if Settings(data) == nil { // else it says its format, and that is ours
		if err := probe(data); err != nil {
			return nil, err
		}
	}
	s := new(Snapshot)
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(s); err != nil {
		return nil, cmp.Or(probe(data), place(data, err))
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, cmp.Or(probe(data), fmt.Errorf("%d:1: there is more after the end", 1+bytes.Count(data[:d.InputOffset()], []byte("\n"))))
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("1:1: %w; restore the file from version control", err)
	}
	return s, nil
}

// probe returns what is wrong with the JSON of a file as a whole, or with its format.
func probe(data []byte) error {
	var of struct {
		Format int `json:"modelgen"`
	}
	switch err := json.Unmarshal(data, &of); {
	case err != nil:
		return place(data, err)
	case of.Format > Format:
		return fmt.Errorf("2:1: it has format %w", newer(of.Format))
	case of.Format < 1:
		return fmt.Errorf("2:1: it is no snapshot of modelgen: it does not say its format")
	}
	return nil
}

func newer(format int) error {
	return fmt.Errorf("%d, this modelgen reads up to %d: update modelgen with go get -tool github.com/modelgen/modelgen/cmd/modelgen@latest", format, Format)
}

// Settings reads what stands before the schema, without the rest of the file: it takes no time worth naming. It is nil when that cannot
// be read, for [Decode] to say why.
func Settings(data []byte) *Snapshot {
	s, stranger := settings(data)
	if s == nil || stranger != "" || s.Format != Format {
		return nil
	}
	return s
}

// settings also returns the first field that is none of a snapshot, or of a newer one.
func settings(data []byte) (s *Snapshot, stranger string) {
	s = new(Snapshot)
	fields := map[string]any{
		"modelgen": &s.Format, "head": &s.Head, "set": &s.Set, "models": &s.Models, "dialects": &s.Dialects, "tag": &s.Tag,
		"guard": &s.Guard, "comments": &s.Comments, "allow": &s.Allow, "sql": &s.SQL, "views": &s.Views, "migrations": &s.Migrations,
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, ""
	}
	for {
		t, err := d.Token()
		if err != nil {
			return nil, ""
		}
		key, isKey := t.(string)
		field := fields[key]
		switch {
		case isKey && field == nil && key != "schemas" && key != "enums" && key != "tables" && key != "sqlObjects":
			return s, key
		case field == nil:
			return s, "" // the schema, or the end
		case d.Decode(field) != nil:
			return nil, ""
		}
	}
}

// check makes sure that what is read can be worked with.
func (s *Snapshot) check() error {
	seen := map[string]bool{}
	for i, t := range s.Tables {
		switch {
		case t == nil || t.Name == "" || len(t.Columns) == 0:
			return fmt.Errorf("table %d has no name or no columns", i+1)
		case i > 0 && s.Tables[i-1].Name >= t.Name:
			return fmt.Errorf("table %s is twice in it, or not in order", t.Name)
		}
		clear(seen)
		for _, c := range t.Columns {
			if c.Name == "" || c.Type.Kind == schema.KindInvalid || seen[c.Name] {
				return fmt.Errorf("column %q of table %s has no type or is there twice", c.Name, t.Name)
			}
			seen[c.Name] = true
		}
	}
	for i, e := range s.Enums {
		if e == nil || i > 0 && s.Enums[i-1].Name >= e.Name {
			return fmt.Errorf("enum %d is twice in it, or not in order", i+1)
		}
	}
	return nil
}

func conflict(data []byte) int {
	line := 1
	for l := range bytes.SplitSeq(data, []byte("\n")) {
		l = bytes.TrimSuffix(l, []byte("\r"))
		if bytes.HasPrefix(l, []byte("<<<<<<< ")) || bytes.HasPrefix(l, []byte(">>>>>>> ")) || bytes.Equal(l, []byte("=======")) {
			return line
		}
		line++
	}
	return 0
}

// place returns an error of encoding/json its line and column.
func place(data []byte, err error) error {
	offset := int64(0)
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &typ):
		offset = typ.Offset
	default:
		return fmt.Errorf("1:1: %w; restore the file from version control", err)
	}
	before := data[:min(int(offset), len(data))]
	line := 1 + bytes.Count(before, []byte("\n"))
	col := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Errorf("%d:%d: %w; restore the file from version control", line, col, err)
}
