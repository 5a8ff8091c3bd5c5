// Package brp asks the population register (basisregistratie personen) who has
// gezag over a child, when somebody was born and whose address is hidden. It
// owns the conversation with the register, in the form of the published API
// "BRP Personen Bevragen" v2 (Haal Centraal), and what was heard of it lately.
//
// It promises: a burgerservicenummer travels in the body of a POST alone, never
// in an address, an error or a log line; only the fields that are needed are
// asked; before each question the caller writes down that it asks; an answer is
// used for as long as the node says and no longer; and a register that does not
// answer costs one short wait, not one per visitor.
package brp
