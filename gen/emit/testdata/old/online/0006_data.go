// Created by modelgen. It is yours to edit.

package migrations

import (
	"context"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

// M0006Data is written by hand: put its steps into Ops, such as Fill, Backfill, SQL or Go.
var M0006Data = &migrate.Migration{
	Name:    "0006_data",
	Parents: []*migrate.Migration{M0005Constraints},
	Ops: []migrate.Op{
		migrate.Fill{Table: "things", Column: "caption", Expr: "name", Where: "caption IS NULL"},
		migrate.SQL{
			Up:   []string{"CREATE VIEW live AS SELECT id FROM things WHERE status = 'live'"},
			Down: []string{"DROP VIEW live"},
		},
		migrate.Backfill[peopleAt0006]{
			Table: "people",
			Where: "mail IS NULL",
			Row: func(r *peopleAt0006) error {
				mail := r.Name + "@example.com"
				r.Mail = &mail
				return nil
			},
		},
		migrate.Go{
			Up:     func(ctx context.Context, tx migrate.Tx) error { return nil },
			NoDown: "it only looks",
		},
	},
}

// peopleAt0006 is what 0006_data reads and writes of a row of people. What is not needed can go.
type peopleAt0006 struct {
	ID   int64   `db:"id"`
	Name string  `db:"name"`
	Mail *string `db:"mail"`
}

// thingsAt0006 is what 0006_data reads and writes of a row of things. What is not needed can go.
type thingsAt0006 struct {
	ID       int64     `db:"id"`
	OwnerID  int64     `db:"owner_id"`
	ParentID *int64    `db:"parent_id"`
	Name     string    `db:"name"`
	Kind     string    `db:"kind"`
	Price    string    `db:"price"`
	Small    int16     `db:"small"`
	Count    int64     `db:"count"`
	Ratio    float64   `db:"ratio"`
	Part     float32   `db:"part"`
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
	Caption  *string   `db:"caption"`
	Slug     string    `db:"slug"`
	Extra    int32     `db:"extra"`
	Note     string    `db:"note"`
	Twice    int32     `db:"twice"`
}

var _ = thingsAt0006{}
