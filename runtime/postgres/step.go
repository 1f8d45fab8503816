package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	migrate "github.com/modelgen/modelgen/runtime"
)

// Step runs one stage outside any transaction.
func (s *session) Step(ctx context.Context, stage migrate.Stage, after []migrate.Mark) error {
	if s.cfg.Lease {
		return errPooled
	}
	if err := s.ready(ctx); err != nil {
		return err
	}
	if err := s.beforeHand(ctx, []migrate.Stage{stage}); err != nil {
		return err
	}
	if err := s.stillMine(ctx); err != nil {
		return err
	}
	s.turn++
	s.made = false
	if s.waitsAside(stage) {
		if err := s.execHere(ctx, "SET lock_timeout = 0"); err != nil {
			return err
		}
	}
	stop := s.watch(ctx, []migrate.Stage{stage})
	err := s.step(ctx, stage)
	for try, end := 0, time.Now().Add(s.cfg.Retry); err != nil && again(err) && !s.broken && (stage.Ready != nil || !s.waitsAside(stage)) && time.Now().Before(end); try++ {
		if err = s.pause(ctx, migrate.Work{Stages: []migrate.Stage{stage}}, try, end, err); err == nil {
			err = s.step(ctx, stage)
		}
	}
	stop()
	s.lookClusterAfter(ctx, []migrate.Stage{stage})
	switch {
	case s.broken:
	case stage.ByHand:
		put := s.restore(ctx)
		if put == nil && (!stage.Open || err != nil) {
			put = s.tidy(ctx)
		}
		if err == nil { // else that is what counts, and the connection is closed in the end
			err = put
		}
	default:
		err = errors.Join(err, s.exec(context.WithoutCancel(ctx), fmt.Sprintf("SET lock_timeout = %d", millis(s.cfg.LockTimeout))))
	}
	if err != nil || len(after) == 0 {
		return err
	}
	return s.Transact(ctx, migrate.Work{After: after})
}

// waitsAside reports whether a stage may wait for its locks as long as it takes: nobody queues behind CONCURRENTLY. What a person wrote may be
// anything else.
func (s *session) waitsAside(stage migrate.Stage) bool {
	return !stage.ByHand || slices.ContainsFunc(stage.Statements, func(x migrate.Statement) bool { return concurrently.MatchString(x.SQL) })
}

var concurrently = lazyregexp.New(`(?i)\bCONCURRENTLY\b`)

func (s *session) step(ctx context.Context, stage migrate.Stage) error {
	if stage.Ready != nil {
		if done, err := stage.Ready(ctx, s.tx()); done || err != nil {
			if err != nil {
				err = s.statementError(ctx, 0, stage, "", s.fail(ctx, err)) // what Ready refuses is [refused]
			}
			return err
		}
	}
	for _, st := range append(stage.Session[:len(stage.Session):len(stage.Session)], stage.Statements...) {
		if st.Shown {
			continue
		}
		if err := s.exec(ctx, st.SQL); err != nil {
			return s.statementError(ctx, 0, stage, st.SQL, err)
		}
	}
	if stage.Run != nil {
		if err := stage.Run(ctx, s.tx()); err != nil {
			return s.statementError(ctx, 0, stage, "", err)
		}
	}
	return nil
}
