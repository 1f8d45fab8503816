package literal

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/modelgen/modelgen/runtime/schema"
)

// moments are words that PostgreSQL reads as the time at which it reads them (manual, 8.5.1.4), so that a default of one is that of the migration.
// SQLite keeps the word.
var moments = map[string]bool{"now": true, "today": true, "tomorrow": true, "yesterday": true}

// Moment reports whether a literal of the type is the time at which it is read, whatever is written around it.
func Moment(t schema.Type, s string) bool {
	switch t.Kind {
	case schema.KindDate, schema.KindTime, schema.KindTimestamp, schema.KindTimestampTZ:
		return moments[strings.ToLower(strings.TrimSpace(s))] && !t.Array
	case schema.KindOther:
		return moments[strings.ToLower(strings.TrimSpace(s))] && timeName.MatchString(t.Name)
	}
	return false
}

func errMoment(k schema.Kind, s string) error {
	write := "(now())"
	switch word := strings.ToLower(strings.TrimSpace(s)); {
	case word == "tomorrow" || word == "yesterday":
		write = "an expression in parentheses"
	case k == schema.KindDate || word == "today":
		write = "(CURRENT_DATE)"
	case k == schema.KindTime:
		write = "(CURRENT_TIME)"
	}
	return fmt.Errorf("%s is read once, when the migration runs, and stays that time for ever: write %s", s, write)
}

var (
	datePart  = regexp.MustCompile(`^([0-9]{4,6})-([0-9]{2})-([0-9]{2})`)
	clockPart = regexp.MustCompile(`^([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?`)
	zonePart  = regexp.MustCompile(`^ ?(Z|z|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2}(:?[0-9]{2})?)?|[A-Z][A-Za-z_]+(/[A-Z][A-Za-z_+\-0-9]+)+)$`)
)

// checkTime holds a literal to the forms of ISO 8601 that every database reads in the same way, and to the calendar.
func checkTime(k schema.Kind, s string) error {
	switch word := strings.ToLower(s); {
	case moments[word]:
		return errMoment(k, s)
	case k != schema.KindTime && (word == "infinity" || word == "-infinity" || word == "epoch"):
		return nil
	}
	bad := func() error {
		form, now := "2006-01-02 15:04:05+00", "CURRENT_TIMESTAMP"
		what := "time"
		switch k {
		case schema.KindDate:
			what, form, now = "date", "2006-01-02", "CURRENT_DATE"
		case schema.KindTime:
			form, now = "15:04:05", "CURRENT_TIME"
		case schema.KindTimestamp:
			form = "2006-01-02 15:04:05"
		}
		return fmt.Errorf("%s is no %s: write '%s', or (%s) for an expression", shown(s), what, form, now)
	}
	rest := s
	if era, ok := strings.CutSuffix(rest, " BC"); ok {
		rest = era
	}
	if k != schema.KindTime {
		m := datePart.FindStringSubmatch(rest)
		if m == nil {
			return bad()
		}
		year, _ := strconv.Atoi(m[1])
		month, _ := strconv.Atoi(m[2])
		day, _ := strconv.Atoi(m[3])
		d := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
		if year == 0 || year > 294276 || d.Month() != time.Month(month) || d.Day() != day {
			return fmt.Errorf("%s: there is no such day", s)
		}
		if rest = rest[len(m[0]):]; rest == "" {
			return nil
		}
		if k == schema.KindDate || rest[0] != ' ' && rest[0] != 'T' && rest[0] != 't' {
			return bad()
		}
		rest = rest[1:]
	}
	m := clockPart.FindStringSubmatch(rest)
	if m == nil {
		return bad()
	}
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi(m[2])
	second, _ := strconv.Atoi(m[3])
	if hour > 24 || hour == 24 && (minute > 0 || second > 0) || minute > 59 || second > 60 {
		return fmt.Errorf("%s: there is no such time of day", s)
	}
	if rest = rest[len(m[0]):]; rest != "" && !zonePart.MatchString(rest) {
		return bad()
	}
	return nil
}

const unitWords = `(?:years?|yrs?|y|mons?|months?|weeks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s|milliseconds?|msecs?|ms|microseconds?|usecs?|us|` +
	`decades?|decs?|centur(?:y|ies)|c|cent|millenni(?:um|a)|mil|mils)`

var (
	intervalWords = regexp.MustCompile(`(?i)^@?\s*(?:[+-]?[0-9]*\.?[0-9]+\s*` + unitWords + `\s*|[+-]?[0-9]+:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?\s*)+(?:ago)?$`)
	intervalISO   = regexp.MustCompile(`^P(?:-?[0-9.]+[YMWD])*(?:T(?:-?[0-9.]+[HMS])+)?$`)
	intervalSQL   = regexp.MustCompile(`^[+-]?[0-9]+-[0-9]+(?: [+-]?[0-9]+ [+-]?[0-9]+:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?$`)
	bareSeconds   = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?$`)
)

// isInterval knows the forms of the manual, 8.5.4.
func isInterval(s string) bool {
	s = strings.TrimSpace(s)
	return intervalWords.MatchString(s) || len(s) > 1 && intervalISO.MatchString(s) && !strings.HasSuffix(s, "P") || intervalSQL.MatchString(s) || bareSeconds.MatchString(s)
}
