// Package begrip is the shared language of the field in Go: who a person or
// organisation is (BSN, OIN), as what they act (Rol), why they may look (Doel,
// Grondslag), how much they see (Niveau) and what can go wrong (Fout). It owns
// meaning only, holds no state and imports nothing but the standard library.
//
// It promises that a BSN never leaves it by accident: BSN prints masked under
// every verb, and Logger masks what slips into a log line all the same.
package begrip
