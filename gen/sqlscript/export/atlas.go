package export

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/sqlscript"
	migrate "github.com/modelgen/modelgen/runtime"
)

// atlasFiles writes one file. Atlas finds the way back by itself.
func atlasFiles(s sqlscript.Script, version int) []File {
	const mark = "-- modelgen:end"
	groups := migrate.Transactions(s.Stages)
	apart := sqlscript.Several(s.Stages)
	marked := apart
	for _, st := range s.Stages {
		all, _ := st.SQL()
		marked = marked || slices.ContainsFunc(all, func(x migrate.Statement) bool { return strings.Contains(x.SQL, ";") })
	}
	var b strings.Builder
	if marked { // Atlas wants it in the first line
		b.WriteString("-- atlas:delimiter " + mark + "\n")
	}
	if apart {
		b.WriteString("-- atlas:txmode none\n")
	}
	if b.Len() > 0 {
		b.WriteString("\n")
	}
	for _, tx := range groups {
		all, note := group(tx)
		b.WriteString(note)
		switch {
		case apart:
			b.WriteString(oneString(s, tx, all) + mark + "\n")
		case marked:
			for _, x := range all {
				b.WriteString(sqlscript.Terminated(x.SQL) + "\n" + mark + "\n")
			}
		default:
			sqlscript.WriteStatements(&b, all)
		}
	}
	return []File{{title(s, version) + ".sql", b.String()}}
}

const atlasSumName = "atlas.sum"

// atlasSum returns the file that Atlas keeps of its directory as it is with the new files. One that is wrong already is left for people to
// look at.
func atlasSum(dir fs.FS, files []File) (File, error) {
	there := map[string]string{}
	names, err := fs.Glob(dir, "*.sql")
	if err != nil {
		return File{}, err
	}
	for _, name := range names {
		data, err := fs.ReadFile(dir, name)
		if err != nil {
			return File{}, err
		}
		there[name] = string(data)
	}
	old, err := fs.ReadFile(dir, atlasSumName)
	if err == nil && string(old) != sumOf(there) {
		return File{}, errors.New(atlasSumName + " does not fit the files beside it: look at what was changed, then run atlas migrate hash")
	}
	for _, f := range files {
		there[f.Name] = f.Text
	}
	return File{atlasSumName, sumOf(there)}, nil
}

// sumOf writes the sum of each file with those before it, and the sum of those (https://atlasgo.io/concepts/migration-directory-integrity).
func sumOf(files map[string]string) string {
	running, total := sha256.New(), sha256.New()
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		running.Write([]byte(name))
		if strings.HasPrefix(files[name], "-- atlas:sum ignore\n") {
			continue
		}
		running.Write([]byte(files[name]))
		sum := base64.StdEncoding.EncodeToString(running.Sum(nil))
		total.Write([]byte(name + sum))
		lines.WriteString(name + " h1:" + sum + "\n")
	}
	return "h1:" + base64.StdEncoding.EncodeToString(total.Sum(nil)) + "\n" + lines.String()
}
