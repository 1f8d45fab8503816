package migrate

import "time"

// Event is something that happens during a run, for progress displays.
type Event struct {
	Kind      EventKind
	Migration string
	Back      bool          // on the way down
	Faked     bool          // recorded only
	Stage     string        // cause of the stage, when the event is about one
	Message   string        // what a waiting session waits for, why a stage is tried again
	Duration  time.Duration // since the beginning of what the event ends

	// Of a batched stage, with EventProgress:
	Rows  int64         // that it is past, those of earlier runs included
	Total int64         // about how many there are; 0 is unknown
	Rate  float64       // rows a second, in this run
	Left  time.Duration // about how long it still takes; 0 is unknown
}

// EventKind is the kind of an [Event].
type EventKind int

// The kinds of events.
const (
	EventBegin     EventKind = iota // a migration begins
	EventEnd                        // a migration is complete
	EventWait                       // the session waits for somebody else
	EventRetry                      // a stage is tried again
	EventNote                       // something that people should know, and that is no error
	EventProgress                   // a batch is committed
	EventProtected                  // the run is about to change a protected database; Message says which: "production (protected)"
)
