# Who may see what stands beside the records: who looked, who visited, what was
# agreed to, for whom one may ask to look. Always about the reader itself; the
# general rules add age. Deny by default.
package soh.lijsten

import rego.v1

besluit := {"toegestaan": true, "niveau": 1, "gemaskeerd": [], "redenen": [{"tekst": "Dit gaat over u.", "artikel": "AVG-15"}]} if {
	input.lezer.burger
	input.betrokken
	input.doel == "eigen-inzage"
} else := {"toegestaan": false, "niveau": 0, "gemaskeerd": [], "redenen": [{"tekst": "U kunt deze gegevens hier niet inzien.", "artikel": ""}]}
