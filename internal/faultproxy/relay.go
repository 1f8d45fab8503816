package faultproxy

import (
	"bufio"
	"io"
	"net"
	"sync"
	"time"
)

// link is one client with its connection to the server.
type link struct {
	p      *Proxy
	client net.Conn
	names  map[string]string // texts of the prepared statements

	mu      sync.Mutex
	server  net.Conn
	gone    bool
	waiting []*unit // sent to the server and not answered yet
	quiet   bool    // the server spoke last
}

// cut closes both sides. The server reads what was sent to it before, and finishes it.
func (l *link) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gone = true
	l.client.Close()
	if tcp, ok := l.server.(*net.TCPConn); ok {
		// Closing with unread answers would be a reset, which could overtake what was sent.
		_ = tcp.CloseWrite()
	}
}

// relay passes messages on until one side ends.
func (l *link) relay(first []byte) {
	server, err := dial(l.p.server.Host)
	if err != nil {
		return
	}
	l.mu.Lock()
	if l.gone {
		l.mu.Unlock()
		server.Close()
		return
	}
	l.server = server
	l.waiting = []*unit{{}} // opening the connection is answered as a statement is
	l.quiet = true
	l.mu.Unlock()

	up, down := l.lane(server), l.lane(l.client)
	l.trip()
	up.send(first)
	go func() { // until the server has finished: nobody waits for that
		r := bufio.NewReader(server)
		l.answers(r, down)
		down.end()
		l.cut() // a client that waits for an answer must learn that none comes
		_, _ = io.Copy(io.Discard, r)
		server.Close()
	}()
	l.requests(up)
	up.end()
}

// requests passes on what the client says.
func (l *link) requests(up *lane) {
	r := bufio.NewReader(l.client)
	u := &unit{}
	for {
		m, err := readMessage(r)
		if err != nil {
			return
		}
		if m.kind() == msgTerminate {
			up.send(m)
			return
		}
		complete := u.add(m, l.names)
		switch m.kind() {
		case msgQuery, msgParse, msgBind, msgExecute, msgDescribe, msgClose:
			if !complete {
				continue
			}
		}
		if !complete { // Flush, passwords, rows of COPY: the server acts on them at once
			l.trip()
			up.send(u.raw)
			u.raw = nil
			continue
		}
		if !l.pass(u, up) {
			return
		}
		u = &unit{}
	}
}

// pass sends a unit to the server, or does what is to happen instead. It reports whether the connection goes on.
func (l *link) pass(u *unit, up *lane) bool {
	var f *Injected
	if u.run {
		f = l.p.meet(u.sql)
	}
	if f != nil && f.At == Before && !f.happen() {
		return false
	}
	if f != nil {
		u.mute = f.At == Sent && !f.Keep
		if f.At == Answered {
			u.hold = f
		}
	}
	l.mu.Lock()
	l.waiting = append(l.waiting, u)
	l.mu.Unlock()
	l.trip()
	up.send(u.raw)
	if f != nil && f.At == Sent {
		up.flush()
		return f.happen()
	}
	return true
}

// answers passes on what the server says.
func (l *link) answers(r io.Reader, down *lane) {
	var held []byte
	for {
		m, err := readMessage(r)
		if err != nil {
			return
		}
		l.mu.Lock()
		var u *unit
		if len(l.waiting) > 0 {
			u = l.waiting[0]
		}
		if m.kind() == msgReady && u != nil {
			l.waiting = l.waiting[1:]
		}
		l.mu.Unlock()
		if u != nil && u.mute {
			continue
		}
		if u == nil || u.hold == nil {
			l.spoken()
			down.send(m)
			continue
		}
		held = append(held, m...)
		if m.kind() != msgReady {
			continue
		}
		if !u.hold.happen() {
			return
		}
		l.spoken()
		down.send(held)
		held = nil
	}
}

func (l *link) spoken() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.quiet = true
}

// trip counts a round trip when the client speaks after the server, or begins.
func (l *link) trip() {
	l.mu.Lock()
	first := l.quiet
	l.quiet = false
	l.mu.Unlock()
	if first {
		l.p.mu.Lock()
		l.p.trips++
		l.p.mu.Unlock()
	}
}

// lane is one direction. What is sent arrives after the delay, in its order, without keeping what follows waiting.
type lane struct {
	dst   net.Conn
	delay time.Duration
	queue chan packet
	idle  sync.WaitGroup
	once  sync.Once
}

type packet struct {
	due  time.Time
	data []byte
}

func (l *link) lane(dst net.Conn) *lane {
	n := &lane{dst: dst, delay: l.p.opt.Delay}
	if n.delay > 0 {
		n.queue = make(chan packet, 1024)
		go func() {
			for p := range n.queue {
				time.Sleep(time.Until(p.due))
				_, _ = dst.Write(p.data) // a connection that is closed is noticed where it is read
				n.idle.Done()
			}
		}()
	}
	return n
}

func (n *lane) send(data []byte) {
	if n.delay == 0 {
		_, _ = n.dst.Write(data)
		return
	}
	n.idle.Add(1)
	n.queue <- packet{time.Now().Add(n.delay), data}
}

// flush waits until everything that was sent has left.
func (n *lane) flush() { n.idle.Wait() }

// end lets what was sent arrive. Nothing may be sent afterwards.
func (n *lane) end() {
	n.flush()
	if n.queue != nil {
		n.once.Do(func() { close(n.queue) })
	}
}
