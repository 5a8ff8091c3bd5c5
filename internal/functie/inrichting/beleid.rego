# Policy of the safeguards (samenwerkfunctie 14, Inrichten en bijsturen
# samenwerking). Deny by default.
package soh.inrichting

import rego.v1

besluit := {"toegestaan": true, "niveau": max([n | some n in niveaus]), "gemaskeerd": [], "redenen": [r | some r in redenen]} if {
	count(redenen) > 0
} else := {"toegestaan": false, "niveau": 0, "gemaskeerd": [], "redenen": [{"tekst": "Alleen de privacyfunctionaris, de auditor en het systeem van de organisatie zelf zien dit.", "gezin": "Alleen wie toezicht houdt bij de organisatie, mag dit zien.", "artikel": ""}]}

# --- The organisation itself (AVG 24: it shows that it follows the rules) ---

toezicht := {"privacyfunctionaris", "auditor"}

niveaus contains 2 if eigen
redenen contains {"tekst": "U ziet toe op de regels van uw eigen organisatie.", "artikel": "AVG-24"} if eigen

eigen if {
	input.zelf
	input.lezer.rol in toezicht
	input.doel == "toezicht"
	input.grondslag == "AVG-24"
	not input.lezer.burger
}

# The case system that records them; who looks unusually is no business of it.
eigen if {
	input.zelf
	input.lezer.rol == "systeem"
	input.record.soort != "signaal"
	niet_van_het_gezin
	not input.lezer.burger
}

# A purpose and a ground of an organisation: not those of a family member that
# looks at its own data, nor none.
niet_van_het_gezin if {
	not input.doel in {"", "eigen-inzage"}
	not input.grondslag in {"", "AVG-15"}
	input.doel
	input.grondslag
}

# --- Who takes part in a zaak knows who else does ---

niveaus contains 1 if deelnemer
redenen contains {"tekst": "Uw organisatie doet mee in deze zaak.", "artikel": ""} if deelnemer

deelnemer if {
	input.record.soort == "zaakverband"
	input.lezer.rol in zaakrollen
	niet_van_het_gezin
	input.doel != "toezicht"
	input.grondslag != "AVG-24"
	some d in input.deelnemers
	d.oin == input.lezer.oin
	doet_mee(d)
	not input.lezer.burger
}

# Roles that carry cases, and the case system of a deelnemer.
zaakrollen := {
	"politieagent", "medewerker-veilig-thuis", "raadsonderzoeker", "jeugdbeschermer", "medewerker-wijkteam",
	"procesregisseur", "behandelaar", "systeem",
}

# From its first day on, and no longer once it left.
doet_mee(d) if {
	nu := time.parse_rfc3339_ns(input.nu)
	time.parse_rfc3339_ns(d.vanaf) <= nu
	not weg(d, nu)
}

weg(d, nu) if time.parse_rfc3339_ns(d.tot) <= nu

# --- The family knows who works together around it ---

niveaus contains 1 if gezin
redenen contains {"tekst": "Dit gaat over u.", "artikel": "AVG-15"} if gezin

gezin if {
	input.record.soort == "zaakverband"
	input.lezer.burger
	input.betrokken
	input.doel == "eigen-inzage"
}

# --- The family hears of a look that was found wrong ---

niveaus contains 1 if gezin_signaal
redenen contains {"tekst": "Dit gaat over u.", "artikel": "AVG-15"} if gezin_signaal

gezin_signaal if {
	input.record.soort == "signaal"
	input.lezer.burger
	input.betrokken
	input.doel == "eigen-inzage"
	input.gemeld
}
