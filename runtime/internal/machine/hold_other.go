//go:build !linux && !darwin && !freebsd

package machine

import "os"

// Hold locks a file that is open as long as this process lives; held reports whether somebody else has it. known is false: this system is not asked.
func Hold(*os.File, bool) (held, known bool) { return false, false }
