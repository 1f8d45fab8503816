package lint

// all is every check. A new one is a file and a line here.
var all = []*Check{
	// MG1xx: data loss.
	&mg101,
	&mg102,
	&mg103,
	&mg104,
	&mg105,
	&mg106,
	&mg107,
	// MG2xx: locks.
	&mg201,
	&mg202,
	&mg203,
	&mg204,
	&mg205,
	&mg206,
	&mg207,
	&mg208,
	&mg209,
	&mg210,
	&mg211,
	&mg212,
	&mg213,
	&mg214,
	&mg215,
	&mg216,
	&mg217,
	&mg218,
	&mg219,
	&mg220,
	&mg221,
	&mg222,
	&mg223,
	&mg224, &mg225,
	// MG3xx: rolling deploys.
	&mg301,
	&mg302,
	&mg303,
	&mg304,
	&mg305,
	&mg306,
	&mg307,
	&mg308,
	&mg309,
	&mg310,
	&mg311,
	&mg312,
	&mg313,
	&mg314,
	&mg315,
	&mg316,
	&mg317,
	&mg318,
	&mg319,
	&mg320,
	&mg321,
	&mg322,
	&mg323,
	&mg324,
	&mg325,
	// MG4xx: correctness.
	&mg401,
	&mg402,
	&mg403,
	&mg404,
	&mg405,
	&mg406,
	&mg407,
	&mg408,
	&mg409,
	&mg410,
	&mg411,
	&mg412,
	&mg413,
	&mg414,
	&mg415,
	&mg416,
	&mg417,
	&mg418,
	&mg419,
	&mg420,
	&mg421,
	// MG5xx: names and types.
	&mg501,
	&mg502,
	&mg503,
	&mg504,
	&mg505,
	&mg506,
	&mg507,
	&mg508,
	&mg509,
	// MG6xx: SQL by hand.
	&mg601,
	&mg602,
	&mg603,
	&mg604,
	&mg605,
	&mg606,
	&mg607,
	&mg608,
	&mg609,
	&mg610,
	&mg611,
	&mg612,
	&mg613,
	&mg614,
	&mg615,
	&mg616,
	&mg617,
	&mg618,
	&mg619,
	&mg620,
	// MG9xx: comments that silence.
	&mg901,
	&mg902,
	&mg903,
}

// groups are what the first digit of a code says.
var groups = []struct{ digit, name string }{
	{"1", "data loss"},
	{"2", "locks"},
	{"3", "rolling deploys"},
	{"4", "correctness"},
	{"5", "names and types"},
	{"6", "SQL by hand"},
	{"9", "comments that silence"},
}

// All returns every check, by code.
func All() []Check {
	list := make([]Check, len(all))
	for i, c := range all {
		list[i] = *c
	}
	return list
}

// Known reports whether there is a check of that code.
func Known(code string) bool { return find(code) != nil }
