package faultproxy

import "strings"

// Point is the moment, in the life of a statement, at which a fault happens.
type Point int

// The moments.
const (
	Before   Point = iota // the proxy has the statement, and the server never gets it
	Sent                  // the server gets it; nobody waits for what it does with it
	Answered              // the server has done it, and the client does not know yet
)

// Fault is what shall happen, once, at a statement.
type Fault struct {
	Match string // part of the statement's text; "" is every statement
	Skip  int    // how many that match are let through before
	At    Point
	Do    func() // is called at the moment; nil is nothing
	Keep  bool   // the connection is not cut: then only Do is called
}

// Injected is a fault that waits for its statement.
type Injected struct {
	Fault
	p    *Proxy
	done chan struct{}
}

// Inject makes the next statement that matches meet the fault. Of several faults for one statement the first one is taken.
func (p *Proxy) Inject(f Fault) *Injected {
	i := &Injected{Fault: f, p: p, done: make(chan struct{})}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, i)
	return i
}

// Done is closed when the fault has happened.
func (i *Injected) Done() <-chan struct{} { return i.done }

// Happened reports whether the fault has happened.
func (i *Injected) Happened() bool {
	select {
	case <-i.done:
		return true
	default:
		return false
	}
}

// Remove takes a fault back that has not happened yet.
func (i *Injected) Remove() {
	i.p.mu.Lock()
	defer i.p.mu.Unlock()
	i.p.forget(i)
}

func (p *Proxy) forget(f *Injected) {
	for n, i := range p.faults {
		if i == f {
			p.faults = append(p.faults[:n:n], p.faults[n+1:]...)
			return
		}
	}
}

// meet notes a statement and finds the fault that it meets, or nil.
func (p *Proxy) meet(sql string) *Injected {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.statements = append(p.statements, sql)
	for _, i := range p.faults {
		if !strings.Contains(sql, i.Match) {
			continue
		}
		if i.Skip > 0 {
			i.Skip--
			continue
		}
		p.forget(i)
		return i
	}
	return nil
}

// happen runs the fault, and reports whether the connection goes on.
func (i *Injected) happen() bool {
	if i.Do != nil {
		i.Do()
	}
	close(i.done)
	return i.Keep
}
