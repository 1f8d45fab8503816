package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// extensionThere returns what asks, before anything is changed, whether the server has an extension and the role may create it (manual 52.83, pg_available_extension_versions,
// and CREATE EXTENSION). One that is installed is fine where it is said to be: on many servers an administrator installs it.
func (p *planner) extensionThere(o schema.SQLObject) func(context.Context, migrate.Tx) error {
	version := extensionVersion(o)
	in := ""
	if said := extensionOptions(o)["SCHEMA"]; said != "" {
		in = sqllex.Code(said, lexis)[0].Value()
	}
	declared := slices.Clone(p.extensions)
	return func(ctx context.Context, tx migrate.Tx) error {
		var installed, place sql.NullString
		err := tx.QueryRowContext(ctx, "SELECT extversion, n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = extnamespace WHERE extname = "+text(o.Name)).Scan(&installed, &place)
		switch {
		case err == nil && in != "" && place.String != in:
			return refused{fmt.Errorf("extension %s is installed in schema %s already, and declared in %s: ALTER EXTENSION %s SET SCHEMA %s moves it, or declare it where it is; nothing was changed", o.Name, place.String, in, ident(o.Name), ident(in))}
		case err == nil && version != "" && installed.String != version:
			return refused{fmt.Errorf("extension %s is installed already, in version %s, and declared in %s: ALTER EXTENSION %s UPDATE TO %s changes it, or declare the version that is there; nothing was changed", o.Name, installed.String, version, ident(o.Name), text(version))}
		case err == nil:
			return nil
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
		return mayCreate(ctx, tx, o.Name, version, declared)
	}
}

// mayCreate looks at an extension that is not installed.
func mayCreate(ctx context.Context, tx migrate.Tx, name, version string, declared []string) error {
	var trusted, super, create, cloud bool
	var requires, role, database, versions string
	var server int
	err := tx.QueryRowContext(ctx, `SELECT coalesce((SELECT v.trusted FROM pg_catalog.pg_available_extension_versions v WHERE v.name = x.name AND v.version = coalesce(nullif(`+text(version)+`, ''), x.default_version)), false),
	coalesce((SELECT pg_catalog.array_to_string(v.requires, ',') FROM pg_catalog.pg_available_extension_versions v WHERE v.name = x.name AND v.version = coalesce(nullif(`+text(version)+`, ''), x.default_version)), ''),
	coalesce((SELECT pg_catalog.string_agg(v.version, ', ' ORDER BY v.version) FROM pg_catalog.pg_available_extension_versions v WHERE v.name = x.name), ''),
	r.rolsuper, pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'), current_user, pg_catalog.current_database(), pg_catalog.current_setting('server_version_num')::integer / 10000,
	EXISTS (SELECT FROM pg_catalog.pg_roles c WHERE c.rolname IN ('rds_superuser', 'cloudsqlsuperuser', 'azure_pg_admin', 'alloydbsuperuser', 'neon_superuser', 'supabase_admin') AND pg_catalog.pg_has_role(c.oid, 'MEMBER'))
	FROM pg_catalog.pg_roles r LEFT JOIN pg_catalog.pg_available_extensions x ON x.name = `+text(name)+` WHERE r.rolname = current_user`).Scan(&trusted, &requires, &versions, &super, &create, &role, &database, &server, &cloud)
	if err != nil {
		return err
	}
	var missing []string
	for r := range strings.SplitSeq(requires, ",") {
		if r != "" && !slices.Contains(declared, r) {
			missing = append(missing, r)
		}
	}
	if len(missing) > 0 {
		rows, err := tx.QueryContext(ctx, "SELECT extname FROM pg_catalog.pg_extension")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var there string
			if err := rows.Scan(&there); err != nil {
				return err
			}
			missing = slices.DeleteFunc(missing, func(r string) bool { return r == there })
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	switch {
	case versions == "":
		return refused{fmt.Errorf("the server does not have extension %s: install %s on its machine, or choose a server that has it, and run again; nothing was changed", name, extensionPackage(name, server))}
	case version != "" && !slices.Contains(strings.Split(versions, ", "), version):
		return refused{fmt.Errorf("the server does not have version %s of extension %s: it has %s; nothing was changed", version, name, versions)}
	case len(missing) > 0:
		return refused{fmt.Errorf("extension %s requires %s, which is neither installed nor declared: write CREATE EXTENSION %s into an SQL file and generate again; nothing was changed", name, strings.Join(missing, ", "), ident(missing[0]))}
	case super || cloud:
	case !trusted:
		return refused{fmt.Errorf("role %s may not create extension %s, which is not a trusted one: let a superuser run CREATE EXTENSION %s in database %s, and run again; nothing was changed", role, name, ident(name), database)}
	case !create:
		return refused{fmt.Errorf("role %s may not create extension %s: that needs the privilege CREATE on the database: GRANT CREATE ON DATABASE %s TO %s; nothing was changed", role, name, ident(database), ident(role))}
	}
	return nil
}

// extensionVersion returns the version that an extension is declared in; "" is any.
func extensionVersion(o schema.SQLObject) string {
	if said := extensionOptions(o)["VERSION"]; said != "" {
		return sqllex.Code(said, lexis)[0].Value()
	}
	return ""
}

// extensionPackages are the packages of Debian and Ubuntu that have an extension which is not in PostgreSQL itself, behind postgresql-NN-.
var extensionPackages = sqllex.WordMap{
	{"postgis", "postgis-3"}, {"postgis_raster", "postgis-3"}, {"postgis_topology", "postgis-3"}, {"postgis_sfcgal", "postgis-3"}, {"address_standardizer", "postgis-3"}, {"postgis_tiger_geocoder", "postgis-3-scripts"},
	{"vector", "pgvector"}, {"pg_cron", "cron"}, {"pg_partman", "partman"}, {"pg_repack", "repack"}, {"pgaudit", "pgaudit"}, {"hypopg", "hypopg"}, {"hll", "hll"}, {"ip4r", "ip4r"}, {"semver", "semver"}, {"rum", "rum"},
	{"pgtap", "pgtap"}, {"plpgsql_check", "plpgsql-check"}, {"pglogical", "pglogical"}, {"orafce", "orafce"}, {"periods", "periods"}, {"prefix", "prefix"}, {"pg_similarity", "similarity"}, {"unit", "unit"}, {"h3", "h3"}, {"pg_qualstats", "pg-qualstats"},
}

// coreExtensions are those of PostgreSQL itself (manual, appendix F).
var coreExtensions = sqllex.Set("adminpack amcheck autoinc bloom btree_gin btree_gist citext cube dblink dict_int dict_xsyn earthdistance file_fdw fuzzystrmatch hstore insert_username intagg intarray isn lo ltree moddatetime " +
	"pageinspect pg_buffercache pg_freespacemap pg_prewarm pg_stat_statements pg_surgery pg_trgm pg_visibility pg_walinspect pgcrypto pgrowlocks pgstattuple postgres_fdw refint seg sslinfo tablefunc tcn tsm_system_rows tsm_system_time unaccent uuid-ossp xml2")

// extensionPackage names the package that has an extension, as far as it is known.
func extensionPackage(name string, server int) string {
	debian := fmt.Sprintf("postgresql-%d", server)
	switch {
	case coreExtensions.Has(name):
		return fmt.Sprintf("the contrib modules of PostgreSQL (package %s of Debian and Ubuntu, postgresql%d-contrib of Red Hat)", debian, server)
	case extensionPackages.Text(name) != "":
		return fmt.Sprintf("its package (%s-%s of Debian and Ubuntu)", debian, extensionPackages.Text(name))
	case strings.HasPrefix(name, "plpython3"), strings.HasPrefix(name, "plperl"), strings.HasPrefix(name, "pltcl"):
		language := strings.TrimSuffix(name, "u")
		return fmt.Sprintf("its package (postgresql-%s-%d of Debian and Ubuntu)", language, server)
	}
	return "its package"
}

// languageThere returns what asks, before anything is changed, whether the language of a routine is installed; nil for those that always are.
func (p *planner) languageThere(o schema.SQLObject) func(context.Context, migrate.Tx) error {
	language := languageOf(string(o.SQL))
	if slices.Contains([]string{"", "sql", "plpgsql", "internal", "c"}, language) || slices.Contains(p.extensions, language) {
		return nil
	}
	return func(ctx context.Context, tx migrate.Tx) error {
		var there bool
		var server int
		err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM pg_catalog.pg_language WHERE lanname = "+text(language)+"), pg_catalog.current_setting('server_version_num')::integer / 10000").Scan(&there, &server)
		if err != nil || there {
			return err
		}
		return refused{fmt.Errorf("language %s of %s is not installed: write CREATE EXTENSION %s into an SQL file and generate again, and see that the server has %s; nothing was changed",
			language, o, ident(language), extensionPackage(language, server))}
	}
}

// languageOf returns the language of a routine, "" when it says none.
func languageOf(sql string) string {
	toks := sqllex.Code(sql, lexis)
	for i := 0; i+1 < len(toks); i++ {
		if !toks[i].Is("LANGUAGE") {
			continue
		}
		if toks[i+1].Kind == sqllex.Word {
			return strings.ToLower(toks[i+1].Text)
		}
		return toks[i+1].Value()
	}
	return ""
}
