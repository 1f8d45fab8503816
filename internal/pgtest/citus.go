package pgtest

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// CitusEnv is the environment variable that names the coordinator of a Citus cluster: a postgres:// URL of a superuser, with which the workers can be
// reached too, at the addresses that the coordinator knows. There is no cluster of the tests' own.
const CitusEnv = "MODELGEN_TEST_CITUS"

// citusTemplate is a database on each node with Citus in it, which those of the tests are copies of: to make the extension each time takes seconds.
const citusTemplate = "modelgen_citus_template"

// CitusDatabase makes an empty database for the test alone on all nodes of the cluster that [CitusEnv] names, with Citus in it, and returns its URLs on the
// coordinator and on the workers. Without a cluster the test is skipped, and says that nothing was tried.
func CitusDatabase(t testing.TB) (coordinator string, workers []string) {
	t.Helper()
	if os.Getenv(CitusEnv) == "" {
		t.Skip("nothing was tried on Citus: " + CitusEnv + " names no coordinator of a cluster")
	}
	nodes, err := citusNodes()
	if err != nil {
		t.Fatal(err)
	}
	name := "test_" + strings.ToLower(rand.Text()[:16])
	t.Cleanup(func() {
		for _, node := range nodes {
			if err := admin(node, `SET citus.enable_create_database_propagation = off; DROP DATABASE IF EXISTS "`+name+`" WITH (FORCE)`); err != nil {
				t.Errorf("drop the database of the test: %v", err)
			}
		}
	})
	var urls []string
	for _, node := range nodes {
		if err := admin(node, `SET citus.enable_create_database_propagation = off; CREATE DATABASE "`+name+`" TEMPLATE `+citusTemplate+` STRATEGY FILE_COPY`); err != nil {
			t.Fatal(err)
		}
		urls = append(urls, at(node, "", name))
	}
	return urls[0], urls[1:]
}

// citusNodes returns the URLs of the nodes, the coordinator first, with the template on each of them.
var citusNodes = sync.OnceValues(func() ([]string, error) {
	server := os.Getenv(CitusEnv)
	own, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	out, err := ask(server, "SELECT nodename || ':' || nodeport FROM pg_dist_node WHERE groupid <> 0 ORDER BY nodeid")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", CitusEnv, err)
	}
	nodes := []string{server}
	for address := range strings.FieldsSeq(out) {
		nodes = append(nodes, at(server, address, ""))
	}
	there, err := ask(server, "SELECT count(*) FROM pg_database WHERE datname = '"+citusTemplate+"' AND NOT datallowconn")
	if err != nil || there == "1" {
		return nodes, err
	}
	const create = "SET citus.enable_create_database_propagation = off; DROP DATABASE IF EXISTS " + citusTemplate + " WITH (FORCE); CREATE DATABASE " + citusTemplate + " TEMPLATE template0 ENCODING 'UTF8'"
	var add strings.Builder
	add.WriteString("SELECT citus_set_coordinator_host('" + own.Hostname() + "', " + own.Port() + ");")
	for i, node := range nodes {
		if err := admin(node, create); err != nil {
			return nil, err
		}
		if _, err := ask(at(node, "", citusTemplate), "CREATE EXTENSION citus"); err != nil {
			return nil, err
		}
		if u, _ := url.Parse(node); i > 0 {
			add.WriteString("SELECT citus_add_node('" + u.Hostname() + "', " + u.Port() + ");")
		}
	}
	if _, err := ask(at(server, "", citusTemplate), add.String()); err != nil {
		return nil, err
	}
	for i := len(nodes) - 1; i >= 0; i-- { // the coordinator last: it says that all are done
		if err := admin(nodes[i], "ALTER DATABASE "+citusTemplate+" ALLOW_CONNECTIONS false; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+citusTemplate+"' \\g /dev/null"); err != nil {
			return nil, err
		}
	}
	return nodes, nil
})

// ask returns what a query prints, by a psql of its own.
func ask(server, sql string) (string, error) {
	p, err := newPsql(server)
	if err != nil {
		return "", err
	}
	cmd := exec.Command(p.path, "--no-psqlrc", "--quiet", "--no-password", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--command="+sql, p.server)
	cmd.Env = append(cleanEnv(), "PGPASSWORD="+p.password)
	out, err := cmd.Output()
	if failed, ok := err.(*exec.ExitError); ok {
		err = fmt.Errorf("psql: %s", strings.TrimSpace(string(failed.Stderr)))
	}
	return strings.TrimSpace(string(out)), err
}

// at returns the URL with another address and database, where they are not "". The URL was parsed before.
func at(server, address, database string) string {
	u, err := url.Parse(server)
	if err != nil {
		panic(err)
	}
	if address != "" {
		u.Host = address
	}
	if database != "" {
		u.Path = "/" + database
	}
	return u.String()
}
