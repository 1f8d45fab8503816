// Package vet gives modelgen's findings to go vet, to editors and to linters, as an analyzer.
//
// In a package with models it tells what is wrong with their tags, what has changed since the newest migration, and which rename hints
// have been used up; in a package with migrations, which steps do not fit, which nobody has written yet, and whether the list is the one that
// modelgen writes. It looks at one package at a time, as it was handed in: it runs no go command, loads nothing, and writes nothing. Of other
// packages with models it knows what the snapshot says; what it cannot know it passes over, and modelgen check, which sees all, tells it: what SQL files declare is such.
package vet
