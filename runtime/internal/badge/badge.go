// Package badge has the words for what a migration means to those who use the database meanwhile: locks, scans, rewrites, and what is destroyed.
// The page of show and plan have the same ones, and docs/running.md says what each means. It finds out nothing: a dialect says it of each stage.
package badge

import (
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

// Kind is what a badge says.
type Kind int

// The kinds, in the order in which a sum names them.
const (
	Lock     Kind = iota // "lock ACCESS EXCLUSIVE on orders"
	Scans                // "reads all of orders"
	Rewrites             // "rewrites orders"
	Destroys             // "destroys orders.note"
	kinds
)

// Level is how much somebody has to look out. It is the class of the badge on a page.
type Level string

// The levels.
const (
	Note    Level = "note"    // others go on reading and writing
	Warning Level = "warning" // others wait, or it takes long on a large table
	Error   Level = "error"   // a table is written again as a whole, or data is lost
)

// Badge is one of them.
type Badge struct {
	Kind   Kind
	Level  Level
	Words  string
	Tables []string // none for Destroys
}

// weak are the locks that let others read and write (PostgreSQL manual, 13.3.1).
var weak = []string{"ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE"}

// Of returns the badges of stages together, without [Destroys]: one for each lock, one for all tables that are written again, one for all that are
// read. Nobody uses the tables yet that made is true for.
func Of(stages []migrate.Stage, made func(table string) bool) (all []Badge) {
	locks := map[string][]string{}
	var order, rewrites, scans []string
	for _, st := range stages {
		tables := slices.DeleteFunc(slices.Clone(st.Tables), func(t string) bool { return made(strings.TrimPrefix(t, "public.")) })
		if len(tables) == 0 {
			continue
		}
		if st.Lock != "" {
			if locks[st.Lock] == nil {
				order = append(order, st.Lock)
			}
			locks[st.Lock] = appendNew(locks[st.Lock], tables)
		}
		if st.Rewrites {
			rewrites = appendNew(rewrites, tables)
		} else if st.Scans {
			scans = appendNew(scans, tables)
		}
	}
	for _, l := range order {
		level := Warning
		if slices.Contains(weak, l) {
			level = Note
		}
		all = append(all, Badge{Lock, level, "lock " + l + " on " + strings.Join(locks[l], ", "), locks[l]})
	}
	if len(rewrites) > 0 {
		all = append(all, Badge{Rewrites, Error, "rewrites " + strings.Join(rewrites, ", "), rewrites})
	}
	if len(scans) > 0 {
		all = append(all, Badge{Scans, Warning, "reads all of " + strings.Join(scans, ", "), scans})
	}
	return all
}

// OfLoss returns the badge of what is lost for good, see [migrate.Op.Destroys].
func OfLoss(what string) Badge { return Badge{Destroys, Error, "destroys " + what, nil} }

// Sum counts badges, one transaction after the other: that is how long a lock is held.
type Sum struct {
	transactions int
	counts       [kinds]int
}

// Add counts one transaction with its badges. A lock counts when others wait for it.
func (s *Sum) Add(badges []Badge) {
	s.transactions++
	var has [kinds]bool
	for _, b := range badges {
		has[b.Kind] = has[b.Kind] || b.Level != Note
	}
	for k, is := range has {
		if is {
			s.counts[k]++
		}
	}
}

// String returns the sum as part of a sentence: "7 transactions: 2 stop writers, 1 reads all of a table".
func (s *Sum) String() string {
	noun := "transactions"
	if s.transactions == 1 {
		noun = "transaction"
	}
	text, sep := fmt.Sprintf("%d %s", s.transactions, noun), ": "
	for k, words := range [kinds][2]string{
		Lock: {"stops writers", "stop writers"}, Scans: {"reads all of a table", "read all of a table"},
		Rewrites: {"rewrites a table", "rewrite a table"}, Destroys: {"destroys data", "destroy data"},
	} {
		switch n := s.counts[k]; n {
		case 0:
			continue
		case 1:
			text += sep + "1 " + words[0]
		default:
			text += fmt.Sprintf("%s%d %s", sep, n, words[1])
		}
		sep = ", "
	}
	return text
}

func appendNew(to, more []string) []string {
	for _, s := range more {
		if !slices.Contains(to, s) {
			to = append(to, s)
		}
	}
	return to
}
