package dialecttest_test

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// safeForm is a change of a table in use.
type safeForm struct {
	row   string
	ops   []migrate.Op
	does  []string // what the server sees, see [runner.watched]
	new   []string // the same from version 18 on, where that has a form of its own
	fails string   // the change is refused, before anything is done, with an error that says so
	says  string   // "MG101 warning": it is not done in a safe way, or breaks the binary that still runs, and lint says so
}

// safeForms is every kind of change. One without says holds no lock that others notice while it reads or writes a table.
var safeForms = []safeForm{
	{row: "add column, nullable", ops: formOps(addPeople(schema.Text("nick").Null())), does: []string{
		"people ACCESS EXCLUSIVE: ALTER TABLE people ADD COLUMN nick text"}},
	{row: "add column, constant default", ops: formOps(addPeople(schema.Integer("score").Default(0))), does: []string{
		"people ACCESS EXCLUSIVE: ALTER TABLE people ADD COLUMN score integer DEFAULT 0 NOT NULL"}},
	{row: "add column, stable default", ops: formOps(addPeople(schema.TimestampTZ("seen").DefaultExpr("now()"))), does: []string{
		"people ACCESS EXCLUSIVE: ALTER TABLE people ADD COLUMN seen timestamptz DEFAULT (now()) NOT NULL"}},
	{row: "add column, volatile default", ops: formOps(addPeople(schema.UUID("key").DefaultExpr("gen_random_uuid()"))), does: append([]string{
		"people ACCESS EXCLUSIVE: ALTER TABLE people ADD COLUMN key uuid; ALTER TABLE people ALTER COLUMN key SET DEFAULT (gen_random_uuid())",
		"UPDATE people SET key = DEFAULT WHERE CASE WHEN (key IS NULL) THEN true END, in batches"},
		notNull("people", "key", "UPDATE people SET key = DEFAULT WHERE CASE WHEN (key IS NULL) THEN true END, in batches")...),
		new: append([]string{
			"people ACCESS EXCLUSIVE: ALTER TABLE people ADD COLUMN key uuid; ALTER TABLE people ALTER COLUMN key SET DEFAULT (gen_random_uuid())",
			"UPDATE people SET key = DEFAULT WHERE CASE WHEN (key IS NULL) THEN true END, in batches"},
			notNull18("people", "key", "UPDATE people SET key = DEFAULT WHERE CASE WHEN (key IS NULL) THEN true END, in batches")...)},
	{row: "add column, NOT NULL without default", ops: formOps(addPeople(schema.Text("nick"))), fails: "the table has rows, and nothing says what they hold", says: "MG401 error"},
	{row: "add column, NOT NULL later", ops: formOps(addPeople(schema.Text("nick").Null()), migrate.Fill{Table: "people", Column: "nick", Expr: "code"},
		alterPeople(schema.Text("nick").Null(), schema.Text("nick"))), does: append([]string{
		"people ACCESS EXCLUSIVE: ALTER TABLE people ADD COLUMN nick text", "UPDATE people SET nick = (code) WHERE CASE WHEN (nick IS NULL) THEN true END, in batches"},
		notNull("people", "nick", "UPDATE people SET nick = (code) WHERE CASE WHEN (nick IS NULL) THEN true END, in batches")...),
		new: append([]string{
			"people ACCESS EXCLUSIVE: ALTER TABLE people ADD COLUMN nick text", "UPDATE people SET nick = (code) WHERE CASE WHEN (nick IS NULL) THEN true END, in batches"},
			notNull18("people", "nick", "UPDATE people SET nick = (code) WHERE CASE WHEN (nick IS NULL) THEN true END, in batches")...)},
	{row: "set NOT NULL", ops: formOps(migrate.Fill{Table: "people", Column: "email", Expr: "'none'"}, alterPeople(schema.Text("email").Null(), schema.Text("email"))),
		does: append([]string{fillEmail}, notNull("people", "email", fillEmail)...), new: append([]string{fillEmail}, notNull18("people", "email", fillEmail)...), says: "MG306 warning"},
	{row: "set NOT NULL, once more under the name", ops: formOps( // whose constraint is that of another column now
		migrate.RenameColumn{Table: "people", From: "code", To: "old"}, addPeople(schema.Text("code").Null()), migrate.Fill{Table: "people", Column: "code", Expr: "old"},
		alterPeople(schema.Text("code").Null(), schema.Text("code"))),
		does: slices.Concat(newCode, notNull("people", "code", newCode[1])), new: slices.Concat(newCode, notNull18("people", "code", newCode[1])), says: "MG303 warning"},
	{row: "drop NOT NULL", ops: formOps(alterPeople(schema.Varchar("code", 20), schema.Varchar("code", 20).Null())), does: []string{
		"people ACCESS EXCLUSIVE: ALTER TABLE people ALTER COLUMN code DROP NOT NULL"}, says: "MG307 note"},
	{row: "set default", ops: formOps(alterPeople(schema.Integer("age").Null(), schema.Integer("age").Null().Default(1))), does: []string{
		"people ACCESS EXCLUSIVE: ALTER TABLE people ALTER COLUMN age SET DEFAULT 1"}},
	{row: "drop default", ops: formOps(alterPeople(schema.Text("state").Default("new"), schema.Text("state"))), does: []string{
		"people ACCESS EXCLUSIVE: ALTER TABLE people ALTER COLUMN state DROP DEFAULT"}, says: "MG308 warning"},
	{row: "drop column", ops: formOps(migrate.DropIndex{Table: "people", Index: formCodeIndex}, migrate.DropColumn{Table: "people", Column: schema.Varchar("code", 20)}), does: []string{
		"people SHARE UPDATE EXCLUSIVE: DROP INDEX CONCURRENTLY people_code_idx",
		"people ACCESS EXCLUSIVE: ALTER TABLE people DROP COLUMN code"}, says: "MG301 warning"},
	{row: "rename column", ops: formOps(migrate.RenameColumn{Table: "people", From: "email", To: "mail"}), does: []string{
		"people ACCESS EXCLUSIVE: ALTER TABLE people RENAME COLUMN email TO mail"}, says: "MG303 warning"},
	{row: "rename table", ops: formOps(migrate.RenameTable{From: "notes", To: "remarks"}), does: []string{
		"ALTER TABLE notes RENAME TO remarks"}, says: "MG304 warning"},
	{row: "change type, free", ops: formOps(alterPeople(schema.Varchar("code", 20), schema.Varchar("code", 40))), does: []string{
		"people ACCESS EXCLUSIVE: ALTER TABLE people ALTER COLUMN code TYPE varchar(40)"}},
	{row: "change type, table rewritten", ops: formOps(alterPeople(schema.Integer("age").Null(), schema.BigInt("age").Null())), does: []string{
		"people ACCESS EXCLUSIVE; WRITES people: ALTER TABLE people ALTER COLUMN age TYPE bigint"}, says: "MG201 warning"},
	{row: "add foreign key", ops: formOps(
		migrate.CreateIndex{Table: "orders", Index: schema.Index{Name: "orders_buyer_id_idx", Parts: []schema.IndexPart{{Column: "buyer_id"}}}},
		migrate.AddForeignKey{Table: "orders", ForeignKey: formKey("buyer_id")}), does: append([]string{
		"reads orders: CREATE INDEX CONCURRENTLY orders_buyer_id_idx ON orders (buyer_id)"}, buyerKey...)},
	{row: "add foreign key, no index", ops: formOps(migrate.AddForeignKey{Table: "orders", ForeignKey: formKey("buyer_id")}), does: buyerKey, says: "MG216 note"},
	{row: "drop foreign key", ops: formOps(migrate.DropForeignKey{Table: "orders", ForeignKey: formKey("person_id")}), does: []string{
		"people ACCESS EXCLUSIVE; orders ACCESS EXCLUSIVE: ALTER TABLE orders DROP CONSTRAINT orders_person_id_fkey"}, says: "MG211 note"},
	{row: "add unique", ops: formOps(migrate.AddUnique{Table: "people", Unique: schema.Unique{Name: "people_email_key", Columns: []string{"email"}}}), does: []string{
		"reads people: CREATE UNIQUE INDEX CONCURRENTLY people_email_key ON people (email)",
		"people ACCESS EXCLUSIVE: ALTER TABLE people ADD CONSTRAINT people_email_key UNIQUE USING INDEX people_email_key"}},
	{row: "add check", ops: formOps(migrate.AddCheck{Table: "people", Check: schema.Check{Name: "people_age_check", Expr: "age >= 0"}}), does: []string{
		"people ACCESS EXCLUSIVE: ALTER TABLE people ADD CONSTRAINT people_age_check CHECK (age >= 0) NOT VALID",
		"people SHARE UPDATE EXCLUSIVE; reads people: ALTER TABLE people VALIDATE CONSTRAINT people_age_check"}},
	{row: "widen check", ops: formOps(migrate.DropCheck{Table: "people", Check: formState},
		migrate.AddCheck{Table: "people", Check: schema.Check{Name: "people_state_check", Expr: "state IN ('new', 'old', 'gone')"}}), does: []string{ // never without one
		"people ACCESS EXCLUSIVE: ALTER TABLE people DROP CONSTRAINT people_state_check; " +
			"ALTER TABLE people ADD CONSTRAINT people_state_check CHECK (state IN ('new', 'old', 'gone')) NOT VALID",
		"people SHARE UPDATE EXCLUSIVE; reads people: ALTER TABLE people VALIDATE CONSTRAINT people_state_check"}},
	{row: "add exclude", ops: formOps(handSQL("ALTER TABLE people ADD CONSTRAINT people_age_excl EXCLUDE USING btree (id WITH =)")), does: []string{
		"people ACCESS EXCLUSIVE; reads people: ALTER TABLE people ADD CONSTRAINT people_age_excl EXCLUDE USING btree (id WITH =)"}, says: "MG619 error"},
	{row: "add index", ops: formOps(migrate.CreateIndex{Table: "people", Index: schema.Index{Name: "people_age_idx", Parts: []schema.IndexPart{{Column: "age"}}}}), does: []string{
		"reads people: CREATE INDEX CONCURRENTLY people_age_idx ON people (age)"}},
	{row: "drop index", ops: formOps(migrate.DropIndex{Table: "people", Index: formCodeIndex}), does: []string{
		"people SHARE UPDATE EXCLUSIVE: DROP INDEX CONCURRENTLY people_code_idx"}},
	{row: "index of a new table", ops: formOps(migrate.CreateTable{Table: "tags", Columns: []schema.ColumnDef{schema.BigInt("id")}},
		migrate.CreateIndex{Table: "tags", Index: schema.Index{Name: "tags_id_idx", Parts: []schema.IndexPart{{Column: "id"}}}}), does: []string{
		"CREATE TABLE tags ( id bigint NOT NULL ); CREATE INDEX tags_id_idx ON tags (id)"}},
	{row: "rights on a new table", ops: formOps(migrate.CreateTable{Table: "tags", Columns: []schema.ColumnDef{schema.BigInt("id")}}), does: []string{
		"CREATE TABLE tags ( id bigint NOT NULL )"}, says: "MG412 note"},
	{row: "index over an expression", ops: formOps(migrate.CreateIndex{Table: "people", Index: schema.Index{Name: "people_lower_idx", Parts: []schema.IndexPart{{Expr: "lower(email)"}}}}), does: []string{
		"reads people: CREATE INDEX CONCURRENTLY people_lower_idx ON people ((lower(email)))"}, says: "MG411 note"},
	{row: "add primary key", ops: formOps(migrate.AddPrimaryKey{Table: "notes", PrimaryKey: schema.PrimaryKey{Name: "notes_pkey", Columns: []string{"id"}}}), does: []string{
		"reads notes: CREATE UNIQUE INDEX CONCURRENTLY notes_pkey ON notes (id)",
		"notes ACCESS EXCLUSIVE: ALTER TABLE notes ADD CONSTRAINT notes_pkey PRIMARY KEY USING INDEX notes_pkey"}},
	{row: "add primary key, nullable column", ops: formOps(migrate.AlterColumn{Table: "notes", From: schema.BigInt("number").Null(), To: schema.BigInt("number")},
		migrate.AddPrimaryKey{Table: "notes", PrimaryKey: schema.PrimaryKey{Name: "notes_pkey", Columns: []string{"number"}}}),
		does: append(notNull("notes", "number"), numberKey...), new: append(notNull18("notes", "number"), numberKey...)},
	{row: "change primary key type", ops: formOps(alterPeople(schema.BigInt("id"), schema.Integer("id")),
		migrate.AlterColumn{Table: "orders", From: schema.BigInt("person_id").Null(), To: schema.Integer("person_id").Null()}), does: []string{
		"people ACCESS EXCLUSIVE; orders ACCESS EXCLUSIVE; WRITES people; WRITES orders: ALTER TABLE people ALTER COLUMN id TYPE integer; " +
			"ALTER TABLE orders ALTER COLUMN person_id TYPE integer"}, says: "MG219 error"},
	{row: "enum: rename", ops: formOps(migrate.RenameEnum{From: "mood", To: "temper"}), does: []string{"ALTER TYPE mood RENAME TO temper"}, says: "MG318 warning"},
	{row: "enum: add value and use it", ops: formOps(migrate.AlterEnum{Name: "mood", From: []string{"good", "bad"}, To: []string{"good", "fair", "bad"}},
		migrate.Fill{Table: "people", Column: "mood", Expr: "'fair'", Where: "age > 40"}), does: []string{
		"ALTER TYPE mood ADD VALUE 'fair' AFTER 'good'", "UPDATE people SET mood = ('fair') WHERE CASE WHEN (age > 40) THEN true END, in batches"}},
	{row: "enum: rename value", ops: formOps(migrate.RenameEnumValue{Enum: "mood", From: "bad", To: "poor"}), does: []string{
		"ALTER TYPE mood RENAME VALUE 'bad' TO 'poor'"}, says: "MG312 warning"},
	{row: "enum: remove value", ops: formOps(migrate.AlterEnum{Name: "mood", From: []string{"good", "bad"}, To: []string{"good"}}), does: []string{
		"people ACCESS EXCLUSIVE; WRITES people: ALTER TYPE mood RENAME TO mood_old; CREATE TYPE mood AS ENUM ('good'); " +
			"ALTER TABLE people ALTER COLUMN mood TYPE mood USING mood::text::mood; DROP TYPE mood_old"}, says: "MG210 error"},
	{row: "add identity column", ops: formOps(addPeople(schema.BigInt("number").Identity())),
		does: slices.Concat([]string{addNumber, fillNumber}, identity(notNull("people", "number", fillNumber))), new: slices.Concat([]string{addNumber, fillNumber}, notNull18("people", "number", fillNumber), []string{"people ACCESS EXCLUSIVE: " + beIdentity})},
	{row: "generated column", ops: formOps(addPeople(schema.Integer("twice").Generated("age * 2").Null())), does: []string{
		"people ACCESS EXCLUSIVE; WRITES people: ALTER TABLE people ADD COLUMN twice integer GENERATED ALWAYS AS (age * 2) STORED"}, says: "MG204 warning"},
	{row: "json column", ops: formOps(addPeople(schema.JSON("data").Null())), does: []string{
		"people ACCESS EXCLUSIVE: ALTER TABLE people ADD COLUMN data json"}, says: "MG506 note"},
	{row: "domain with a constraint", ops: formOps(handSQL("CREATE DOMAIN positive AS integer CHECK (VALUE > 0)")), does: []string{
		"CREATE DOMAIN positive AS integer CHECK (VALUE > 0)"}, says: "MG617 error"},
	{row: "drop table", ops: formOps(migrate.DropTable(formBase().Ops[3].(migrate.CreateTable))), does: []string{"DROP TABLE notes"}, says: "MG302 warning"},
	{row: "drop child table", ops: formOps(migrate.DropTable(formBase().Ops[2].(migrate.CreateTable))), does: []string{
		"people ACCESS EXCLUSIVE; orders ACCESS EXCLUSIVE: ALTER TABLE orders DROP CONSTRAINT orders_person_id_fkey", "DROP TABLE orders"}, says: "MG302 warning"},
	{row: "drop foreign key, and more of the child", ops: formOps(migrate.DropForeignKey{Table: "orders", ForeignKey: formKey("person_id")},
		migrate.DropColumn{Table: "orders", Column: schema.BigInt("person_id").Null()}), does: []string{
		"people ACCESS EXCLUSIVE; orders ACCESS EXCLUSIVE: ALTER TABLE orders DROP CONSTRAINT orders_person_id_fkey",
		"orders ACCESS EXCLUSIVE: ALTER TABLE orders DROP COLUMN person_id"}, says: "MG301 warning"},
	{row: "rename column, online", ops: formOps(addPeople(schema.Text("mail").Null()), mailTwice), does: []string{
		"people ACCESS EXCLUSIVE: ALTER TABLE people ADD COLUMN mail text; CREATE FUNCTION people_email_mail_both()…; CREATE TRIGGER people_email_mail_both " +
			"BEFORE INSERT OR UPDATE OF email, mail ON people FOR EACH ROW EXECUTE FUNCTION people_email_mail_both()",
		fillMail}},
	{row: "rename column, online, its end", ops: formOps(addPeople(schema.Text("mail").Null()), mailTwice, migrate.DropDualWrite(mailTwice),
		migrate.DropColumn{Table: "people", Column: schema.Text("email").Null()}), does: []string{
		"people ACCESS EXCLUSIVE: ALTER TABLE people ADD COLUMN mail text; CREATE FUNCTION people_email_mail_both()…; CREATE TRIGGER people_email_mail_both " +
			"BEFORE INSERT OR UPDATE OF email, mail ON people FOR EACH ROW EXECUTE FUNCTION people_email_mail_both()",
		fillMail,
		"people ACCESS EXCLUSIVE: DROP TRIGGER people_email_mail_both ON people; DROP FUNCTION people_email_mail_both(); ALTER TABLE people DROP COLUMN email"}},
	{row: "two tables", ops: formOps(addPeople(schema.Text("nick").Null()), migrate.AddColumn{Table: "orders", Column: schema.Text("nick").Null()}), does: []string{
		"people ACCESS EXCLUSIVE: ALTER TABLE people ADD COLUMN nick text", "orders ACCESS EXCLUSIVE: ALTER TABLE orders ADD COLUMN nick text"}},
	{row: "long name", ops: formOps(migrate.CreateIndex{Table: "people", Index: schema.Index{Name: strings.Repeat("n", 64), Parts: []schema.IndexPart{{Column: "age"}}}}),
		fails: "has 64 bytes, PostgreSQL takes 63 and cuts it to"},
	{row: "long names, derived", ops: formOps(ageIndex("is_new"), ageIndex("is_old")), does: []string{
		"reads people: CREATE INDEX CONCURRENTLY " + longIndex("is_new") + " ON people (age)",
		"reads people: CREATE INDEX CONCURRENTLY " + longIndex("is_old") + " ON people (age)"}},
	{row: "long name by hand", ops: formOps(handSQL("CREATE TABLE " + strings.Repeat("n", 64) + " (id bigint)")), does: []string{
		"CREATE TABLE " + strings.Repeat("n", 64) + " (id bigint)"}, says: "MG501 warning"},
	{row: "collation", ops: formOps(alterPeople(schema.Text("email").Null(), schema.Text("email").Null().Collate("C"))), does: []string{
		"people ACCESS EXCLUSIVE: ALTER TABLE people ALTER COLUMN email TYPE text COLLATE C"}, says: "MG218 warning"},
	{row: "collation, under an index", ops: formOps(alterPeople(schema.Varchar("code", 20), schema.Varchar("code", 20).Collate("C"))), does: []string{
		"people ACCESS EXCLUSIVE; reads people: ALTER TABLE people ALTER COLUMN code TYPE varchar(20) COLLATE C"}, says: "MG218 error"},
}

// mailTwice is what generate -online writes for people.email that becomes mail.
var mailTwice = migrate.AddDualWrite{Table: "people", Name: "people_email_mail_both", From: "email", To: "mail", Up: "email", Down: "mail", Column: schema.Text("mail").Null()}

const (
	fillMail   = "UPDATE people SET mail = (email) WHERE CASE WHEN (mail IS NULL AND email IS NOT NULL) THEN true END, in batches"
	fillEmail  = "UPDATE people SET email = ('none') WHERE CASE WHEN (email IS NULL) THEN true END, in batches"
	fillNumber = "UPDATE people SET number = DEFAULT WHERE CASE WHEN (number IS NULL) THEN true END, in batches"
	addNumber  = "people ACCESS EXCLUSIVE: ALTER TABLE people ADD COLUMN number bigint; CREATE SEQUENCE people_number_numbers; GRANT USAGE ON SEQUENCE people_number_numbers TO PUBLIC; " +
		"ALTER TABLE people ALTER COLUMN number SET DEFAULT pg_catalog.nextval('people_number_numbers')"
	beIdentity = "ALTER TABLE people ALTER COLUMN number DROP DEFAULT, ALTER COLUMN number ADD GENERATED BY DEFAULT AS IDENTITY; DROP SEQUENCE people_number_numbers"
)

var (
	newCode = []string{
		"people ACCESS EXCLUSIVE: ALTER TABLE people RENAME COLUMN code TO old; ALTER TABLE people ADD COLUMN code text",
		"UPDATE people SET code = (old) WHERE CASE WHEN (code IS NULL) THEN true END, in batches",
	}
	buyerKey = []string{
		"people SHARE ROW EXCLUSIVE; orders SHARE ROW EXCLUSIVE: ALTER TABLE orders ADD CONSTRAINT orders_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES people (id) NOT VALID",
		"orders SHARE UPDATE EXCLUSIVE; reads people; reads orders: ALTER TABLE orders VALIDATE CONSTRAINT orders_buyer_id_fkey",
	}
	numberKey = []string{
		"reads notes: CREATE UNIQUE INDEX CONCURRENTLY notes_pkey ON notes (number)",
		"notes ACCESS EXCLUSIVE: ALTER TABLE notes ADD CONSTRAINT notes_pkey PRIMARY KEY USING INDEX notes_pkey",
	}
)

// notNull is how a column becomes NOT NULL up to version 17: no scan under the strong lock, each in a transaction of its own. sweep is what is
// done again in between.
func notNull(table, column string, sweep ...string) []string {
	alter, name := "ALTER TABLE "+table+" ", table+"_"+column+"_is_not_null"
	return slices.Concat([]string{table + " ACCESS EXCLUSIVE: " + alter + "ADD CONSTRAINT " + name + " CHECK (" + column + " IS NOT NULL) NOT VALID"}, sweep, []string{
		table + " SHARE UPDATE EXCLUSIVE; reads " + table + ": " + alter + "VALIDATE CONSTRAINT " + name,
		table + " ACCESS EXCLUSIVE: " + alter + "ALTER COLUMN " + column + " SET NOT NULL; " + alter + "DROP CONSTRAINT " + name,
	})
}

// notNull18 is the same since version 18, where NOT NULL itself can be validated later, under the name that the server gave it.
func notNull18(table, column string, sweep ...string) []string {
	return slices.Concat([]string{table + " ACCESS EXCLUSIVE: ALTER TABLE " + table + " ADD NOT NULL " + column + " NOT VALID"}, sweep, []string{
		table + " SHARE UPDATE EXCLUSIVE; reads " + table + ": DO ALTER TABLE " + table + " VALIDATE CONSTRAINT %I",
	})
}

// identity adds to the last of the transactions what makes the column an identity.
func identity(lines []string) []string {
	lines[len(lines)-1] += "; " + beIdentity
	return lines
}

func formOps(ops ...migrate.Op) []migrate.Op { return ops }

func addPeople(c schema.ColumnDef) migrate.Op { return migrate.AddColumn{Table: "people", Column: c} }

func alterPeople(from, to schema.ColumnDef) migrate.Op {
	return migrate.AlterColumn{Table: "people", From: from, To: to}
}

func handSQL(sql string) migrate.Op { return migrate.SQL{Up: []string{sql}, NoDown: "a test"} }

// longIndex is a name that only its hash tells from others.
func longIndex(column string) string {
	return schema.DeriveName("people", []string{strings.Repeat("n", 60), column}, "idx", nil)
}

func ageIndex(column string) migrate.Op {
	return migrate.CreateIndex{Table: "people", Index: schema.Index{Name: longIndex(column), Parts: []schema.IndexPart{{Column: "age"}}}}
}
