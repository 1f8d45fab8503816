package gen

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/internal/dialects"
	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/gen/snapshot"
)

// ahead is a load of the models beside the reading of the folder: the go command takes most of the time of both.
type ahead struct {
	cancel context.CancelFunc
	done   chan struct{}
	soon   chan bool // says, once, whether the SQL files differ, see [load.Config.ExtraSoon]
	config load.Config
	models *load.Result
	err    error
}

// loadAhead starts to load what the settings of the snapshot and the flags name. Where these are wrong it does nothing: reading the
// folder will tell.
func (c Config) loadAhead(ctx context.Context) *ahead {
	ctx, cancel := context.WithCancel(ctx)
	a := &ahead{cancel: cancel, done: make(chan struct{}), soon: make(chan bool, 1)}
	s := &snapshot.Snapshot{}
	if c.Folder != nil {
		if c.Folder.Snapshot != nil {
			*s = *c.Folder.Snapshot
		}
	} else if data, err := os.ReadFile(filepath.Join(c.OutDir(), snapshot.Name)); err == nil {
		s = snapshot.Settings(data)
	}
	if s == nil || c.settle(s) != nil {
		close(a.done)
		return a
	}
	var err error
	if s.Models, _, err = c.models(s); err != nil {
		close(a.done)
		return a
	}
	a.config = c.loading(s)
	a.config.ExtraSoon = a.soon
	go func() {
		defer close(a.done)
		a.models, a.err = load.Load(ctx, a.config)
	}()
	return a
}

// load returns the models. They are loaded again should the settings not be those that were expected.
func (a *ahead) load(ctx context.Context, c load.Config) (*load.Result, error) {
	c.ExtraSoon = a.soon
	if !reflect.DeepEqual(a.config, c) {
		c.ExtraSoon = nil
		return load.Load(ctx, c)
	}
	<-a.done
	return a.models, a.err
}

// stop ends the go command if it still runs.
func (a *ahead) stop() {
	a.cancel()
	<-a.done
	if a.models != nil {
		a.models.Stop()
	}
}

// loading says what to load. What migrations import is left for later where nothing seems to have changed since the snapshot was written: then nobody asks.
func (c Config) loading(s *snapshot.Snapshot) load.Config {
	var written time.Time
	if !c.Checked && s.Head != "" {
		if info, err := os.Stat(filepath.Join(c.OutDir(), snapshot.Name)); err == nil {
			written = info.ModTime()
		}
	}
	return load.Config{
		ExtraLater: written,
		Dir:        c.Dir, Patterns: c.patterns(s), BuildTags: c.BuildTags, Tag: s.Tag, Comments: s.Comments,
		Dialects: dialects.Capabilities(s.Dialects, c.Targets), Known: dialects.AllCapabilities(c.Targets), Extra: []string{emit.Imports}, AllowEmpty: s.Head != "", Overlay: c.Overlay, GoList: c.GoList,
	}
}

// patterns returns what to load: what is asked for and what the snapshot remembers, so that a generate from one of several packages
// does not take the others for gone.
func (c Config) patterns(s *snapshot.Snapshot) []string {
	p := slices.Clone(c.Patterns)
	if !c.Only {
		for _, m := range s.Models {
			if !slices.Contains(p, m) {
				p = append(p, m)
			}
		}
	}
	if len(p) == 0 {
		p = []string{"."}
	}
	return p
}
