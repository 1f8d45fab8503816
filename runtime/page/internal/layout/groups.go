package layout

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// most is how many tables a group has at most: as many as can be looked at together.
const most = 25

// alone is the group of the tables that are connected with nothing.
const alone = "others"

// Groups returns the group of each table. Tables of different schemas are never in one group; what fits into one is one. More are
// divided by the words that their names begin with, else by what they refer to (label propagation: U. N. Raghavan, R. Albert, S. Kumara, 2007, in a fixed
// order), where tables that very many refer to do not count.
func Groups(names []string, edges [][2]int) []string {
	out := make([]string, len(names))
	spaces := map[string][]int{}
	var all []string
	for i, n := range names {
		space, _, ok := strings.Cut(n, ".")
		if !ok {
			space = ""
		}
		if spaces[space] == nil {
			all = append(all, space)
		}
		spaces[space] = append(spaces[space], i)
	}
	slices.Sort(all)
	for _, space := range all {
		in := spaces[space]
		slices.SortFunc(in, func(a, b int) int { return strings.Compare(names[a], names[b]) })
		local := divide(names, in, edges, space)
		for i, t := range in {
			out[t] = local[i]
		}
	}
	return out
}

// divide returns the groups of the tables of one schema, which come sorted.
func divide(names []string, in []int, edges [][2]int, space string) []string {
	label := func(words string) string {
		switch {
		case space == "":
			return words
		case words == "":
			return space
		}
		return space + ": " + words
	}
	groups := make([]string, len(in))
	if len(in) <= most {
		for i := range groups {
			groups[i] = label("")
		}
		return groups
	}
	base := make([]string, len(in))
	at := map[int]int{}
	for i, t := range in {
		base[i] = strings.TrimPrefix(names[t], space+".")
		at[t] = i
	}
	near := neighbours(len(in), at, edges)
	byPrefix(base, groups)
	byLabel(base, near, groups)
	members := map[string][]int{}
	for i, g := range groups {
		members[g] = append(members[g], i)
	}
	var sorted []string
	for g := range members {
		sorted = append(sorted, g)
	}
	slices.Sort(sorted)
	for _, g := range sorted {
		if list := members[g]; len(list) > most {
			for i, m := range list {
				groups[m] = fmt.Sprintf("%s %d", g, i/evenly(len(list))+1)
			}
		}
	}
	for i := range groups {
		groups[i] = label(groups[i])
	}
	return groups
}

// evenly returns the size of the parts of a list that is too long for one group.
func evenly(n int) int {
	parts := (n + most - 1) / most
	return (n + parts - 1) / parts
}

// neighbours returns what each table is connected with, sorted, without the tables that very many refer to.
func neighbours(n int, at map[int]int, edges [][2]int) [][]int {
	into := make([]int, n)
	near := make([][]int, n)
	var own [][2]int
	for _, e := range edges {
		from, ok := at[e[0]]
		to, also := at[e[1]]
		if ok && also && from != to {
			own = append(own, [2]int{from, to})
			into[to]++
		}
	}
	hub := max(8, (n*3+99)/100)
	for _, e := range own {
		if into[e[1]] < hub && into[e[0]] < hub {
			near[e[0]], near[e[1]] = append(near[e[0]], e[1]), append(near[e[1]], e[0])
		}
	}
	for i := range near {
		slices.Sort(near[i])
	}
	return near
}

// byPrefix groups tables by the longest beginning up to a _ that at least three have, and at most as many as fit.
func byPrefix(names, groups []string) {
	count := map[string]int{}
	for _, n := range names {
		for i := range len(n) {
			if n[i] == '_' && i > 0 {
				count[n[:i]]++
			}
		}
	}
	head := map[string]string{} // the tables that others are called after: orders, with order_items and order_events
	for _, n := range names {
		for _, one := range singulars(n) {
			if count[one] > 0 {
				head[n] = one
				count[one]++
				break
			}
		}
	}
	for i, n := range names {
		if one := head[n]; one != "" && count[one] >= 3 && count[one] <= most {
			groups[i] = one
			continue
		}
		for end := len(n); end > 0; end-- {
			if (end == len(n) || n[end] == '_') && count[n[:end]] >= 3 && count[n[:end]] <= most {
				groups[i] = n[:end]
				break
			}
		}
	}
	size := map[string]int{}
	for _, g := range groups {
		size[g]++
	}
	for i, g := range groups { // others of the beginning may be in a longer one
		if g != "" && size[g] < 3 {
			groups[i] = ""
		}
	}
}

// singulars returns a name, and what it may be the plural of.
func singulars(name string) []string {
	all := []string{name}
	for _, end := range [][2]string{{"ies", "y"}, {"es", ""}, {"s", ""}} {
		if stem, ok := strings.CutSuffix(name, end[0]); ok {
			all = append(all, stem+end[1])
		}
	}
	return all
}

// byLabel gives the rest the groups that most of their neighbours have, beginning with each in its own.
func byLabel(names []string, near [][]int, groups []string) {
	fixed := make([]bool, len(names))
	size := map[string]int{}
	for i := range groups {
		fixed[i] = groups[i] != ""
		if !fixed[i] {
			groups[i] = "\x00" + names[i] // sorts before names, and is none
		}
		size[groups[i]]++
	}
	for range 12 {
		changed := false
		for i := range groups {
			if fixed[i] {
				continue
			}
			votes := map[string]int{}
			var labels []string
			for _, o := range near[i] {
				if votes[groups[o]] == 0 {
					labels = append(labels, groups[o])
				}
				votes[groups[o]]++
			}
			slices.SortFunc(labels, func(a, b string) int { return cmp.Or(cmp.Compare(votes[b], votes[a]), strings.Compare(a, b)) })
			for _, l := range labels {
				if l == groups[i] {
					break
				}
				if size[l] < most {
					size[groups[i]]--
					size[l]++
					groups[i], changed = l, true
					break
				}
			}
		}
		if !changed {
			break
		}
	}
	nameLabels(names, near, groups)
}

// nameLabels calls groups that have no name yet after the table in them with most neighbours; what is alone is put together.
func nameLabels(names []string, near [][]int, groups []string) {
	size, heads := map[string]int{}, map[string]int{}
	for i, g := range groups {
		size[g]++
		if h, ok := heads[g]; !ok || len(near[i]) > len(near[h]) {
			heads[g] = i
		}
	}
	taken := map[string]bool{alone: true}
	for _, g := range groups {
		if !strings.HasPrefix(g, "\x00") {
			taken[g] = true
		}
	}
	for i, g := range groups {
		if !strings.HasPrefix(g, "\x00") {
			continue
		}
		switch name := names[heads[g]]; {
		case size[g] < 3:
			groups[i] = alone
		case taken[name]:
			groups[i] = name + " and near"
		default:
			groups[i] = name
		}
	}
}
