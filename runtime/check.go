package migrate

import (
	"context"
	"errors"
)

// check looks for rows that would stop a migration of several transactions half way, before it begins.
func (w *walker) check(ctx context.Context, l leg) error {
	for _, st := range l.stages {
		if st.Check == nil {
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
		return w.failed(ctx, l, []Stage{st}, 0, &StatementError{Cause: st.Cause, Err: found})
	}
	return nil
}
