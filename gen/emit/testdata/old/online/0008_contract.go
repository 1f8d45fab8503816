// Created by modelgen from example.com/shop/models. It is yours to edit.
//modelgen:answer -contract

package migrations

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// M0008Contract: drop unique constraint owners_mail_key (mail) of people; stop writing people.mail and email both; drop column people.mail.
var M0008Contract = &migrate.Migration{
	Name:    "0008_contract",
	Parents: []*migrate.Migration{M0007Expand},
	Ops: []migrate.Op{
		migrate.DropUnique{
			Table:  "people",
			Unique: schema.Unique{Name: "owners_mail_key", Columns: []string{"mail"}},
		},
		migrate.DropDualWrite{
			Table:  "people",
			Name:   "people_mail_email_both",
			From:   "mail",
			To:     "email",
			Up:     "mail",
			Down:   "email",
			Column: schema.Text("email").Null(),
		},
		// Destroys people.mail and its data.
		migrate.DropColumn{
			Table:  "people",
			Column: schema.Text("mail").Null(),
		},
	},
}
