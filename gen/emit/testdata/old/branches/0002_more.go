// Created by modelgen from example.com/shop/models. It is yours to edit.
//modelgen:answer -fill 'things.note=?'
//modelgen:answer -fill 'things.slug=lower(name)'

package migrations

import (
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// M0002More: add column owners.mail; add column things.slug; add column things.extra, and 8 more changes.
var M0002More = &migrate.Migration{
	Name:    "0002_more",
	Parents: []*migrate.Migration{M0001Start},
	Ops: []migrate.Op{
		migrate.AddColumn{
			Table:  "owners",
			Column: schema.Text("mail").Null(),
		},
		migrate.AddColumn{
			Table:  "things",
			Column: schema.Text("slug").Null(),
		},
		migrate.AddColumn{
			Table:  "things",
			Column: schema.Integer("extra").Default(7),
		},
		migrate.AddColumn{
			Table:  "things",
			Column: schema.Text("note").Null(),
		},
		migrate.Fill{
			Table:  "things",
			Column: "slug",
			Expr:   "lower(name)",
		},
		// Write how existing rows get things.note, in place of the line below; Fill does the same in SQL.
		//
		//	migrate.Backfill[thingsAt0002]{
		//		Table: "things",
		//		Where: "note IS NULL",
		//		Row: func(r *thingsAt0002) error {
		//			r.Note = ...
		//			return nil
		//		},
		//	},
		migrate.Fill{Table: "things", Column: "note", Expr: "name"},
		migrate.AlterColumn{
			Table: "things",
			From:  schema.Text("slug").Null(),
			To:    schema.Text("slug"),
		},
		migrate.AlterColumn{
			Table: "things",
			From:  schema.Text("note").Null(),
			To:    schema.Text("note"),
		},
		migrate.AddUnique{
			Table:  "owners",
			Unique: schema.Unique{Name: "owners_mail_key", Columns: []string{"mail"}},
		},
		migrate.CreateIndex{
			Table: "things",
			Index: schema.Index{Name: "things_label_idx", Parts: []schema.IndexPart{{Column: "label"}}},
		},
		migrate.AddForeignKey{
			Table:      "pairs",
			ForeignKey: schema.ForeignKey{Name: "pairs_c_fkey", Columns: []string{"c"}, RefTable: "owners", RefColumns: []string{"id"}},
		},
	},
}

// thingsAt0002 is what 0002_more reads and writes of a row of things. What is not needed can go.
type thingsAt0002 struct {
	ID       int64     `db:"id"`
	OwnerID  int64     `db:"owner_id"`
	ParentID *int64    `db:"parent_id"`
	Name     string    `db:"name"`
	Kind     string    `db:"kind"`
	Price    string    `db:"price"`
	Small    int16     `db:"small"`
	Count    int32     `db:"count"`
	Ratio    float64   `db:"ratio"`
	Part     *float32  `db:"part"`
	Yes      bool      `db:"yes"`
	Made     time.Time `db:"made"`
	Day      time.Time `db:"day"`
	Raw      []byte    `db:"raw"`
	Doc      string    `db:"doc"`
	Addr     *string   `db:"addr"`
	Key      string    `db:"key"`
	Tags     string    `db:"tags"`
	Status   string    `db:"status"`
	Level    int64     `db:"level"`
	Mood     string    `db:"mood"`
	Old      string    `db:"old"`
	Label    *string   `db:"label"`
	Slug     *string   `db:"slug"`
	Extra    int32     `db:"extra"`
	Note     *string   `db:"note"`
}
