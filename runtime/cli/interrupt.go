package cli

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// interruptible returns a context that ends with the first SIGINT or SIGTERM, and what says which one came: "" is none. What runs is then cancelled
// and its answer waited for, so that the server does not go on under a lock when the program is gone. A second signal ends the process at once, also
// where the program listens for signals itself and would keep it.
func interruptible(ctx context.Context) (_ context.Context, came func() string, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	signals, done := make(chan os.Signal, 2), make(chan struct{})
	var name atomic.Value
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case s := <-signals:
			name.Store(s.String())
			cancel()
		case <-done:
			return
		}
		select {
		case s := <-signals:
			endBy(s)
		case <-done:
		}
	}()
	came = func() string {
		s, _ := name.Load().(string)
		return s
	}
	return ctx, came, func() {
		signal.Stop(signals)
		close(done)
		cancel()
	}
}

// endBy ends the process as the signal does in a program that does not listen for it.
func endBy(s os.Signal) {
	signal.Reset(os.Interrupt, syscall.SIGTERM)
	if p, err := os.FindProcess(os.Getpid()); err != nil || p.Signal(s) != nil { // Windows has no signals to send
		os.Exit(1)
	}
}
