package load

import (
	"slices"
	"strings"

	near "github.com/modelgen/modelgen/internal/nearest"
)

func nearest(word string, candidates []string, most int) string {
	return near.Word(word, candidates, most)
}

func reach(word string) int { return near.Reach(word) }

// didYouMean returns `: did you mean x?`, or else what there is.
func didYouMean(word string, candidates []string) string {
	if n := nearest(word, candidates, reach(word)); n != "" {
		return ": did you mean " + n + "?"
	}
	if len(candidates) == 0 {
		return ""
	}
	return ": there is " + some(candidates)
}

// some returns the words as a list that stays readable.
func some(words []string) string {
	const most = 30
	words = slices.Clone(words)
	if len(words) > most {
		words = append(words[:most], "...")
	}
	return strings.Join(words, ", ")
}
