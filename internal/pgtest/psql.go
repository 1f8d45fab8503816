package pgtest

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// psql knows how to run scripts on a server.
type psql struct {
	path     string
	server   string // URL without password, since arguments can be seen by all users of the machine
	password string
}

func newPsql(server string) (*psql, error) {
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return nil, fmt.Errorf("%s must be a URL, such as postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable", Env)
	}
	p := &psql{}
	if u.User != nil {
		p.password, _ = u.User.Password()
		u.User = url.User(u.User.Username())
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/postgres"
	}
	p.server = u.String()
	if p.path, err = findPsql(); err != nil {
		return nil, err
	}
	return p, nil
}

// HasClient reports whether psql, with which databases are made, is on the machine.
func HasClient() bool {
	_, err := findPsql()
	return err == nil
}

// findPsql looks beside initdb first: the psql on the PATH of Debian is a wrapper in Perl, which takes longer to start. One of another
// version does as well.
func findPsql() (string, error) {
	for _, find := range []func() (string, error){findBin, findInstalled} {
		if bin, err := find(); err == nil {
			path := filepath.Join(bin, "psql")
			if _, err := os.Stat(path); err == nil {
				return path, nil
			}
		}
	}
	path, err := exec.LookPath("psql")
	if err != nil {
		return "", fmt.Errorf("psql is needed to make databases on the test server and was not found: install the client programs of PostgreSQL (Debian and Ubuntu: postgresql-client, Homebrew: libpq)")
	}
	return path, nil
}

// run runs a script with a psql of its own.
func (p *psql) run(script string) error {
	s, err := p.open()
	if err != nil {
		return err
	}
	err = s.run(script)
	s.close()
	return err
}

// session is a psql that waits for scripts. It ends with the process, whose end closes its input, and at the first error.
type session struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	errors bytes.Buffer // not read before the end
}

func (p *psql) open() (*session, error) {
	s := &session{cmd: exec.Command(p.path, "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", p.server)}
	s.cmd.Env = append(cleanEnv(), "PGPASSWORD="+cmp.Or(p.password, os.Getenv("PGPASSWORD")), "PGOPTIONS=-c client_min_messages=warning")
	s.cmd.Stderr = &s.errors
	var err error
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.out = bufio.NewReader(out)
	return s, s.cmd.Start()
}

// done is what psql is told to print behind a script.
const done = "script is done"

// run runs a script. Behind an error the session has ended.
func (s *session) run(script string) error {
	_, err := io.WriteString(s.in, script+"\n;\n\\echo "+done+"\n")
	for err == nil { // what is wrong with the script or the connection is on stderr
		var line string
		if line, err = s.out.ReadString('\n'); strings.TrimSpace(line) == done {
			return nil
		}
	}
	return fmt.Errorf("psql: %w: %s", cmp.Or(s.close(), err), strings.TrimSpace(s.errors.String()))
}

func (s *session) close() error {
	s.in.Close()
	return s.cmd.Wait()
}

// idle are the sessions that nobody uses now, by the URL of their server. A test makes and drops a database of its own, and to start a psql for
// each takes longer than that.
var idle = struct {
	sync.Mutex
	of map[string][]*session
}{of: map[string][]*session{}}

// admin runs a script on a server. What fails on a psql that was idle is tried again on another: the server may have closed the connection.
func admin(server, script string) error {
	idle.Lock()
	var s *session
	if list := idle.of[server]; len(list) > 0 {
		s, idle.of[server] = list[len(list)-1], list[:len(list)-1]
	}
	idle.Unlock()
	if s != nil && s.keep(server, script) == nil {
		return nil
	}
	p, err := newPsql(server)
	if err != nil {
		return err
	}
	if s, err = p.open(); err != nil {
		return err
	}
	return s.keep(server, script)
}

// keep runs a script, and puts the session to the idle ones.
func (s *session) keep(server, script string) error {
	if err := s.run(script); err != nil {
		return err
	}
	idle.Lock()
	defer idle.Unlock()
	idle.of[server] = append(idle.of[server], s)
	return nil
}
