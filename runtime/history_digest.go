package migrate

import "context"

// repairDigest fixes the digest of a history that says all the rest right, as after SQL that was run by hand and recorded, or rows that were pruned: without it
// every start would have to read the whole history.
func (h *history) repairDigest(ctx context.Context, s Session) error {
	stale := h.stale()
	if len(stale) == 0 {
		return nil
	}
	return s.Transact(ctx, Work{After: stale})
}

// stale returns what fixes it.
func (h *history) stale() (marks []Mark) {
	for _, member := range h.set.members {
		rows := h.rows[member]
		if len(rows) == 0 || rows[len(rows)-1].Digest == h.set.fingerprint(member) || h.digest(member).String() != h.set.fingerprint(member) {
			continue
		}
		marks = append(marks, Mark{Kind: MarkDigest, Record: Record{Set: member, Digest: h.set.fingerprint(member)}})
	}
	return marks
}
