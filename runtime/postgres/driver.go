package postgres

import (
	"context"
	"database/sql/driver"
	"reflect"
	"time"
)

// What is asked of a driver beyond database/sql. This package imports no driver; the methods are found by their names.

// answerTime is how long the answer to a statement is waited for that the server was asked to cancel.
const answerTime = 10 * time.Second

// canceler is the connection of pgx: it asks the server, on a connection of its own, to cancel what runs.
type canceler interface {
	CancelRequest(ctx context.Context) error
}

// closer is the connection of pgx, which may belong to a pool of pgx: closing the one that database/sql has would give it back there.
type closer interface {
	Close(ctx context.Context) error
}

// startPID returns the number of the server's process that the driver was told when it connected; 0 is not known.
func (s *session) startPID() (pid int) {
	_ = s.conn.Raw(func(conn any) error {
		v := reflect.ValueOf(unwrapped(conn))
		if pgx := result(v.MethodByName("Conn")); pgx != nil {
			if pg := result(reflect.ValueOf(pgx).MethodByName("PgConn")); pg != nil {
				if n, ok := result(reflect.ValueOf(pg).MethodByName("PID")).(uint32); ok {
					pid = int(n)
				}
			}
			return nil
		}
		if v = reflect.Indirect(v); v.Kind() == reflect.Struct && v.Type().PkgPath() == "github.com/lib/pq" {
			for _, name := range []string{"pid", "processID"} { // the second one until 1.10
				if f := v.FieldByName(name); f.IsValid() && f.CanInt() {
					pid = int(f.Int())
				}
			}
		}
		return nil
	})
	return pid
}

// unwrapped is the connection of a driver without wrappers for tracing.
func unwrapped(conn any) any {
	for wrapped, ok := conn.(interface{ Raw() driver.Conn }); ok; wrapped, ok = conn.(interface{ Raw() driver.Conn }) {
		conn = wrapped.Raw()
	}
	return conn
}

// raw finds what is below the connection of database/sql, under wrappers for tracing too. Both are nil with another driver.
func (s *session) raw() (canceler, closer) {
	if s.asked {
		return s.cancels, s.closes
	}
	s.asked = true
	_ = s.conn.Raw(func(conn any) error {
		pgx := result(reflect.ValueOf(unwrapped(conn)).MethodByName("Conn"))
		if pgx == nil {
			return nil
		}
		s.closes, _ = pgx.(closer)
		s.cancels, _ = result(reflect.ValueOf(pgx).MethodByName("PgConn")).(canceler)
		return nil
	})
	return s.cancels, s.closes
}

// result calls a method that takes nothing and returns one thing; nil where there is no such method.
func result(m reflect.Value) any {
	if !m.IsValid() || m.Type().NumIn() != 0 || m.Type().NumOut() != 1 {
		return nil
	}
	return m.Call(nil)[0].Interface()
}

// answered runs a statement and waits for the server's answer also when ctx is cancelled: the server is asked to cancel, and then says that it
// has. lib/pq does so by itself. pgx hangs up at once and asks in the background, by when the process may have ended, and the server would go on.
func (s *session) answered(ctx context.Context, run func(context.Context) error) error {
	cancels, _ := s.raw()
	if cancels == nil || ctx.Done() == nil {
		return run(ctx)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	patient, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	asked := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(asked)
		one, end := context.WithTimeout(context.WithoutCancel(ctx), answerTime)
		defer end()
		if cancels.CancelRequest(one) != nil {
			cancel()
			return
		}
		time.AfterFunc(answerTime, cancel)
	})
	err := run(patient)
	if !stop() {
		<-asked // a request on its way must not meet the next statement
	}
	return err
}

// hangUp closes the connection, so that nobody gets it again. What the server may still be doing on it, it is asked to cancel.
func (s *session) hangUp(ctx context.Context) {
	s.broken = true
	cancels, closes := s.raw()
	if ctx.Err() != nil && cancels != nil {
		one, end := context.WithTimeout(context.WithoutCancel(ctx), answerTime/2)
		_ = cancels.CancelRequest(one)
		end()
	}
	_ = s.conn.Raw(func(any) error {
		if closes != nil {
			one, end := context.WithTimeout(context.WithoutCancel(ctx), answerTime/2)
			_ = closes.Close(one)
			end()
		}
		return driver.ErrBadConn // makes database/sql close it
	})
}
