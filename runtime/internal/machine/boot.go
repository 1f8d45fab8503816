package machine

import (
	"os"
	"strings"
)

// Boot returns what the kernel calls its present run, which is the same in all containers on it and another one on each machine; "" is not known.
func Boot() string {
	text, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
