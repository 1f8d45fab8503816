package schema

import "strings"

// TableOptions is how a database keeps a table, beside what is in it. Each is for the databases that have it, and passed over by the others.
type TableOptions struct {
	Unlogged     bool   `json:"unlogged,omitempty"`     // PostgreSQL: not written ahead, and empty after a crash (manual, CREATE TABLE)
	With         string `json:"with,omitempty"`         // PostgreSQL: storage parameters, sorted: "autovacuum_enabled=false, fillfactor=70"
	Partition    string `json:"partition,omitempty"`    // PostgreSQL: the key of a partitioned table: "range (created_at)"; its partitions are objects, see [PartitionKind]
	Strict       bool   `json:"strict,omitempty"`       // SQLite: values have the types of their columns (https://www.sqlite.org/stricttables.html)
	WithoutRowid bool   `json:"withoutRowid,omitempty"` // SQLite: rows are kept by their primary key (https://www.sqlite.org/withoutrowid.html)
	Distribute   string `json:"distribute,omitempty"`   // Citus: the column by whose hash the rows are distributed; "" is a table on one node, or a reference table
	Colocate     string `json:"colocate,omitempty"`     // Citus: the table whose rows of the same value are on the same node; "" is every table with a distribution column of the same type
	Reference    bool   `json:"reference,omitempty"`    // Citus: all of it is on every node
}

// Spread reports whether the nodes of a Citus cluster share the table.
func (o TableOptions) Spread() bool { return o.Distribute != "" || o.Reference }

// OneNode returns the options of the table without what is for a cluster.
func (o TableOptions) OneNode() TableOptions {
	o.Distribute, o.Colocate, o.Reference = "", "", false
	return o
}

// PartitionColumns returns the columns of the key of a partitioned table; expressions are left out.
func (o TableOptions) PartitionColumns(t *Table) []string {
	_, key, _ := strings.Cut(o.Partition, "(")
	var all []string
	for part := range strings.SplitSeq(strings.TrimSuffix(strings.TrimSpace(key), ")"), ",") {
		if c := t.columnLike(strings.Trim(strings.TrimSpace(part), `"`)); c != "" {
			all = append(all, c)
		}
	}
	return all
}

// Parameters returns the storage parameters by name.
func (o TableOptions) Parameters() map[string]string {
	all := map[string]string{}
	for p := range strings.SplitSeq(o.With, ",") {
		if name, value, _ := strings.Cut(strings.TrimSpace(p), "="); name != "" {
			all[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return all
}
