// Package nearest finds the word that somebody who mistyped another one may have meant.
package nearest

import (
	"strings"
	"unicode/utf8"
)

// Word returns the candidate that is most like word, with at most most changes, or "". Of several the first one counts.
func Word(word string, candidates []string, most int) string {
	best, low := "", strings.ToLower(word)
	for _, c := range candidates {
		if d := Distance(low, strings.ToLower(c), most); d <= most {
			if best, most = c, d-1; most < 0 {
				break
			}
		}
	}
	return best
}

// Reach is how many changes make a word of that length another one.
func Reach(word string) int {
	switch n := utf8.RuneCountInString(word); {
	case n < 2:
		return 0
	case n < 4:
		return 1
	case n < 9:
		return 2
	}
	return 3
}

// Distance returns the Levenshtein distance in which two swapped neighbours count once; anything over most is most+1.
func Distance(a, b string, most int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > most || len(y)-len(x) > most {
		return most + 1
	}
	before, prev, cur := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range x {
		cur[0] = i + 1
		low := cur[0]
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			cur[j+1] = min(prev[j]+cost, prev[j+1]+1, cur[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				cur[j+1] = min(cur[j+1], before[j-1]+1)
			}
			low = min(low, cur[j+1])
		}
		if low > most {
			return most + 1
		}
		before, prev, cur = prev, cur, before
	}
	return min(prev[len(y)], most+1)
}
