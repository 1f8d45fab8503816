package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// spareMemory lets a short run collect garbage when it has taken a little memory, as a thousand models need, and not before: to collect more often costs a tenth
// of the time. Of more models it would cost half of it, so they have the memory; of what is a little more, as with views and functions beside a thousand models, it would cost as much, so that has some.
func spareMemory() {
	debug.SetGCPercent(-1)
	const little, some = 60 << 20, 40 << 20  // beside the program itself
	const inUse, inDoubt = 43 << 20, 5 << 20 // of that, what a thousand models have in use at most, and what may be more in some run
	debug.SetMemoryLimit(little)
	afterEachCollection(func(live uint64) {
		more := max(int64(live)-inUse, 0)
		debug.SetMemoryLimit(little + max(3*more, min(8*max(more-inDoubt, 0), some)))
	})
}

// afterEachCollection calls do with the bytes that the last collection of garbage has found in use.
func afterEachCollection(do func(live uint64)) {
	type sentinel struct{ _ *sentinel } // a pointer, so that it is not allocated together with others
	runtime.SetFinalizer(&sentinel{}, func(*sentinel) {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		if live[0].Value.Kind() == metrics.KindUint64 {
			do(live[0].Value.Uint64())
		}
		afterEachCollection(do)
	})
}
