package fleet

import (
	"context"
	"path"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

// Options change how a fleet is run. The zero value, and nil, are the defaults.
type Options struct {
	// Migrate are the options of the migrator of each target. Its functions may be called by several goroutines at once, each for another target; Progress
	// is passed over in favour of Event. A Backup has the name of the target in that of its file, and its URL is that of the target where [URL] or [Databases]
	// has said it.
	Migrate migrate.Options

	// Jobs is how many targets are at work at a time; 0 is 8.
	Jobs int

	// PerServer is how many connections there are at most to one server at a time; 0 is as many as Jobs. A DB with a lower SetMaxOpenConns keeps to that.
	PerServer int

	// Canary is how many targets are changed first, before all others. When one of them fails nothing else is touched. 0 has none. Those that have nothing
	// to do are not counted.
	Canary int

	// CanaryCheck is called when the canary is through, with its results; an error of it ends the run. nil asks nobody.
	CanaryCheck func(ctx context.Context, canary []Result) error

	// CanaryPause is how long the run waits behind the canary, and before CanaryCheck. 0 does not wait.
	CanaryPause time.Duration

	// MaxFailures is after how many failures no further target is begun: 0 is 10, below 0 is without limit.
	MaxFailures int

	// Timeout is the longest time for one target; 0 is without limit. What it has committed by then stays, and the next run goes on there.
	Timeout time.Duration

	// Only picks targets by their names, or by patterns of [path.Match] such as "eu-*"; nil is all of them. One that picks nothing is an error.
	Only []string

	// AllowNone lets a list without a single target pass; else it is [ErrNoTargets], as it is hardly what was meant.
	AllowNone bool

	// CreateSchemas creates schemas that are in the list and not in the database; else they are [Absent], which is a failure for [Up] and [To].
	CreateSchemas bool

	// Each is called with the result of each target as soon as it is there, and Progress with how far the run is, never by two goroutines at once.
	Each     func(Result)
	Progress func(Progress)

	// Event is called for what happens at a target while it is at work, never by two goroutines at once.
	Event func(target string, e migrate.Event)
}

// Progress is how far a run is.
type Progress struct {
	Done    int           // targets with a result
	Total   int           // targets
	Changed int           // of Done, those that were changed
	Failed  int           // of Done
	Rate    float64       // targets a second
	Left    time.Duration // about how long it still takes; 0 is unknown
}

func (o *Options) withDefaults() Options {
	var out Options
	if o != nil {
		out = *o
	}
	if out.Jobs <= 0 {
		out.Jobs = 8
	}
	if out.PerServer <= 0 {
		out.PerServer = out.Jobs
	}
	if out.MaxFailures == 0 {
		out.MaxFailures = 10
	}
	return out
}

// picks reports whether a target is one of those that Only names, and by which.
func (o *Options) picks(name string, used []bool) bool {
	if o.Only == nil {
		return true
	}
	found := false
	for i, p := range o.Only {
		if matched, err := path.Match(p, name); p == name || err == nil && matched {
			used[i], found = true, true
		}
	}
	return found
}
