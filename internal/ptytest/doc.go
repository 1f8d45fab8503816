// Package ptytest opens terminals for tests, on Linux. It does not say what a terminal shows: what is written comes out as bytes.
package ptytest
