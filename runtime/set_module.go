package migrate

import (
	"runtime"
	"runtime/debug"
	"strings"
)

// madeAt sets where the function is called that calls this.
func (s *Set) madeAt() { runtime.Callers(3, s.caller[:]) }

// pkg returns the import path of the package in which a set of migrations was made, "" when that is not known.
func (s *Set) pkg() string {
	frame, _ := runtime.CallersFrames(s.caller[:]).Next()
	slash := strings.LastIndexByte(frame.Function, '/') + 1
	dot := strings.IndexByte(frame.Function[slash:], '.')
	if dot < 0 {
		return ""
	}
	return strings.ReplaceAll(frame.Function[:slash+dot], "%2e", ".")
}

// moduleOf returns the path of the module that a package of this program belongs to, as the build knows it; "" when it does not.
func moduleOf(pkg string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok || pkg == "" {
		return ""
	}
	best := ""
	for _, m := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if (pkg == m.Path || strings.HasPrefix(pkg, m.Path+"/")) && len(m.Path) > len(best) {
			best = m.Path
		}
	}
	if best == "" && (pkg == "main" || pkg == "command-line-arguments") {
		return info.Main.Path
	}
	return best
}

// module returns the path of the module in which a set was made, this one or one that it needs something of, as far as that is known.
func (s *Set) module(set string) string {
	pkg := ""
	for _, m := range append([]*Set{s}, s.joined...) {
		if m.name == set {
			pkg = m.pkg()
		}
	}
	for i := 0; i < len(s.all) && pkg == ""; i++ {
		if owner := s.ownerOf(s.all[i].Migration); owner != nil && s.all[i].set == set && owner.name == set {
			pkg = owner.pkg()
		}
	}
	if known, ok := s.modules.Load(pkg); ok {
		return known.(string)
	}
	path := moduleOf(pkg)
	s.modules.Store(pkg, path)
	return path
}
