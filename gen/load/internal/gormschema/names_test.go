package gormschema

import (
	"strings"
	"testing"
)

// The names that gorm 1.31 makes, its traps included.
func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"ID": "id", "Name": "name", "HTTPURL": "http_url", "UserAPIKeyID": "user_api_key_id", "OAuth2ID": "o_auth2_id", "IPv4Addr": "ipv4_addr", "SMSCode": "sms_code",
		"UserIDs": "user_ids", "S3Key": "s3_key", "ETag": "e_tag", "A1B2": "a1_b2", "ZIP": "z_ip", "VIP": "v_ip", "TIPS": "t_ip_s", "EQUIP": "eq_ui_p", "UTF8Name": "utf8_name",
		"HTTPS": "http_s", "UUIDs": "uuids", "Snake_Case": "snake_case", "X": "x", "": "",
	} {
		if got := (Names{}).Column(name); got != want {
			t.Errorf("column of %s: got %s, want %s", name, got, want)
		}
	}
	for name, want := range map[string]string{
		"User": "users", "UserData": "user_data", "Status": "statuses", "Person": "people", "Human": "humen", "Leaf": "leafs", "Hero": "heros", "Series": "series",
		"Equipment": "equipment", "UserEquipment": "user_equipments", "Quiz": "quizzes", "Criterion": "criterions", "SMS": "sms", "Media": "media", "Category": "categories",
	} {
		if got := (Names{}).Table(name); got != want {
			t.Errorf("table of %s: got %s, want %s", name, got, want)
		}
	}
	for _, c := range []struct{ got, want string }{
		{Names{Prefix: "t_"}.Table("User"), "t_users"},
		{Names{Prefix: "app.", Singular: true}.Table("UserAPI"), "app.user_api"},
		{Names{AsIs: true}.Table("User"), "Users"},
		{Names{}.joinTable("post_tags"), "post_tags"},
		{Names{}.joinTable("PostRelation"), "post_relations"},
		{Names{Prefix: "t_"}.joinTable("post_tags"), "t_post_tags"},
		{Names{}.index("app.users", "FirstName"), "idx_app_users_first_name"},
		{Names{}.unique("u6", "pP"), "uni_u6_p_p"},
		{Names{}.check("users", "aB"), "chk_users_aB"},
		{Names{}.foreignKey("users", "CreditCard"), "fk_users_credit_card"},
		{Names{Max: 64}.index(strings.Repeat("a", 52), "Name"), "idx_" + strings.Repeat("a", 52) + "_name"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
	long := Names{Max: 63}.index(strings.Repeat("a", 60), "Name")
	if len(long) != 63 || long[:55] != ("idx_" + strings.Repeat("a", 60))[:55] {
		t.Errorf("a long name is %s", long)
	}
	if cut := (Names{Max: 64, Cut: 63}).index(strings.Repeat("a", 60), "Name"); len(cut) != 63 {
		t.Errorf("a name that the server cuts is %s", cut)
	}
}

// The settings of a tag, by the rules of gorm's ParseTagSetting.
func TestParseTag(t *testing.T) {
	for _, c := range []struct{ tag, key, want string }{
		{"column:a;size:10", "COLUMN", "a"},
		{" Column : b", "COLUMN", " b"},
		{`default:a\;b`, "DEFAULT", "a;b"},
		{"default:'a;b'", "DEFAULT", "'a"},
		{"check:a,b > ':'", "CHECK", "a,b > ':'"},
		{"not null", "NOT NULL", "NOT NULL"},
		{"size:1;size:2", "SIZE", "2"},
		{`comment:say \"x\"`, "COMMENT", `say "x"`},
	} {
		if got := parseTag(c.tag, ";", nil).value(c.key); got != c.want {
			t.Errorf("%s of %q: got %q, want %q", c.key, c.tag, got, c.want)
		}
	}
	if at, _ := parseTag("size:1; column:x", ";", nil).get("COLUMN"); at.At != 8 {
		t.Errorf("column stands at %d, not 8", at.At)
	}
	if parseTag("not null:false", ";", nil).truth("NOT NULL") || !parseTag("unique", ";", nil).truth("UNIQUE") {
		t.Error("truth")
	}
}

// The default of a time: a literal where it has a day, SQL where it is none, and a problem where it depends on the machine.
func TestMoment(t *testing.T) {
	for _, c := range []struct {
		s, want string
		ok, bad bool
	}{
		{"2020-01-02", "2020-01-02 00:00:00", true, false},
		{"2020-1-2 3:4:5", "2020-01-02 03:04:05", true, false},
		{"2020/01/02", "2020-01-02 00:00:00", true, false},
		{"CURRENT_TIMESTAMP", "", false, false},
		{"'2020-01-02'", "", false, false},
		{"15:04", "", false, true},
		{"2020-01-02T03:04:05Z", "", false, true},
	} {
		got, ok, err := moment(c.s)
		if got != c.want || ok != c.ok || (err != nil) != c.bad {
			t.Errorf("%s: got %q, %v, %v", c.s, got, ok, err)
		}
	}
}
