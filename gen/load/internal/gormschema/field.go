package gormschema

import (
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// Field is a field of a struct as gorm knows it (schema/field.go).
type Field struct {
	Name     string
	DBName   string // "" when it is no column
	Path     []*types.Var
	Type     types.Type // without pointers
	Owner    *Schema    // the struct that is parsed; of a field of an embedded struct the outer one
	Embedded *Schema    // what it flattens, nil when it does not
	Pos      *types.Var // of the innermost field

	DataType    string // one of the constants, or SQL
	GoType      string // GORMDataType: before type: says otherwise
	Size        int
	Precision   int
	Scale       int
	PrimaryKey  bool
	Auto        bool // AutoIncrement
	NotNull     bool
	Unique      bool
	Comment     string
	HasDefault  bool
	Default     string                     // as in the tag, texts without their quotes
	Value       *string                    // a default that gorm parsed: what a literal of it holds
	NoDDL       bool                       // IgnoreMigration
	Unknown     string                     // why the type is not known without running the program, "" when it is
	DriverType  func(driver string) string // GormDBDataType, "" where that says nothing; nil without one
	tag         string
	set         settings
	used        bool    // Creatable, Updatable or Readable
	ownerSchema *Schema // of the embedded struct
}

// Setting returns a key of the field's tag, or of a struct around it.
func (f *Field) Setting(key string) (Setting, bool) {
	s, ok := f.set.get(key)
	return s, ok
}

func (f *Field) pathName() string {
	if len(f.Path) == 1 {
		return f.Path[0].Name()
	}
	names := make([]string, len(f.Path))
	for i, v := range f.Path {
		names[i] = v.Name()
	}
	return strings.Join(names, ".")
}

func (p *Parser) problem(path []*types.Var, at int, msg string) {
	p.Problems = append(p.Problems, Problem{Path: path, At: at, Msg: msg})
}

// at returns where a key of the field's tag stands.
func (f *Field) at(key string) ([]*types.Var, int) {
	if s, ok := f.set.get(key); ok && len(s.Path) > 0 {
		return s.Path, s.At
	}
	return f.Path, -1
}

// field is ParseField: it reads a field of s into f.
func (p *Parser) field(f *Field, s *Schema, path []*types.Var, tag string) {
	v := path[0]
	*f = Field{Name: v.Name(), Path: path, Pos: v, Owner: s, tag: tag, used: true}
	f.set = parseTag(tag, ";", f.Path)
	f.Type = types.Unalias(v.Type())
	for {
		ptr, ok := f.Type.(*types.Pointer)
		if !ok {
			break
		}
		f.Type = types.Unalias(ptr.Elem())
	}
	f.DBName = f.set.value("COLUMN")
	f.PrimaryKey = f.set.truth("PRIMARYKEY", "PRIMARY_KEY")
	f.Auto = f.set.truth("AUTOINCREMENT")
	f.HasDefault = f.Auto
	f.NotNull = f.set.truth("NOT NULL", "NOTNULL")
	f.Unique = f.set.truth("UNIQUE")
	f.Comment = f.set.value("COMMENT")

	valuer := isValuer(f.Type)
	value := p.valueOf(f, valuer)
	if d, ok := f.set.get("DEFAULT"); ok {
		f.HasDefault, f.Default = true, d.Value
	}
	f.number("SIZE", &f.Size)
	f.number("PRECISION", &f.Precision)
	f.number("SCALE", &f.Scale)
	if f.set.value("JSON") != "" || f.set.value("SERIALIZER") != "" || isSerializer(value) {
		f.DataType = String
	}
	p.kind(f, value)
	if n, ok := value.(*types.Named); ok && hasMethod(n, "GormDataType", 0, 1) {
		if text, known := p.Method(n, "GormDataType"); known {
			f.DataType = text("")
		} else {
			f.Unknown = "its method GormDataType returns no constant"
		}
	}
	if n, ok := f.Type.(*types.Named); ok && hasMethod(n, "GormDBDataType", 2, 1) {
		if text, known := p.Method(n, "GormDBDataType"); known {
			f.DriverType = text
		} else {
			f.Unknown = "its method GormDBDataType returns no constant"
		}
	}
	f.GoType = f.DataType
	if t, ok := f.set.get("TYPE"); ok {
		f.DataType = t.Value
		if low := strings.ToLower(t.Value); slices.Contains([]string{Bool, Int, Uint, Float, String, Time, Bytes}, low) {
			f.DataType = low
		}
	}
	if f.Size == 0 {
		f.Size = bits(value)
	}
	f.permissions()
	_, asked := f.set.get("EMBEDDED")
	if asked || f.GoType != Time && f.GoType != Bytes && !valuer && v.Embedded() && f.used {
		p.embed(s, f, value)
	}
}

// number reads a key that has a number; gorm ignores what is none, except in size.
func (f *Field) number(key string, to *int) {
	s, ok := f.set.get(key)
	if !ok {
		return
	}
	n, err := strconv.Atoi(s.Value)
	if err != nil && key == "SIZE" {
		n = -1
	}
	*to = n
}

// kind sets the data type by the kind of the value, and parses the default as that.
func (p *Parser) kind(f *Field, value types.Type) {
	f.Default = strings.TrimSpace(f.Default)
	parse := f.HasDefault && f.Default != "" && !(strings.Contains(f.Default, "(") && strings.Contains(f.Default, ")")) && !strings.EqualFold(f.Default, "null")
	var text string
	var err error
	switch u := value.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsBoolean != 0:
			f.DataType = Bool
			text, err = parsed(parse, f.Default, "bool", func(s string) (string, error) { b, err := strconv.ParseBool(s); return strconv.FormatBool(b), err })
		case u.Kind() == types.Uintptr:
			return
		case u.Info()&types.IsUnsigned != 0:
			f.DataType = Uint
			text, err = parsed(parse, f.Default, "uint", func(s string) (string, error) {
				n, err := strconv.ParseUint(s, 0, 64)
				return strconv.FormatUint(n, 10), err
			})
		case u.Info()&types.IsInteger != 0:
			f.DataType = Int
			text, err = parsed(parse, f.Default, "int", func(s string) (string, error) {
				n, err := strconv.ParseInt(s, 0, 64)
				return strconv.FormatInt(n, 10), err
			})
		case u.Info()&types.IsFloat != 0:
			f.DataType = Float
			text, err = parsed(parse, f.Default, "float", func(s string) (string, error) {
				n, err := strconv.ParseFloat(s, 64)
				return strconv.FormatFloat(n, 'f', -1, 64), err
			})
		case u.Info()&types.IsString != 0:
			f.DataType = String
			if parse {
				f.Default = strings.Trim(strings.Trim(f.Default, "'"), `"`)
				text = f.Default
			}
		default:
			return
		}
	case *types.Struct:
		if !isTime(value) {
			return
		}
		f.DataType = Time
		if !parse {
			return
		}
		var ok bool
		if text, ok, err = moment(f.Default); !ok && err == nil {
			return
		}
	case *types.Array:
		p.bytes(f, u.Elem())
		return
	case *types.Slice:
		p.bytes(f, u.Elem())
		return
	default:
		return
	}
	if err != nil {
		path, at := f.at("DEFAULT")
		p.problem(path, at, err.Error())
	} else if parse {
		f.Value = &text
	}
}

// parsed reads a default as what the field holds.
func parsed(parse bool, s, what string, read func(string) (string, error)) (string, error) {
	if !parse {
		return "", nil
	}
	text, err := read(s)
	if err != nil {
		return "", &defaultError{s, what}
	}
	return text, nil
}

type defaultError struct{ text, what string }

func (e *defaultError) Error() string {
	return "gorm cannot read default:" + e.text + " as " + e.what
}

func (p *Parser) bytes(f *Field, elem types.Type) {
	if b, ok := types.Unalias(elem).(*types.Basic); ok && b.Kind() == types.Uint8 && f.DataType == "" {
		f.DataType = Bytes
	}
}

// permissions reads the keys of what may be read and written, and of what is no column.
func (f *Field) permissions() {
	creatable, updatable, readable := true, true, true
	if v, ok := f.set.get("-"); ok {
		switch strings.ToLower(strings.TrimSpace(v.Value)) {
		case "-":
			creatable, updatable, readable, f.DataType = false, false, false, ""
		case "all":
			creatable, updatable, readable, f.DataType, f.NoDDL = false, false, false, "", true
		case "migration":
			f.NoDDL = true
		}
	}
	if v, ok := f.set.get("->"); ok {
		creatable, updatable, readable = false, false, !strings.EqualFold(v.Value, "false")
	}
	if v, ok := f.set.get("<-"); ok {
		creatable = v.Value == "<-" || strings.Contains(v.Value, "create")
		updatable = v.Value == "<-" || strings.Contains(v.Value, "update")
	}
	f.used = creatable || updatable || readable
}
