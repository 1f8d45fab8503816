package sqllex

import "strings"

// BuiltIn reports whether a name before a bracket, in any case, is a function of PostgreSQL or SQLite that reads no table, or a word or a type that
// can stand there.
func BuiltIn(name string) bool { return builtIn.Has(strings.ToLower(name)) }

// Stateful reports whether a built-in function reads, or changes, what other statements of the session have left: sequences and counts of rows.
func Stateful(name string) bool { return stateful.Has(strings.ToLower(name)) }

var (
	builtIn = Set(functions, statefulNames, `and or not when then else using on by as where in values filter over
		partition every exists interval decimal numeric varchar char float8`)
	stateful = Set(statefulNames)
)

const statefulNames = "nextval currval setval lastval last_insert_rowid changes total_changes"

// functions look at nothing but their arguments, the clock and chance (manual of PostgreSQL, chapter 9; https://www.sqlite.org/lang_corefunc.html).
const functions = `abs acos acosh age any_value array_agg array_append array_cat array_length array_position array_prepend array_remove array_replace
	array_to_json array_to_string asin asinh atan atan2 atanh avg bit_and bit_length bit_or bool_and bool_or btrim cardinality cast cbrt ceil
	ceiling char_length character_length chr clock_timestamp coalesce concat concat_ws convert_from convert_to cos cosh count cume_dist date
	date_part date_trunc datetime decode degrees dense_rank digest div encode exp extract first_value floor format gen_random_bytes
	gen_random_uuid generate_series glob greatest group_concat grouping hex host ifnull iif initcap instr json json_agg json_array
	json_array_elements json_array_length json_build_array json_build_object json_each json_error_position json_extract json_extract_path_text
	json_group_array json_group_object json_insert json_object json_object_agg json_object_keys json_patch json_pretty json_quote json_remove
	json_replace json_set json_tree json_type json_valid jsonb jsonb_agg jsonb_array jsonb_array_elements jsonb_array_elements_text
	jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text jsonb_extract jsonb_extract_path_text jsonb_group_array
	jsonb_group_object jsonb_insert jsonb_object jsonb_object_agg jsonb_object_keys jsonb_patch jsonb_remove jsonb_replace jsonb_set
	jsonb_strip_nulls jsonb_typeof julianday justify_days justify_hours lag last_value lead least left length like likelihood likely ln log
	log10 log2 lower lpad ltrim make_date make_interval make_time make_timestamp make_timestamptz max md5 min mod now nth_value ntile nullif
	num_nonnulls num_nulls octet_length overlay percent_rank percentile_cont percentile_disc pg_typeof pi position pow power printf quote
	quote_ident quote_literal quote_nullable radians random randomblob rank regexp_match regexp_matches regexp_replace regexp_split_to_array
	regexp_split_to_table repeat replace reverse right round row row_number row_to_json rpad rtrim scale sha224 sha256 sha384 sha512 sign sin
	sinh soundex split_part sqlite_version sqrt statement_timestamp stddev strftime string_agg string_to_array strpos substr substring sum tan
	tanh time timediff timeofday to_char to_date to_hex to_json to_jsonb to_number to_timestamp total transaction_timestamp translate trim trunc
	typeof unhex unicode unistr unixepoch unlikely unnest upper uuid_generate_v4 uuidv4 uuidv7 variance width_bucket zeroblob`
