package dialecttest_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lib/pq"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
)

// counted connects with a driver and keeps the texts of the queries.
type counted struct {
	driver.Connector
	queries *[]string
}

func (c counted) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	return countedConn{conn, c.queries}, err
}

type countedConn struct {
	driver.Conn
	queries *[]string
}

func (c countedConn) BeginTx(ctx context.Context, opt driver.TxOptions) (driver.Tx, error) {
	if !opt.ReadOnly || sql.IsolationLevel(opt.Isolation) != sql.LevelRepeatableRead {
		*c.queries = append(*c.queries, "BEGIN of another kind")
	}
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opt)
}

func (c countedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	*c.queries = append(*c.queries, query)
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

// TestPostgresInspectQueries: six queries are enough, however many tables there are, in one transaction that only reads, and nothing of it stays with the connection.
func TestPostgresInspectQueries(t *testing.T) {
	url := pgtest.Database(t)
	pgExec(t, pgOpen(t, "postgres", url), "CREATE TABLE a (id int)", "CREATE TABLE b (id int)", "CREATE TABLE schema_migrations (version bigint, dirty boolean)", "CREATE TABLE gorp_migrations (id text, applied_at timestamptz)", "CREATE TYPE mood AS ENUM ('sad', 'happy')",
		"DO $$ BEGIN FOR i IN 1..100 LOOP EXECUTE format('CREATE TABLE many_%s (id serial PRIMARY KEY, b text COLLATE \"C\" UNIQUE DEFAULT %L, m mood CHECK (m <> %L), p int REFERENCES many_%s)', i, 'x', 'sad', i); "+
			"EXECUTE format('CREATE INDEX ON many_%s (lower(b), p DESC) WHERE p > 0', i); END LOOP; END $$")
	connector, err := pq.NewConnector(url)
	if err != nil {
		t.Fatal(err)
	}
	var queries []string
	db := sql.OpenDB(counted{connector, &queries})
	defer db.Close()
	db.SetMaxOpenConns(1)
	const settings = "SELECT current_setting('search_path') || current_setting('timezone') || current_setting('datestyle') || current_setting('statement_timeout')"
	var before, after string
	if err := db.QueryRow(settings).Scan(&before); err != nil {
		t.Fatal(err)
	}
	queries = nil
	in, err := migrate.Inspect(t.Context(), db, postgres.Dialect{}, migrate.InspectOptions{})
	if err != nil || len(in.Schema.Tables) != 102 || len(in.Histories) != 2 {
		t.Fatalf("%v %v", in, err)
	}
	if len(queries) > 6 {
		t.Errorf("%d queries: %s", len(queries), strings.Join(queries, "\n\n"))
	}
	if err := db.QueryRow(settings).Scan(&after); err != nil || before != after {
		t.Errorf("the settings were %s and are %s (%v)", before, after, err)
	}
}

// TestPostgresInspectNewest reads what version 18 has brought; the servers before it have nothing of it.
func TestPostgresInspectNewest(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		var version int
		if err := db.QueryRow("SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
			t.Fatal(err)
		}
		pgExec(t, db, "CREATE TABLE a (id int PRIMARY KEY, n int)", "INSERT INTO a (id) VALUES (1)")
		want := []string{}
		if version >= 180000 {
			pgExec(t, db, "ALTER TABLE a ADD twice int GENERATED ALWAYS AS (n * 2) VIRTUAL, ADD CONSTRAINT positive CHECK (n > 0) NOT ENFORCED, ADD CONSTRAINT n_there NOT NULL n NOT VALID",
				"CREATE EXTENSION btree_gist", "CREATE TABLE stays (room int, during tstzrange, CONSTRAINT stays_key PRIMARY KEY (room, during WITHOUT OVERLAPS))")
			want = []string{"column a.twice: generated", "constraint n_there on a: NOT VALID", "constraint positive on a: NOT ENFORCED", "constraint stays_key on stays: WITHOUT OVERLAPS", "extension btree_gist"}
		}
		in := pgInspect(t, db, migrate.InspectOptions{})
		got := []string{}
		for _, u := range in.Unexpressed {
			got = append(got, u.Object)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		if version >= 180000 && (in.Schema.Table("stays").PrimaryKey != nil || len(in.Schema.Table("a").Checks) > 0 || !slices.Equal(in.Schema.Table("a").ColumnNames(), []string{"id", "n", "twice"})) {
			t.Errorf("the models have %v, %v", in.Schema.Table("a"), in.Schema.Table("stays"))
		}
	})
}
