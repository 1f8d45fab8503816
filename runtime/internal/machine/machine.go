// Package machine asks the machine what there is: room for files, and processes.
package machine

import "fmt"

// Text writes a number of bytes for people.
func Text(bytes int64) string {
	const kB, MB, GB = 1 << 10, 1 << 20, 1 << 30
	switch {
	case bytes >= 10*GB:
		return fmt.Sprintf("%d GB", bytes/GB)
	case bytes >= 10*MB:
		return fmt.Sprintf("%d MB", bytes/MB)
	}
	return fmt.Sprintf("%d kB", (bytes+kB-1)/kB)
}
