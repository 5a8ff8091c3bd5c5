// Package toegang owns who calls and what they may: the certificates that
// prove an organisation (mutual TLS, OIN in the subject), the statement of who
// looks and why (Lezer, carried as a token bound to that certificate), the
// sign-in of people (OpenID Connect) and the decision itself (Rego).
//
// It promises to refuse when in doubt: no certificate, no statement, no rule
// or a failing rule all mean "no", with a reason in plain Dutch. No BSN stands
// readable in an error, log line, URL or cookie that it makes.
package toegang
