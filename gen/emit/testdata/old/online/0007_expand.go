// Created by modelgen from example.com/shop/models. It is yours to edit.
//modelgen:answer -online
//modelgen:answer -rename people.mail=email

package migrations

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// M0007Expand: add column people.email; write people.mail and email both; add unique constraint people_email_key (email) to people.
var M0007Expand = &migrate.Migration{
	Name:    "0007_expand",
	Parents: []*migrate.Migration{M0006Data},
	Ops: []migrate.Op{
		migrate.AddColumn{
			Table:  "people",
			Column: schema.Text("email").Null(),
		},
		migrate.AddDualWrite{
			Table:  "people",
			Name:   "people_mail_email_both",
			From:   "mail",
			To:     "email",
			Up:     "mail",
			Down:   "email",
			Column: schema.Text("email").Null(),
		},
		migrate.AddUnique{
			Table:  "people",
			Unique: schema.Unique{Name: "people_email_key", Columns: []string{"email"}},
		},
	},
}
