// Package conform checks an endpoint against a contract, clause by clause, from
// outside: each clause sends real messages and judges the answers alone. The
// clauses of a platform lie beside its simulator; this package runs them, sends
// their messages, says in a sentence what was wrong, and writes the reports.
//
// Whatever an endpoint does is a finding: a page in place of an answer, silence, a
// closed connection, ten megabytes. No report holds a secret or a whole phone
// number.
package conform
