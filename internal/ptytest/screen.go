package ptytest

import (
	"fmt"
	"strconv"
	"strings"
)

// Screen returns what a terminal of so many columns shows once text was written to it, all lines that have scrolled away included. It knows what the
// command lines write: ends of lines, colours, and the sequences that go up, erase the rest of a line, or all below. A line that is longer than the
// terminal is wide goes on in the next one. Of anything else it says that it does not know it.
func Screen(text string, columns int) (lines []string, err error) {
	screen := [][]rune{nil}
	row, column := 0, 0
	for text != "" {
		if seq, ok := strings.CutPrefix(text, "\x1b["); ok {
			end := strings.IndexFunc(seq, func(r rune) bool { return r >= '@' && r <= '~' })
			if end < 0 {
				return nil, fmt.Errorf("a sequence without an end: %q", text)
			}
			number, _ := strconv.Atoi(seq[:end])
			switch seq[end] {
			case 'm':
			case 'A':
				if number > row {
					return nil, fmt.Errorf("it goes up %d lines from line %d", number, row)
				}
				row -= max(number, 1)
			case 'K':
				screen[row] = screen[row][:min(column, len(screen[row]))]
			case 'J':
				screen[row] = screen[row][:min(column, len(screen[row]))]
				screen = screen[:row+1]
			default:
				return nil, fmt.Errorf("an unknown sequence: %q", text[:end+3])
			}
			text = seq[end+1:]
			continue
		}
		r := []rune(text)[0]
		text = text[len(string(r)):]
		switch {
		case r == '\r':
			column = 0
		case r == '\n':
			row++
			if row == len(screen) {
				screen = append(screen, nil)
			}
		case r < ' ':
			return nil, fmt.Errorf("a control character: %q", r)
		case r >= 0x300 && r < 0x370: // a mark on the one before
		default:
			wide := r >= 0x1100 && r != '\u2026'
			if column == columns || wide && column == columns-1 {
				row, column = row+1, 0
				if row == len(screen) {
					screen = append(screen, nil)
				}
			}
			for len(screen[row]) <= column {
				screen[row] = append(screen[row], ' ')
			}
			screen[row][column] = r
			column++
			if wide {
				screen[row] = append(screen[row][:column], 0)
				column++
			}
		}
	}
	for _, l := range screen {
		lines = append(lines, strings.ReplaceAll(string(l), "\x00", ""))
	}
	return lines, nil
}
