package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// What a session does on Citus that it does not on PostgreSQL alone. The coordinator plans, and the workers have the shards: a setting of the
// session stays on the coordinator, and so does what its catalog says of a shard.

// cluster is what a coordinator says of its cluster.
type cluster struct {
	version    string            // of the library, as 13.2.2
	tables     map[string]spread // tables that are distributed or references, as "schema.table"
	concurrent bool              // create_distributed_table_concurrently is there and can be used
	why        string            // why not, for people
}

// spread is how a table is kept, see pg_dist_partition.
type spread struct {
	column     string // that it is distributed by; "" for a reference table
	reference  bool
	colocation int
}

// propagate lets what SET LOCAL says reach the workers. Without it lock_timeout ends the wait of the coordinator alone, which waits for a worker, for as
// long as that takes, with the lock on the whole table granted (citus.propagate_set_commands).
const propagate = "SET LOCAL citus.propagate_set_commands = 'local'"

// everywhere returns the settings that a transaction takes to the workers.
func (s *session) everywhere(wait time.Duration, all []migrate.Work) []string {
	settings := []string{propagate, fmt.Sprintf("SET LOCAL lock_timeout = %d", millis(wait))}
	if s.cfg.StatementTimeout > 0 {
		settings = append(settings, fmt.Sprintf("SET LOCAL statement_timeout = %d", millis(s.cfg.StatementTimeout)))
	}
	if sequential(all) {
		settings = append(settings, "SET LOCAL citus.multi_shard_modify_mode = 'sequential'")
	}
	return settings
}

// onOneConnection finds statements that must see, on each worker, what the transaction has done there so far.
var onOneConnection = lazyregexp.New(`(?i)\b(FUNCTION|PROCEDURE|AGGREGATE|TYPE|DOMAIN|SCHEMA|EXTENSION|REFERENCES|SEQUENCE|VIEW)\b`)

// sequential reports whether a transaction keeps to one connection for each worker. Citus opens several by itself, and refuses what then cannot see
// what another one of them has done: a function, a type, or a change of a reference table after one of a distributed table.
func sequential(all []migrate.Work) bool {
	n := 0
	for _, work := range all {
		for _, st := range work.Stages {
			if st.ByHand {
				return true
			}
			if st.Run != nil {
				n++
			}
			for _, x := range st.Statements {
				if x.Shown || strings.HasPrefix(x.SQL, "SET ") {
					continue
				}
				if n++; onOneConnection.MatchString(x.SQL) {
					return true
				}
			}
		}
	}
	return n > 1
}

// lookCluster asks the coordinator about its cluster, once; a server without Citus it asks nothing.
func (s *session) lookCluster(ctx context.Context) error {
	if s.engine != Citus || s.cluster != nil {
		return nil
	}
	var c cluster
	var group sql.NullInt64
	var idle, extension, wal, plugins, rows string
	var shards int
	var slow bool
	err := s.conn.QueryRowContext(ctx, `SELECT (SELECT groupid FROM pg_catalog.pg_dist_local_group LIMIT 1),
 COALESCE((SELECT pg_catalog.string_agg(nodename || ':' || nodeport, ', ' ORDER BY nodeid) FROM pg_catalog.pg_dist_node WHERE NOT isactive AND noderole = 'primary'), ''),
 (SELECT count(*)::int FROM pg_catalog.pg_dist_node WHERE shouldhaveshards),
 COALESCE((SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'citus'), ''), COALESCE(pg_catalog.current_setting('citus.version', true), ''),
 pg_catalog.current_setting('wal_level'), COALESCE(pg_catalog.current_setting('output_plugin_libraries', true), '*'),
 EXISTS (SELECT 1 FROM pg_catalog.pg_proc WHERE proname = 'create_distributed_table_concurrently'),
 `+clusterTables).Scan(&group, &idle, &shards, &extension, &c.version, &wal, &plugins, &slow, &rows)
	if err != nil {
		return fmt.Errorf("looking at the Citus cluster: %w", s.fail(ctx, err))
	}
	switch {
	case c.version == "":
		return refused{errors.New("the database has the extension citus, but its library is not loaded; put citus into shared_preload_libraries and restart the server")}
	case minorVersion(c.version) != minorVersion(extension):
		return refused{fmt.Errorf("the library of Citus is %s, but the extension in the database is %s: run ALTER EXTENSION citus UPDATE on all nodes first", c.version, extension)}
	case group.Int64 != 0:
		return refused{errors.New("this is a worker of a Citus cluster, on which the history would be another one; connect to the coordinator; nothing was changed")}
	case idle != "":
		return refused{fmt.Errorf("nodes of the Citus cluster are not active: %s; activate them (citus_activate_node) or take them out (citus_remove_node) first; nothing was changed", idle)}
	}
	c.tables = readCluster(rows)
	if _, spread := c.tables[s.namespace(s.cfg.History)+"."+lastName(s.cfg.History)]; spread {
		return refused{fmt.Errorf("the history %s is distributed, and then it is not part of the transactions that it records; SELECT undistribute_table(%s) first", s.table(), text(s.table()))}
	}
	switch {
	case !slow:
		c.why = "Citus " + c.version + " has no create_distributed_table_concurrently"
	case wal != "logical":
		c.why = "wal_level is " + wal + ", and must be logical on all nodes"
	case plugins != "*" && !slices.Contains(strings.FieldsFunc(plugins, func(r rune) bool { return r == ',' || r == ' ' }), "citus"):
		c.why = "output_plugin_libraries lacks citus, on all nodes"
	default:
		c.concurrent = true
	}
	s.cluster = &c
	return nil
}

// clusterTables is an expression with all tables that Citus keeps in another way than PostgreSQL does, for readCluster.
const clusterTables = `COALESCE((SELECT pg_catalog.string_agg(pg_catalog.concat_ws(pg_catalog.chr(31), n.nspname, c.relname,
 COALESCE(CASE WHEN p.partmethod = 'h' THEN pg_catalog.column_to_column_name(p.logicalrelid, p.partkey) END, ''),
 CASE WHEN p.partmethod = 'n' AND p.repmodel = 't' THEN 'reference' ELSE '' END, p.colocationid), pg_catalog.chr(30) ORDER BY n.nspname, c.relname)
 FROM pg_catalog.pg_dist_partition p JOIN pg_catalog.pg_class c ON c.oid = p.logicalrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE p.partmethod = 'h' OR p.partmethod = 'n' AND p.repmodel = 't'), '')`

func readCluster(rows string) map[string]spread {
	all := map[string]spread{}
	for row := range strings.SplitSeq(rows, "\x1e") {
		if f := strings.Split(row, "\x1f"); len(f) == 5 {
			group, _ := strconv.Atoi(f[4])
			all[f[0]+"."+f[1]] = spread{f[2], f[3] != "", group}
		}
	}
	return all
}

// minorVersion returns the first two numbers of a version: 13.2 of 13.2.2 and of 13.2-1.
func minorVersion(v string) string {
	v, _, _ = strings.Cut(v, "-")
	if f := strings.SplitN(v, ".", 3); len(f) > 1 {
		return f[0] + "." + f[1]
	}
	return v
}

func lastName(name string) string {
	_, base := schema.SplitName(name)
	return base
}

// clusterOps finds statements after which tables are kept in another way, and what may be such.
var clusterOps = lazyregexp.New(`(?i)distribute|reference_table|\b(RENAME|SCHEMA)\b`)

// lookClusterAfter looks at the cluster again after stages that may change how tables are kept.
func (s *session) lookClusterAfter(ctx context.Context, stages []migrate.Stage) {
	if s.cluster != nil && slices.ContainsFunc(stages, func(st migrate.Stage) bool {
		return st.ByHand || slices.ContainsFunc(st.Statements, func(x migrate.Statement) bool { return clusterOps.MatchString(x.SQL) })
	}) {
		if s.cluster = nil; !s.broken && ctx.Err() == nil {
			_ = s.lookCluster(ctx) // else the next transaction does, and says why not
		}
	}
}

// nodesAnswer refuses to begin when a worker is down: half of a statement cannot be done, and what comes before it would be.
func (s *session) nodesAnswer(ctx context.Context) error {
	if s.engine != Citus || s.nodes {
		return nil
	}
	var down sql.NullString
	err := s.conn.QueryRowContext(ctx, `SELECT pg_catalog.string_agg(nodename || ':' || nodeport, ', ' ORDER BY nodename, nodeport)
 FROM pg_catalog.run_command_on_workers('SELECT 1') WHERE NOT success`).Scan(&down)
	if err != nil {
		return fmt.Errorf("asking the workers of the Citus cluster: %w", s.fail(ctx, err))
	}
	if down.String != "" {
		return refused{fmt.Errorf("a worker of the Citus cluster does not answer: %s; start it, or take it out of the cluster, and run the command again; nothing was changed", down.String)}
	}
	s.nodes = true
	return nil
}

// shardNames finds names that may be those of shards: the name and the number of the shard.
var shardNames = lazyregexp.New(`_(\d{6,})\b`)

// tableError is an error of a worker with the names of tables in the place of those of shards.
type tableError struct {
	error
	text string
}

func (e tableError) Error() string { return e.text }
func (e tableError) Unwrap() error { return e.error }

// ofTables takes the numbers of shards out of the names in an error; what only looks like one stays.
func (s *session) ofTables(ctx context.Context, err error) error {
	found := shardNames.FindAllStringSubmatch(err.Error(), -1)
	if s.engine != Citus || s.broken || ctx.Err() != nil || len(found) == 0 {
		return err
	}
	var ids []string
	for _, m := range found {
		if len(m[1]) < 19 {
			ids = append(ids, m[1])
		}
	}
	shards, e := s.texts(ctx, "SELECT shardid::text FROM pg_catalog.pg_dist_shard WHERE shardid IN ("+strings.Join(ids, ", ")+")")
	if e != nil || len(shards) == 0 {
		return err
	}
	plain := shardNames.ReplaceAllStringFunc(err.Error(), func(m string) string {
		if slices.Contains(shards, m[1:]) {
			return ""
		}
		return m
	})
	return tableError{err, plain}
}

// alive reports whether the connection is of use: an error of class 08 may be about that of the coordinator to a worker.
func (s *session) alive(ctx context.Context) bool {
	if s.engine != Citus || ctx.Err() != nil {
		return false
	}
	_, err := s.conn.ExecContext(ctx, "SELECT 1")
	return err == nil || migrate.ErrorCode(err) == failedTransaction
}

// citusHint is what to do about an error that Citus has words of its own for.
func (s *session) citusHint(ctx context.Context, err error, stage migrate.Stage) string {
	if s.engine != Citus {
		return ""
	}
	code := migrate.ErrorCode(err)
	switch {
	case strings.HasPrefix(code, "08"):
		return "a node of the Citus cluster does not answer; the transaction was rolled back on all nodes; start it, or take it out of the cluster, and run the command again"
	case code == notSupported:
		return "Citus does not have this for a distributed or a reference table; the guide has what it has not, and what to write instead (docs/guide/citus.md)"
	case code == internalError && strings.Contains(err.Error(), "parallel"):
		return "a step written by hand begins with SET LOCAL citus.multi_shard_modify_mode = 'sequential'"
	case code == internalError && strings.Contains(err.Error(), "partition column"):
		return "the column is the one that the table is distributed by, and stays as it is: make a new table, and move the rows"
	case (code == checkViolation || code == notNullViolation || code == foreignKeyViolation) && len(stage.Tables) > 0 && s.isSpread(stage.Tables[0]):
		return "rows that are there break it; where no query finds one, the coordinator has kept rows from before the table was distributed, unseen: SELECT truncate_local_data_after_distributing_table(" +
			text(s.name(stage.Tables[0])) + ")"
	}
	return ""
}
