package migrate

import (
	"context"
	"errors"
	"slices"
)

// check looks for rows that would stop a migration of several transactions half way, or a way back, before it begins, and for what [Stage.CheckAlways] asks for.
func (w *executor) check(ctx context.Context, l leg) error {
	for _, st := range l.stages {
		if st.Check == nil || !st.CheckAlways && len(l.groups) < 2 && !l.mv.back {
			continue
		}
		var found error
		err := w.s.Transact(ctx, Work{Stages: []Stage{{Cause: st.Cause, Run: func(ctx context.Context, tx Tx) error {
			found = st.Check(ctx, tx)
			return found
		}}}})
		if found == nil {
			if ctx.Err() != nil || errors.Is(err, ErrLost) {
				return w.failed(ctx, l, nil, 0, err)
			}
			continue // a question that cannot be asked yet, about a column that the migration makes: the stage itself will tell
		}
		cause := st.Cause
		if several, ok := found.(interface{ Unwrap() []error }); ok && len(several.Unwrap()) == 1 { // of one op, which need not be the one of the stage
			if one := new(StatementError); errors.As(found, &one) && one.Cause != "" {
				cause = one.Cause
			}
		}
		return w.failed(ctx, l, nil, 0, &StatementError{Cause: cause, Err: found})
	}
	return nil
}

// visible refuses to begin a migration that changes rows in batches in a table of which the role does not see all rows: what comes before would be
// committed when the server refuses the batch.
func (w *executor) visible(ctx context.Context, l leg) error {
	s, ok := w.s.(RowSecured)
	if !ok {
		return nil
	}
	var tables []string
	for _, st := range l.stages {
		if st.Batch != nil && !slices.Contains(tables, st.Batch.Table) {
			tables = append(tables, st.Batch.Table)
		}
	}
	if len(tables) == 0 {
		return nil
	}
	if err := s.Hidden(ctx, tables); err != nil {
		return w.failed(ctx, l, nil, 0, err)
	}
	return nil
}
