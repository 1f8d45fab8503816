package faultproxy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
)

// The messages that are looked at (manual, chapter "Frontend/Backend Protocol").
const (
	msgQuery     = 'Q' // frontend
	msgParse     = 'P'
	msgBind      = 'B'
	msgExecute   = 'E'
	msgSync      = 'S'
	msgFlush     = 'H'
	msgDescribe  = 'D'
	msgClose     = 'C'
	msgTerminate = 'X'

	msgAuth   = 'R' // backend
	msgReady  = 'Z'
	msgParam  = 'S'
	msgKey    = 'K'
	msgError  = 'E'
	msgCopyIn = 'G'
)

const (
	protocol   = 3 << 16
	cancelCode = 80877102
	tlsCode    = 80877103
	gssCode    = 80877104
)

var errProtocol = errors.New("faultproxy: this is no PostgreSQL protocol")

// message is one message with its head: type, length, body.
type message []byte

func (m message) kind() byte   { return m[0] }
func (m message) body() []byte { return m[5:] }

// newMessage puts the head before a body.
func newMessage(kind byte, body []byte) message {
	m := append(message{kind}, binary.BigEndian.AppendUint32(nil, uint32(len(body)+4))...)
	return append(m, body...)
}

// readMessage reads one message behind the startup.
func readMessage(r io.Reader) (message, error) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(head[1:]))
	if n < 4 || n > 1<<30 {
		return nil, errProtocol
	}
	m := append(message(head), make([]byte, n-4)...)
	_, err := io.ReadFull(r, m[5:])
	return m, err
}

// readStartup reads the first message of a client that matters: offers of encryption are turned down.
func readStartup(client net.Conn) ([]byte, error) {
	for {
		head := make([]byte, 8)
		if _, err := io.ReadFull(client, head); err != nil {
			return nil, err
		}
		n := int(binary.BigEndian.Uint32(head))
		if n < 8 || n > 1<<20 {
			return nil, errProtocol
		}
		m := append(head, make([]byte, n-8)...)
		if _, err := io.ReadFull(client, m[8:]); err != nil {
			return nil, err
		}
		if code := startupCode(m); code != tlsCode && code != gssCode {
			return m, nil
		}
		if _, err := client.Write([]byte{'N'}); err != nil {
			return nil, err
		}
	}
}

func startupCode(m []byte) uint32 { return binary.BigEndian.Uint32(m[4:]) }

// startup makes a startup message.
func startup(params ...string) []byte {
	body := binary.BigEndian.AppendUint32(nil, protocol)
	for _, p := range params {
		body = append(append(body, p...), 0)
	}
	body = append(body, 0)
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body)+4)), body...)
}

// word cuts a text that ends with a zero byte from b.
func word(b []byte) (string, []byte) {
	text, rest, _ := bytes.Cut(b, []byte{0})
	return string(text), rest
}

// unit is what a client sends until it waits for an answer: a simple query, or messages of the extended protocol up to Sync.
type unit struct {
	raw  []byte
	sql  string // "" for those that run nothing, such as preparing
	run  bool
	hold *Injected // its answer is held back for this fault
	mute bool      // its answer is dropped
}

// add puts a message of the client into the unit, and reports whether the unit is complete.
func (u *unit) add(m message, names map[string]string) bool {
	u.raw = append(u.raw, m...)
	switch m.kind() {
	case msgQuery:
		u.sql, _ = word(m.body())
		u.run = true
		return true
	case msgParse:
		name, rest := word(m.body())
		names[name], _ = word(rest)
	case msgBind:
		_, rest := word(m.body()) // the portal
		name, _ := word(rest)
		u.sql = names[name]
	case msgExecute:
		u.run = true
	case msgSync:
		return true
	}
	return false
}
