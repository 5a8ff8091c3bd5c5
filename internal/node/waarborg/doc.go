// Package waarborg owns the safeguards of a deelnemer: recorded facts that open
// or close access to its records. In which samenwerkingsverband a zaak runs and
// who takes part, who consented to what, who has gezag over a child, who acts
// for whom, what is withheld from whom, which decisions and measures stand on
// record, and every use of noodtoegang.
//
// All of them are one pattern: a kind with content that can be checked
// (Gegeven), kept as versions in the dossier, ended with a reason and never
// erased. The facts a decision needs are read at once (Laad) and are always
// those of now: a permission that was withdrawn opens nothing, not even an old
// version of a record.
//
// It promises that no fact counts before its start, after its end or after its
// withdrawal; that a mistake in what is recorded is told with all others at
// once; and that what is withheld from a reader is known here as just that.
package waarborg
