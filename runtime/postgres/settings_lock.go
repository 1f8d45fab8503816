package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
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

// some are settings that only some servers take, see settings.
var some = []string{"transaction_timeout", "client_encoding", "client_connection_check_interval"}

// settingsOfAny lists what apply does, for a server of which nothing is known yet.
func (s *session) settingsOfAny() string {
	var all []string
	for _, kv := range s.settings() {
		if !slices.Contains(some, kv[0]) {
			all = append(all, setConfig(kv[0], settingText(kv[1])))
		}
	}
	return strings.Join(append(all,
		"CASE WHEN pg_catalog.current_setting('server_version_num')::int >= 170000 THEN "+setConfig("transaction_timeout", "'0'")+" END",
		"CASE WHEN pg_catalog.current_setting('client_encoding') <> 'UTF8' THEN "+setConfig("client_encoding", "'UTF8'")+" END",
		"CASE WHEN pg_catalog.version() LIKE '%linux%' AND pg_catalog.current_setting('client_connection_check_interval', true) <> '' THEN "+
			setConfig("client_connection_check_interval", "'2000'")+" END"), ", ")
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
