// Package cache remembers that a run of generate found nothing to do, as go test remembers that tests passed: with a hash of all that it looked at. While that is
// as it was, there is nothing to do again, and nothing is parsed, type-checked or listed.
//
// A record is kept by what the run was: the arguments, the directory, the executable, the environment variables that the go command and modelgen read. In it stands
// what was looked at, each with the hash of what was there, so that files which are added or taken away count as those which are edited. It has paths and hashes, and
// no source. Where anything is not certain there is no record, and modelgen looks at everything, as it does where records cannot be read or written.
package cache
