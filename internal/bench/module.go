package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// module is a module on disk that modelgen is run in.
type module struct {
	shape
	dir, root, tool string
	launched        bool // see [launched]; the times are no use then
}

// most returns the most memory that a kind of run takes in several, in bytes.
func (m module) most(ctx context.Context, k kind, runs int) (most int64, err error) {
	m.launched = true
	for range runs {
		_, peak, err := m.generate(ctx, k)
		if err != nil {
			return 0, err
		}
		most = max(most, peak)
	}
	return most, nil
}

// measure times each kind of run, one after the other, so that what else the machine does falls on all of them alike.
func (m module) measure(ctx context.Context, runs int) ([kinds]row, error) {
	var rows [kinds]row
	for k := range kinds {
		rows[k] = row{what: k.String(), size: m.String(), target: m.targets[k]}
	}
	if err := m.begin(); err != nil {
		return rows, err
	}
	if m.models > 100 {
		runs = max(runs*3/5, 1)
	}
	for i := range runs + 1 { // the first round only warms the caches
		for _, k := range []kind{first, same, column} {
			took, peak, err := m.generate(ctx, k)
			if err != nil {
				return rows, err
			}
			if i > 0 {
				rows[k].runs, rows[k].peak = append(rows[k].runs, took), max(rows[k].peak, peak)
			}
		}
	}
	return rows, nil
}

// begin writes the module, with the models alone.
func (m module) begin() error {
	goMod := "module example.com/shop\n\ngo 1.26\n\nrequire github.com/modelgen/modelgen v0.0.0\n\nreplace github.com/modelgen/modelgen => " + m.root + "\n"
	return errors.Join(m.write("go.mod", goMod), m.write("models/models.go", m.source(0)))
}

// generate runs modelgen and makes sure that it did what is measured. It expects the module as the kind before it left it.
func (m module) generate(ctx context.Context, k kind) (time.Duration, int64, error) {
	want := ""
	var err error
	switch k {
	case first:
		want = "../migrations/0001_initial.go"
		err = errors.Join(os.RemoveAll(filepath.Join(m.dir, "migrations")), os.RemoveAll(filepath.Join(m.dir, "models")), m.write("models/models.go", m.source(0)))
	case column:
		want = "../migrations/0002_model_0000_extra.go"
		err = m.write("models/models.go", m.source(1))
	}
	if err != nil {
		return 0, 0, err
	}
	begin := time.Now()
	run := process
	if m.launched {
		run = launched
	}
	out, peak, err := run(ctx, filepath.Join(m.dir, "models"), m.tool, "-out", "../migrations", "-dialects", "postgres@14,sqlite", "-tag", cmp.Or(m.tag, "db"))
	took := time.Since(begin)
	if err == nil && strings.TrimSpace(out) != want {
		err = fmt.Errorf("%s with %s: modelgen wrote %q, not %q", k, m, out, want)
	}
	return took, peak, err
}

// write writes a file and waits until it is on the disk: that must not fall on modelgen.
func (m module) write(name, text string) error {
	path := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// source returns the models, with keys, indexes and checks, and with extra columns in the first one.
func (m module) source(extra int) string {
	if m.tag == "gorm" {
		return m.gorm(extra)
	}
	var b strings.Builder
	b.WriteString("package models\n\nimport \"time\"\n")
	for i := range m.models {
		fmt.Fprintf(&b, `
// Model%04[1]d is one of many.
type Model%04[1]d struct {
	_ struct{} ~table:"model_%04[1]d"~

	ID        int64     ~db:"id,pk,identity"~
	ParentID  *int64    ~db:"parent_id,fk:Model%04[2]d,ondelete:set null,index"~
	Name      string    ~db:"name,size:100"~
	Email     string    ~db:"email,unique"~
	Stock     int32     ~db:"stock,default:0,check:stock >= 0"~
	Price     float64   ~db:"price"~
	Active    bool      ~db:"active,default:true"~
	Note      *string   ~db:"note"~
	CreatedAt time.Time ~db:"created_at,default:(CURRENT_TIMESTAMP)"~
	Data      []byte    ~db:"data,null"~
`, i, max(i-1, 0))
		for c := range m.columns - 10 {
			fmt.Fprintf(&b, "\tColumn%03[1]d string ~db:\"column_%03[1]d,size:50,default:x\"~\n", c)
		}
		if i == 0 && extra > 0 {
			b.WriteString("\tExtra int32 ~db:\"extra,default:0\"~\n")
		}
		b.WriteString("}\n")
	}
	return strings.ReplaceAll(b.String(), "~", "`")
}

// gorm returns the same models with gorm's tags.
func (m module) gorm(extra int) string {
	var b strings.Builder
	b.WriteString("package models\n\nimport \"time\"\n")
	for i := range m.models {
		fmt.Fprintf(&b, `
// Model%04[1]d is one of many.
type Model%04[1]d struct {
	ID        int64     ~gorm:"primaryKey"~
	ParentID  *int64    ~gorm:"index"~
	Parent    *Model%04[2]d ~gorm:"constraint:OnDelete:SET NULL"~
	Name      string    ~gorm:"size:100;not null"~
	Email     string    ~gorm:"not null;unique"~
	Stock     int32     ~gorm:"not null;default:0;check:stock >= 0"~
	Price     float64   ~gorm:"not null"~
	Active    bool      ~gorm:"not null;default:true"~
	Note      *string
	CreatedAt time.Time ~gorm:"not null;default:CURRENT_TIMESTAMP"~
	Data      []byte
`, i, max(i-1, 0))
		if i == 0 && extra > 0 {
			b.WriteString("\tExtra int32 ~gorm:\"not null;default:0\"~\n")
		}
		fmt.Fprintf(&b, "}\n\nfunc (Model%04[1]d) TableName() string { return \"model_%04[1]d\" }\n", i)
	}
	return strings.ReplaceAll(b.String(), "~", "`")
}
