package load

import (
	"context"
	"fmt"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// manyModels returns the source of n models of the given number of columns, each with a reference, an index and a check.
func manyModels(n, columns int) string {
	var b strings.Builder
	b.WriteString("package models\n\nimport (\n\t\"time\"\n\n\t\"github.com/shopspring/decimal\"\n)\n\ntype Status string\n\nconst (\n\tDraft Status = \"draft\"\n\tLive Status = \"live\"\n)\n")
	for i := range n {
		fmt.Fprintf(&b, "\n// Model%d is one of many.\ntype Model%d struct {\n\t_ struct{} `table:\"models_%d\"`\n\t_ struct{} `index:\"name,price desc,where:stock > 0\"`\n", i, i, i)
		fmt.Fprintf(&b, "\tID int64 `db:\"id,pk,identity\"`\n\tParentID *int64 `db:\"parent_id,fk:Model%d,ondelete:set null,index\"`\n", i/2)
		b.WriteString("\tName string `db:\"name,size:100\"`\n\tPrice decimal.Decimal `db:\"price,type:numeric(8,2),default:0\"`\n\tStock int32 `db:\"stock,default:0,check:stock >= 0\"`\n\tStatus Status `db:\"status,default:draft\"`\n\tAt time.Time `db:\"at,default:(now())\"`\n")
		for k := 7; k < columns; k++ {
			fmt.Fprintf(&b, "\tField%d *string `db:\"field_%d\"`\n", k, k)
		}
		b.WriteString("}\n\nfunc (m Model" + fmt.Sprint(i) + ") Label() string { return m.Name + \"x\" }\n")
	}
	return b.String()
}

func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		dir := module(b)
		write(b, filepath.Join(dir, "models", "models.go"), []byte(manyModels(n, 10)))
		for _, extra := range [][]string{nil, {"github.com/modelgen/modelgen/runtime"}} {
			b.Run(fmt.Sprintf("models=%d/extra=%d", n, len(extra)), func(b *testing.B) {
				run := func() {
					if _, err := Load(context.Background(), Config{Dir: dir, Patterns: []string{"./models"}, Extra: extra, Env: offline(), Dialects: both(), Known: both()}); err != nil {
						b.Fatal(err)
					}
				}
				run() // the go command compiles what it has not seen
				b.ReportAllocs()
				for b.Loop() {
					run()
				}
			})
		}
	}
}

// BenchmarkChanged measures loading after an edit: the go command compiles the package again to give its export data.
func BenchmarkChanged(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		dir := module(b)
		b.Run(fmt.Sprintf("models=%d", n), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				write(b, filepath.Join(dir, "models", "models.go"), []byte(manyModels(n, 10)+fmt.Sprintf("\nvar edit = %d // %p\n", i, b)))
				if _, err := Load(context.Background(), Config{Dir: dir, Patterns: []string{"./models"}, Env: offline()}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRead measures what this package adds to listing and type-checking.
func BenchmarkRead(b *testing.B) {
	for _, size := range [][2]int{{1000, 10}, {2000, 10}, {10, 300}, {10, 600}} {
		dir := module(b)
		write(b, filepath.Join(dir, "models", "models.go"), []byte(manyModels(size[0], size[1])))
		l, err := newLoader(Config{Dir: dir, Patterns: []string{"./models"}, Env: offline()}, token.NewFileSet())
		if err != nil {
			b.Fatal(err)
		}
		roots, err := l.list(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("models=%d/columns=%d", size[0], size[1]), func(b *testing.B) {
			for b.Loop() {
				l, err := newLoader(Config{Dir: dir}, l.fset)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := l.run(roots); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// gormModels returns the models of manyModels with gorm's tags.
func gormModels(n int) string {
	var b strings.Builder
	b.WriteString("package models\n\nimport \"time\"\n")
	for i := range n {
		fmt.Fprintf(&b, "\n// Model%[1]d is one of many.\ntype Model%[1]d struct {\n\tID int64 `gorm:\"primaryKey\"`\n\tParentID *int64 `gorm:\"index\"`\n\tParent *Model%[2]d `gorm:\"constraint:OnDelete:SET NULL\"`\n", i, i/2)
		b.WriteString("\tName string `gorm:\"size:100;not null;index:,sort:desc,where:stock > 0\"`\n\tPrice float64 `gorm:\"precision:8;scale:2;not null;default:0\"`\n\tStock int32 `gorm:\"not null;default:0;check:stock >= 0\"`\n")
		b.WriteString("\tStatus string `gorm:\"not null;default:draft\"`\n\tAt time.Time `gorm:\"not null;default:now()\"`\n\tField7 *string\n\tField8 *string\n\tField9 *string\n}\n")
	}
	return b.String()
}

// BenchmarkReadGorm is BenchmarkRead of a thousand models with gorm's tags.
func BenchmarkReadGorm(b *testing.B) {
	dir := module(b)
	write(b, filepath.Join(dir, "models", "models.go"), []byte(gormModels(1000)))
	l, err := newLoader(Config{Dir: dir, Patterns: []string{"./models"}, Env: offline()}, token.NewFileSet())
	if err != nil {
		b.Fatal(err)
	}
	roots, err := l.list(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		l, err := newLoader(Config{Dir: dir, Tag: "gorm", Dialects: both(), Known: both()}, l.fset)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := l.run(roots); err != nil {
			b.Fatal(err)
		}
	}
}
