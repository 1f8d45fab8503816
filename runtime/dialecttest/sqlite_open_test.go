package dialecttest_test

// litePragmas opens a SQLite database of a test, behind its path. It does not wait for the disk: no test cuts the power. Those that kill a process at each
// statement do without it, as the journal then has another form.
const litePragmas = "?_pragma=foreign_keys(1)&_pragma=synchronous(off)"
