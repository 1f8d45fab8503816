package load

import (
	"go/token"
	"go/types"
	"strconv"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/runtime/schema"
)

// FuzzTag reads any text as the tag of a column and as each tag of a table. Nothing may panic, every problem must have a
// message, and what is accepted must be fit for a schema: names that are names, expressions that stay inside of a statement.
func FuzzTag(f *testing.F) {
	for _, seed := range []string{
		"id,pk,identity", "note,default:'it''s (a, b'", "price,type:numeric(8,2),type.sqlite:TEXT,default:0.10", "a,b,name:x", "(lower(name)) desc,where:id > 0",
		"id desc nulls last,include:(name,id),using:gin,opclass:x", "id > 0 AND name IN ('a', 'b'),name:c", "(id,name) T(id,name),ondelete:cascade",
		"name,fk:T.id,ondelete:set null", "x,embed:y_", "name collate \"C\" desc", "x,size:3,index:by_x desc,unique:u", "a\"b", ",unique", "-", "",
		"x,default:(now())", "x,check:-", "x,generated:(id * 2)", "naïve,was:ü", "x,default:('{}')", "x,many2many:t", "-,many2many:t", "x,default:((('a'))",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, key := range []string{"db", "modelgen", "index", "unique", "check", "pk", "fk", "table"} {
			l, m := fuzzModel(t, key, s)
			m.read()
			m.finish()
			l.joinTables()
			l.finishEnums()
			m.foreignKeys()
			l.namespaces()
			l.checkNames()
			for _, p := range l.problems {
				if strings.TrimSpace(p.Msg) == "" {
					t.Errorf("%s:%q: a problem without message", key, s)
				}
			}
			if len(l.problems) == 0 {
				checkSchema(t, key+":"+s, l.schema)
			}
		}
	})
}

func fuzzModel(t *testing.T, key, s string) (*loader, *model) {
	fset := token.NewFileSet()
	l, err := newLoader(Config{Dialects: both(), Known: both()}, fset)
	if err != nil {
		t.Fatal(err)
	}
	pkg := types.NewPackage("test", "test")
	field := func(name string, typ types.Type) *types.Var {
		return types.NewField(token.NoPos, pkg, name, typ, false)
	}
	blank := types.NewStruct(nil, nil)
	fields := []*types.Var{field("ID", types.Typ[types.Int64]), field("Name", types.Typ[types.String]), field("_", blank)}
	tag := key + ":" + strconv.Quote(s)
	tags := []string{`db:"id"`, `db:"name"`, tag}
	if key == "db" || key == "modelgen" {
		fields[2] = field("Extra", types.Typ[types.String])
		for _, typ := range []types.Type{types.Typ[types.Int8], types.Typ[types.Bool], types.NewSlice(types.Typ[types.String]), types.NewPointer(types.Typ[types.Float64])} {
			fields = append(fields, field("More"+strconv.Itoa(len(fields)), typ))
			tags = append(tags, "modelgen:"+strconv.Quote(afterName(s)))
		}
	}
	obj := types.NewTypeName(token.NoPos, pkg, "T", nil)
	types.NewNamed(obj, types.NewStruct(fields, tags), nil)
	pkg.Scope().Insert(obj)
	m := &model{l: l, obj: obj, table: &schema.Table{Name: "ts"}, byName: map[string]*column{}, byLower: map[string]*column{}, groups: map[string]*group{}}
	l.models, l.byType[obj], l.tables["ts"] = []*model{m}, m, m
	return l, m
}

func afterName(s string) string {
	_, options, _ := strings.Cut(s, ",")
	return options
}

func checkSchema(t *testing.T, what string, s *schema.Schema) {
	name := func(n string) {
		if err := schema.CheckName(n); err != nil {
			t.Errorf("%q: %v", what, err)
		}
	}
	expr := func(e string) {
		if e == "" {
			return
		}
		if _, err := schema.NormalizeExpr(e); err != nil {
			t.Errorf("%q: expression %q: %v", what, e, err)
		}
	}
	for _, table := range s.Tables {
		for _, c := range table.Columns {
			name(c.Name)
			expr(c.DefaultExpr)
			expr(c.Generated)
			if c.Type.Kind == schema.KindInvalid {
				t.Errorf("%q: column %s has no type", what, c.Name)
			}
		}
		for _, c := range table.Checks {
			expr(c.Expr)
		}
		for _, x := range table.Indexes {
			expr(x.Where)
			for _, p := range x.Parts {
				expr(p.Expr)
				if (p.Column == "") == (p.Expr == "") {
					t.Errorf("%q: an index part is neither column nor expression", what)
				}
			}
		}
	}
}

func TestSnakeCase(t *testing.T) {
	for name, want := range map[string]string{
		"UserIDs": "user_ids", "OAuth2Token": "oauth2_token", "ID": "id", "SHA256": "sha256", "IPv4Addr": "ipv4_addr", "HTTPServer": "http_server",
		"URLs": "urls", "APIsUsed": "apis_used", "MyIPv6": "my_ipv6", "User_ID": "user_id", "X": "x", "XAxis": "x_axis", "S3Key": "s3_key", "Line1": "line1",
		"IsOK": "is_ok", "HTMLBody": "html_body", "Base64Data": "base64_data", "ÜberID": "über_id", "A1B2": "a1_b2", "already_snake": "already_snake", "DNSserver": "dn_sserver",
	} {
		if got := snakeCase(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"default", "deferrable", "pk", "size", "unique"}
	for word, want := range map[string]string{"defualt": "default", "uniqe": "unique", "PK": "pk", "zise": "size", "siez": "size", "x": "", "completely": ""} {
		if got := nearest(word, words, reach(word)); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
}
