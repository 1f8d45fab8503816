package postgres

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

// A history of 1,000 rows has 14,000 values, and to receive them one by one takes the program longer than the server needs to find them. So the server
// joins them to one text, with a byte behind each value and each row that is in none of them. Whether it is in none is counted.
const (
	valueEnd = "\x01"
	rowEnd   = "\x02"
)

// packedColumns are the values of a row in that text; times are microseconds since 1970.
var packedColumns = []string{"h.id", "h.name", "h.hash", "h.digest", "h.state", "h.stage", "h.cursor", epoch("h.started"), epoch("h.finished"), `h."by"`, "h.tool", "h.error", "h.module"}

func epoch(column string) string {
	return "(pg_catalog.date_part('epoch', " + column + ") * 1000000)::pg_catalog.int8"
}

// packed reads the history of a set as one text. ok is false when it has to be read row by row: on an error, which is then found again and explained,
// and when a value has one of the two bytes in it.
func (s *session) packed(ctx context.Context, set, from string) (records []migrate.Record, ok bool) {
	var n int
	var text sql.NullString
	err := s.conn.QueryRowContext(ctx, "SELECT pg_catalog.count(*), pg_catalog.string_agg(pg_catalog.concat("+strings.Join(packedColumns, ", pg_catalog.chr(1), ")+
		"), pg_catalog.chr(2) ORDER BY h.id)"+from).Scan(&n, &text)
	if err != nil {
		return nil, false
	}
	return unpack(set, n, text.String)
}

var _ migrate.BriefHistory = (*session)(nil)

// Brief implements [migrate.BriefHistory]. It takes the server a fifth of the time of all values.
func (s *session) Brief(ctx context.Context, set string) ([]migrate.Record, bool, error) {
	if err := s.look(ctx); err != nil || s.hidden || !s.engine.traits().plain {
		return nil, false, err
	}
	if s.made {
		return nil, true, nil
	}
	var n int
	var text sql.NullString
	err := s.conn.QueryRowContext(ctx, "SELECT pg_catalog.count(*), pg_catalog.string_agg(h.name || pg_catalog.chr(1) || h.hash, pg_catalog.chr(2)) FILTER (WHERE h.state IN ('done', 'faked') AND h.cursor IS NULL)"+
		" FROM "+s.table()+` AS h WHERE h."set" = `+safe(set)).Scan(&n, &text)
	if err != nil || n == 0 || strings.Count(text.String, rowEnd) != n-1 || strings.Count(text.String, valueEnd) != n {
		return nil, false, nil // History finds and explains an error
	}
	records := make([]migrate.Record, n)
	rest := text.String
	for i := range records {
		var row string
		row, rest, _ = strings.Cut(rest, rowEnd)
		name, hash, ok := strings.Cut(row, valueEnd)
		if !ok {
			return nil, false, nil
		}
		records[i] = migrate.Record{Set: set, Name: name, Hash: hash, State: migrate.StateDone}
	}
	return records, true, nil
}

// unpack returns the n records of a text.
func unpack(set string, n int, text string) ([]migrate.Record, bool) {
	if n == 0 {
		return nil, text == ""
	}
	if strings.Count(text, rowEnd) != n-1 || strings.Count(text, valueEnd) != n*(len(packedColumns)-1) {
		return nil, false
	}
	records := make([]migrate.Record, n)
	for i := range records {
		var row string
		row, text, _ = strings.Cut(text, rowEnd)
		if !unpackRow(&records[i], row) {
			return nil, false
		}
		records[i].Set = set
	}
	return records, true
}

func unpackRow(r *migrate.Record, row string) bool {
	var state, id, stage, started, finished string
	for i, to := range [...]*string{&id, &r.Name, &r.Hash, &r.Digest, &state, &stage, &r.Cursor, &started, &finished, &r.By, &r.Tool, &r.Error, &r.Module} {
		var more bool
		if *to, row, more = strings.Cut(row, valueEnd); more != (i < len(packedColumns)-1) {
			return false
		}
	}
	r.State = migrate.State(state)
	var err1, err2 error
	r.ID, err1 = strconv.ParseInt(id, 10, 64)
	r.Stage, err2 = strconv.Atoi(stage)
	return err1 == nil && err2 == nil && unpackTime(&r.Started, started) && unpackTime(&r.Finished, finished)
}

func unpackTime(t *time.Time, micros string) bool {
	if micros == "" {
		return true
	}
	n, err := strconv.ParseInt(micros, 10, 64)
	*t = time.UnixMicro(n).UTC()
	return err == nil
}
