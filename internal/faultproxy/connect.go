package faultproxy

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// connect opens a connection of the pool, and returns what the server says of itself. It knows trust, clear text and SCRAM.
func connect(server *url.URL) (b *backend, params []byte, err error) {
	conn, err := dial(server.Host)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			conn.Close()
		}
	}()
	user := server.User.Username()
	password, _ := server.User.Password()
	if _, err := conn.Write(startup("user", user, "database", strings.TrimPrefix(server.Path, "/"))); err != nil {
		return nil, nil, err
	}
	b = &backend{conn: conn, r: bufio.NewReader(conn)}
	var login scram
	for {
		m, err := readMessage(b.r)
		if err != nil {
			return nil, nil, err
		}
		var answer []byte
		switch m.kind() {
		case msgAuth:
			switch code := binary.BigEndian.Uint32(m.body()); code {
			case 0, 12: // let in; the last word of SCRAM
			case 3:
				answer = append([]byte(password), 0)
			case 10:
				answer = login.first()
			case 11:
				answer, err = login.final(password, string(m.body()[4:]))
			default:
				err = fmt.Errorf("faultproxy: the server wants a login of kind %d", code)
			}
		case msgParam:
			params = append(params, m...)
		case msgKey:
			b.key = bytes.Clone(m.body())
		case msgError:
			err = fmt.Errorf("faultproxy: the server says %q", m.body())
		case msgReady:
			return b, params, nil
		}
		if err == nil && answer != nil {
			_, err = conn.Write(newMessage('p', answer))
		}
		if err != nil {
			return nil, nil, err
		}
	}
}

// scram is a login with SCRAM-SHA-256 (RFC 5802 and 7677). It trusts the server: both are of one test.
type scram struct{ bare string }

func (s *scram) first() []byte {
	s.bare = "n=,r=" + rand.Text()
	text := "n,," + s.bare
	return append(binary.BigEndian.AppendUint32([]byte("SCRAM-SHA-256\x00"), uint32(len(text))), text...)
}

func (s *scram) final(password, challenge string) ([]byte, error) {
	fields := map[string]string{}
	for f := range strings.SplitSeq(challenge, ",") {
		k, v, _ := strings.Cut(f, "=")
		fields[k] = v
	}
	salt, err := base64.StdEncoding.DecodeString(fields["s"])
	if err != nil {
		return nil, err
	}
	rounds, err := strconv.Atoi(fields["i"])
	if err != nil {
		return nil, err
	}
	salted, err := pbkdf2.Key(sha256.New, password, salt, rounds, sha256.Size)
	if err != nil {
		return nil, err
	}
	clientKey := mac(salted, "Client Key")
	stored := sha256.Sum256(clientKey)
	last := "c=biws,r=" + fields["r"]
	proof := mac(stored[:], s.bare+","+challenge+","+last)
	for i := range proof {
		proof[i] ^= clientKey[i]
	}
	return []byte(last + ",p=" + base64.StdEncoding.EncodeToString(proof)), nil
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
