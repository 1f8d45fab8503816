package faultproxy

import (
	"bufio"
	"encoding/binary"
	"errors"
	"net"
	"net/url"
	"sync"
)

// pool holds the connections of a pooler in transaction mode.
type pool struct {
	server *url.URL
	most   int

	mu      sync.Mutex
	free    *sync.Cond
	closed  bool
	open    int        // connections that there are
	idle    []*backend // the first one has been idle for longest
	clients map[uint32]*backend
	last    uint32 // client, as its cancel requests call it
	params  []byte // what the server says of itself when a connection begins
}

// backend is a connection to the server.
type backend struct {
	conn net.Conn
	r    *bufio.Reader
	key  []byte // for cancel requests
}

func newPool(server *url.URL, most int) *pool {
	p := &pool{server: server, most: most, clients: map[uint32]*backend{}}
	p.free = sync.NewCond(&p.mu)
	return p
}

func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, b := range p.idle {
		b.conn.Close()
	}
	for _, b := range p.clients {
		if b != nil {
			b.conn.Close()
		}
	}
	p.free.Broadcast()
}

var errClosed = errors.New("faultproxy: the pool is closed")

// take gives a client a backend: a new one while there may be more, else the one that has been idle for longest.
func (p *pool) take(client uint32) (*backend, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.closed && p.open >= p.most && len(p.idle) == 0 {
		p.free.Wait()
	}
	var b *backend
	switch {
	case p.closed:
		return nil, errClosed
	case p.open < p.most:
		p.open++
		p.mu.Unlock()
		b, params, err := connect(p.server)
		p.mu.Lock()
		if err != nil {
			p.open--
			p.free.Signal()
			return nil, err
		}
		p.params = params
		p.clients[client] = b
		return b, nil
	default:
		b, p.idle = p.idle[0], p.idle[1:]
	}
	p.clients[client] = b
	return b, nil
}

// give takes the backend of a client back; one that is in the middle of something is closed, as poolers do.
func (p *pool) give(client uint32, usable bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.clients[client]
	if b == nil {
		return
	}
	p.clients[client] = nil
	if usable && !p.closed {
		p.idle = append(p.idle, b)
	} else {
		b.conn.Close()
		p.open--
	}
	p.free.Signal()
}

// serve is the pooler for one client.
func (p *pool) serve(l *link) {
	p.mu.Lock()
	p.last++
	client := p.last
	p.clients[client] = nil
	p.mu.Unlock()
	defer func() {
		p.give(client, false)
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.clients, client)
	}()
	if _, err := p.take(client); err != nil { // so that there is something to say of the server
		_, _ = l.client.Write(refusal(err))
		return
	}
	p.give(client, true)
	key := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, client), 0)
	p.mu.Lock()
	hello := append(newMessage(msgAuth, make([]byte, 4)), p.params...)
	p.mu.Unlock()
	hello = append(append(hello, newMessage(msgKey, key)...), newMessage(msgReady, []byte{'I'})...)
	if _, err := l.client.Write(hello); err != nil {
		return
	}
	r := bufio.NewReader(l.client)
	for {
		u := &unit{}
		for {
			m, err := readMessage(r)
			if err != nil || m.kind() == msgTerminate {
				return
			}
			if u.add(m, l.names) {
				break
			}
		}
		if u.run {
			l.p.meet(u.sql)
		}
		if !p.transact(l, client, u) {
			return
		}
	}
}

// transact hands a unit to the backend of the client, and takes the backend away when the transaction is over.
func (p *pool) transact(l *link, client uint32, u *unit) bool {
	p.mu.Lock()
	b := p.clients[client]
	p.mu.Unlock()
	if b == nil {
		var err error
		if b, err = p.take(client); err != nil {
			return false
		}
	}
	if _, err := b.conn.Write(u.raw); err != nil {
		return false
	}
	for {
		m, err := readMessage(b.r)
		if err != nil || m.kind() == msgCopyIn {
			return false
		}
		over := m.kind() == msgReady
		if over && m.body()[0] == 'I' {
			p.give(client, true) // before the client knows: what it sends next is the next transaction
		}
		if _, err := l.client.Write(m); err != nil {
			return false
		}
		if over {
			return true
		}
	}
}

// cancel turns the name of the client into that of its backend.
func (p *pool) cancel(request []byte) {
	if len(request) < 16 {
		return
	}
	p.mu.Lock()
	b := p.clients[binary.BigEndian.Uint32(request[8:])]
	p.mu.Unlock()
	if b != nil {
		cancelAt(p.server.Host, append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(8+len(b.key))), cancelCode), b.key...))
	}
}

func refusal(err error) message {
	return newMessage(msgError, []byte("SFATAL\x00VFATAL\x00C08006\x00M"+err.Error()+"\x00\x00"))
}
