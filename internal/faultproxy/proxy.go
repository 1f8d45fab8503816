// Package faultproxy stands between a client and PostgreSQL and breaks things at a moment that a test chooses.
//
// It reads the messages of the frontend/backend protocol as far as it must: to know the text of a statement, and when the server has
// answered it. With that it cuts the connection before a statement, after it, or between the server's answer and the client;
// it delays what passes, counts round trips, and can hand each transaction another backend, as poolers do. It speaks no TLS.
package faultproxy

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Options change how a [Proxy] works. The zero value, and nil, pass everything on.
type Options struct {
	Delay time.Duration // how long each message is on its way, in each direction
	Deaf  bool          // requests to cancel a statement are lost: drivers send them behind a connection that they give up
	Pool  int           // above 0: a pooler in transaction mode with so many connections to the server, see [New]
}

// Proxy is a running proxy.
type Proxy struct {
	server   *url.URL
	opt      Options
	listener net.Listener
	wg       sync.WaitGroup
	pool     *pool

	mu         sync.Mutex
	closed     bool
	refusing   bool
	links      map[*link]bool
	faults     []*Injected
	statements []string
	trips      int
}

// New starts a proxy on a free loopback port, in front of the server of a postgres:// URL. opt may be nil.
//
// With Pool it does what a pooler in transaction mode does: clients need no password, each of their transactions is run by the connection
// that has been idle for longest, and what a client leaves behind on it (settings, session locks, prepared statements) is there for the
// next one. All clients get the role and the database of the URL. Faults and delays are not for this mode.
func New(server string, opt *Options) (*Proxy, error) {
	u, err := url.Parse(server)
	if err != nil {
		return nil, fmt.Errorf("faultproxy: the URL of the server cannot be read") // the error would show its password
	}
	if u.Port() == "" {
		u.Host = net.JoinHostPort(u.Hostname(), "5432")
	}
	p := &Proxy{server: u, links: map[*link]bool{}}
	if opt != nil {
		p.opt = *opt
	}
	if p.opt.Pool > 0 {
		p.pool = newPool(u, p.opt.Pool)
	}
	if p.listener, err = net.Listen("tcp4", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	p.wg.Go(p.accept)
	return p, nil
}

// URL is the server's URL with the address of the proxy.
func (p *Proxy) URL() string {
	u := *p.server
	u.Host = p.listener.Addr().String()
	q := u.Query()
	q.Set("sslmode", "disable")
	u.RawQuery = q.Encode()
	return u.String()
}

// Close cuts all connections and ends the proxy.
func (p *Proxy) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.listener.Close()
	p.Cut()
	if p.pool != nil {
		p.pool.close()
	}
	p.wg.Wait()
}

// Cut closes all connections that there are. New ones are accepted, unless [Proxy.Refuse] says otherwise.
func (p *Proxy) Cut() {
	p.mu.Lock()
	links := p.links
	p.links = map[*link]bool{}
	p.mu.Unlock()
	for l := range links {
		l.cut()
	}
}

// Refuse says whether new connections are closed at once, as if the server were away.
func (p *Proxy) Refuse(yes bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refusing = yes
}

// RoundTrips tells how often a client has sent something after the server had answered what came before, opening connections included.
func (p *Proxy) RoundTrips() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.trips
}

// Statements returns the texts of all statements that clients have run so far. Several in one string are one.
func (p *Proxy) Statements() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.statements)
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.wg.Go(func() { p.serve(client) })
	}
}

// serve brings a new connection through its first messages.
func (p *Proxy) serve(client net.Conn) {
	l := &link{p: p, client: client, names: map[string]string{}}
	p.mu.Lock()
	stop := p.closed || p.refusing
	if !stop {
		p.links[l] = true
	}
	p.mu.Unlock()
	defer l.cut()
	if stop {
		return
	}
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.links, l)
	}()
	first, err := readStartup(client)
	if err != nil {
		return
	}
	switch {
	case startupCode(first) == cancelCode && p.opt.Deaf:
	case startupCode(first) == cancelCode && p.pool != nil:
		p.pool.cancel(first)
	case startupCode(first) == cancelCode:
		cancelAt(p.server.Host, first)
	case p.pool != nil:
		p.pool.serve(l)
	default:
		l.relay(first)
	}
}

// dial connects to the server, for a link that may have been cut meanwhile.
func dial(address string) (net.Conn, error) {
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
	defer stop()
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}

// cancelAt hands a cancel request on. The server closes the connection when it has dealt with it.
func cancelAt(address string, request []byte) {
	conn, err := dial(address)
	if err != nil {
		return
	}
	defer conn.Close()
	if _, err := conn.Write(request); err == nil {
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		_, _ = conn.Read(make([]byte, 1))
	}
}
