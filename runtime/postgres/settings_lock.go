package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// askLock asks for the lock, and for all that accept wants to know. With settle the statement changes the settings too, where the lock is granted: set says that it has. To
// wait for the server once more costs as much as a small migration.
func (s *session) askLock(ctx context.Context, ask string, settle bool) (v server, got, set bool, err error) {
	if !settle {
		err = s.conn.QueryRowContext(ctx, "SELECT "+ask+", "+s.serverColumns()).Scan(append([]any{&got}, v.into()...)...)
		return v, got, false, s.fail(ctx, err)
	}
	var changed sql.NullString
	// The columns are computed in their order: the settings are read before they are changed.
	err = s.fail(ctx, s.conn.QueryRowContext(ctx, "SELECT l.got, "+s.serverColumns()+", CASE WHEN l.got AND pg_catalog.version() LIKE 'PostgreSQL %' THEN pg_catalog.concat("+s.settingsOfAny()+
		") END FROM (SELECT "+ask+" AS got OFFSET 0) AS l").Scan(append(append([]any{&got}, v.into()...), &changed)...))
	if err != nil && !s.broken { // it may have been granted before something else failed
		_, _ = s.conn.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf("SELECT pg_catalog.pg_advisory_unlock(%d)", s.key()))
	}
	return v, got, changed.Valid, err
}

// someSettings are those that only some servers take: a session finds that out of what it knows of its server, and SQL where nothing is known yet.
var someSettings = []struct {
	name, value string
	takes       func(*session) bool
	sql         string
}{
	{"transaction_timeout", "0", func(s *session) bool { return s.version >= 17 }, "pg_catalog.current_setting('server_version_num')::int >= 170000"},
	// Go's strings are UTF-8; pgx leaves it to the database.
	{"client_encoding", "'UTF8'", func(s *session) bool { was := s.was("client_encoding"); return was != "" && was != "UTF8" }, "pg_catalog.current_setting('client_encoding') <> 'UTF8'"},
	// A server that is working does not notice that its client is gone. Other systems may refuse the setting (manual, 20.3).
	{"client_connection_check_interval", "2000", func(s *session) bool { return s.linux && s.was("client_connection_check_interval") != "" },
		"pg_catalog.version() LIKE '%linux%' AND pg_catalog.current_setting('client_connection_check_interval', true) <> ''"},
}

// onSome reports whether a setting is one of someSettings.
func onSome(name string) bool {
	for _, x := range someSettings {
		if x.name == name {
			return true
		}
	}
	return false
}

// settingsOfAny lists what apply does, for a server of which nothing is known yet.
func (s *session) settingsOfAny() string {
	var all []string
	for _, kv := range s.settings() {
		if !onSome(kv[0]) {
			all = append(all, setConfig(kv[0], settingText(kv[1])))
		}
	}
	for _, x := range someSettings {
		all = append(all, "CASE WHEN "+x.sql+" THEN "+setConfig(x.name, settingText(x.value))+" END")
	}
	return strings.Join(all, ", ")
}

// settingText writes the value of a setting, as settings has it, for [setConfig].
func settingText(value string) string {
	if strings.HasPrefix(value, "'") {
		return value
	}
	return safe(value)
}

// setConfig is an expression that changes a setting of the connection.
func setConfig(name, value string) string {
	return "pg_catalog.set_config('" + name + "', " + value + ", false)"
}
