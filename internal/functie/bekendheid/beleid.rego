# Policy of samenwerkfunctie 3, Bepalen Bekendheid & Verrijking.
# Deny by default.
package soh.bekendheid

import rego.v1

# Who may answer for an organisation; "systeem" is its automatic rule.
antwoorders := {"politieagent", "medewerker-wijkteam", "jeugdbeschermer", "behandelaar", "raadsonderzoeker", "procesregisseur", "medewerker-veilig-thuis", "systeem"}

# Who may ask, for which reason, and read the answer on which ground.
# WMO-5.1.6: Veilig Thuis processes data from other parties once a melding exists.
vragers := {"veilig-thuis": {"rol": "medewerker-veilig-thuis", "redenen": {"01"}, "gronden": {"WMO-5.1.6", "WMO-5.2.6"}}}

# Grounds on which one may look at a question in order to answer it.
# WMO-5.2.6 holds towards Veilig Thuis only; the asker's own kind is checked there.
antwoordgronden := {"WMO-5.2.6"}

# Grounds on which an organisation looks at its own answers and registrations:
# to follow its own melding, or to answer and weigh one.
eigengronden := {"UBWMO-4.1.7", "WMO-5.1.6", "WMO-5.2.6"}

# Most rules name the kind of record first: the evaluator then skips them for
# every other kind.
besluit := {"toegestaan": true, "niveau": niveau, "gemaskeerd": [], "redenen": redenen} if {
	redenen != set()
} else := {"toegestaan": false, "niveau": 0, "gemaskeerd": [], "redenen": [r | some r in bezwaren]}

# The highest of what holds.
niveau := 2 if {
	input.record.soort == "verrijkingsverzoek"
	bevraagde_leest
} else := 2 if {
	input.record.soort == "verrijking"
	vrager_leest
} else := 2 if {
	eigen
} else := 1 if {
	gezin
}

# --- The question, at the asker ---

redenen contains {"tekst": "Deze vraag is aan uw organisatie gesteld.", "artikel": input.grondslag} if {
	input.record.soort == "verrijkingsverzoek"
	bevraagde_leest
}

bevraagde_leest if {
	is_bevraagde
	input.lezer.rol in antwoorders
	input.doel == input.reden
	input.grondslag in antwoordgronden
	input.zaak == input.record.zaak
	not input.lezer.burger
}

# --- The answer, at its source ---

redenen contains {"tekst": "Dit is het antwoord op de vraag van uw organisatie.", "artikel": input.grondslag} if {
	input.record.soort == "verrijking"
	vrager_leest
}

vrager_leest if {
	is_vrager
	juiste_vrager
	input.doel == input.reden
	input.zaak == input.record.zaak
	not input.lezer.burger
}

juiste_vrager if {
	v := vragers[input.lezer.soort]
	v.rol == input.lezer.rol
	input.reden in v.redenen
	input.grondslag in v.gronden
}

# --- Own records ---

redenen contains {"tekst": "Dit is een gegeven van uw eigen organisatie.", "artikel": input.grondslag} if {
	input.zelf
	eigen
}

eigen if {
	input.zelf
	input.record.soort in {"registratie", "verrijking", "verrijkingsverzoek"}
	input.lezer.rol in antwoorders
	input.doel in {"01", "beoordelen-melding", "eigen-melding"}
	input.grondslag in eigengronden
	not input.lezer.burger
}

# --- The family ---

redenen contains {"tekst": "Dit gaat over u.", "artikel": "AVG-15"} if {
	input.lezer.burger
	gezin
}

gezin if {
	input.record.soort in {"registratie", "verrijking"}
	input.lezer.burger
	input.betrokken
	input.doel == "eigen-inzage"
}

# --- Why not ---

is_bevraagde if input.lezer.oin == input.bevraagde
is_vrager if input.lezer.oin == input.vrager

bezwaren contains {"tekst": "Deze vraag is niet aan uw organisatie gesteld.", "artikel": ""} if {
	input.record.soort == "verrijkingsverzoek"
	not is_bevraagde
	not input.zelf
	not input.lezer.burger
}

bezwaren contains {"tekst": "Dit antwoord is niet voor uw organisatie.", "artikel": ""} if {
	input.record.soort == "verrijking"
	not is_vrager
	not input.zelf
	not input.lezer.burger
}

bezwaren contains {"tekst": "Uw rol mag dit niet lezen.", "artikel": ""} if {
	input.record.soort == "verrijking"
	is_vrager
	not juiste_vrager
	not input.lezer.burger
}

bezwaren contains {"tekst": "Uw rol mag dit niet lezen.", "artikel": ""} if {
	is_bevraagde
	not input.lezer.rol in antwoorders
	not input.lezer.burger
}

bezwaren contains {"tekst": "Het doel of de zaak past niet bij deze vraag.", "artikel": ""} if {
	mijn_kant
	not doel_en_zaak
	not input.lezer.burger
}

bezwaren contains {"tekst": "Deze grondslag geldt hier niet.", "artikel": ""} if {
	input.record.soort == "verrijkingsverzoek"
	is_bevraagde
	not input.grondslag in antwoordgronden
	not input.lezer.burger
}

bezwaren contains {"tekst": "Alleen de organisatie zelf mag dit lezen.", "artikel": ""} if {
	input.record.soort == "registratie"
	not input.zelf
	not input.lezer.burger
}

bezwaren contains {"tekst": "Uw rol, doel of grondslag past niet bij dit gegeven.", "artikel": ""} if {
	input.zelf
	not eigen
	not input.lezer.burger
}

bezwaren contains {"tekst": "U kunt deze gegevens hier niet inzien.", "artikel": ""} if input.lezer.burger

mijn_kant if is_bevraagde
mijn_kant if is_vrager

doel_en_zaak if {
	input.doel == input.reden
	input.zaak == input.record.zaak
}
