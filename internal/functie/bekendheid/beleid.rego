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

# Grounds that name data of police and criminal law: WMO-5.1.6 lets Veilig Thuis
# process it; WMO-5.2.6 does not speak of it.
strafgronden := {"WMO-5.1.6"}

# Most rules name the kind of record first: the evaluator then skips them for
# every other kind.
besluit := {"toegestaan": true, "niveau": niveau, "gemaskeerd": [], "plichten": plichten, "redenen": redenen} if {
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
	grond_past
}

# What the answer holds: see strafgronden.
grond_past if not strafrecht
grond_past if input.grondslag in strafgronden

strafrecht if input.klasse == "I4"

# Who gets police data keeps it secret (Wpg 7 lid 2).
plichten contains "niet-doorgeven" if {
	input.record.soort == "verrijking"
	vrager_leest
	strafrecht
}

# --- Own records ---

redenen contains {"tekst": "Dit is een gegeven van uw eigen organisatie.", "artikel": input.grondslag} if {
	input.zelf
	eigen
}

# What one asked oneself: as who asks.
eigen if {
	input.zelf
	weegt
}

# What one answered, and what one keeps to answer from: as who answers. The
# ground of Veilig Thuis is not that of the organisation it asks.
eigen if {
	input.zelf
	input.record.soort in {"registratie", "verrijking"}
	input.lezer.rol in antwoorders
	input.doel == "01"
	input.grondslag in antwoordgronden
	not input.lezer.burger
}

# The own case system keeps its own file, on the words with which it looks when it
# says nothing.
eigen if {
	input.zelf
	input.record.soort in {"registratie", "verrijking", "verrijkingsverzoek"}
	input.lezer.rol == "systeem"
	input.doel == "eigen-melding"
	input.grondslag == "UBWMO-4.1.7"
	not input.lezer.burger
}

# Who asks also keeps what itself has, to weigh a melding.
weegt if {
	input.record.soort in {"registratie", "verrijking", "verrijkingsverzoek"}
	v := vragers[input.lezer.soort]
	input.lezer.rol in {v.rol, "systeem"}
	input.doel in {"beoordelen-melding"} | v.redenen
	input.grondslag in v.gronden
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

bezwaren contains {"tekst": "Deze vraag is niet aan uw organisatie gesteld.", "gezin": "De vraag is niet aan deze organisatie gesteld.", "artikel": ""} if {
	input.record.soort == "verrijkingsverzoek"
	not is_bevraagde
	not input.zelf
	not input.lezer.burger
}

bezwaren contains {"tekst": "Dit antwoord is niet voor uw organisatie.", "gezin": "Het antwoord is niet voor deze organisatie.", "artikel": ""} if {
	input.record.soort == "verrijking"
	not is_vrager
	not input.zelf
	not input.lezer.burger
}

bezwaren contains {"tekst": "Uw rol mag dit niet lezen.", "gezin": "Deze persoon heeft ander werk. Daarbij hoort dit niet.", "artikel": ""} if {
	input.record.soort == "verrijking"
	is_vrager
	not juiste_vrager
	not input.lezer.burger
}

bezwaren contains {"tekst": "Uw rol mag dit niet lezen.", "gezin": "Deze persoon heeft ander werk. Daarbij hoort dit niet.", "artikel": ""} if {
	is_bevraagde
	not input.lezer.rol in antwoorders
	not input.lezer.burger
}

bezwaren contains {"tekst": "Het doel of de zaak past niet bij deze vraag.", "gezin": "Deze persoon gaf geen reden die bij de vraag past.", "artikel": ""} if {
	mijn_kant
	not doel_en_zaak
	not input.lezer.burger
}

bezwaren contains {"tekst": "Deze grondslag geldt hier niet.", "gezin": "Deze persoon gaf geen reden die bij de vraag past.", "artikel": ""} if {
	input.record.soort == "verrijkingsverzoek"
	is_bevraagde
	not input.grondslag in antwoordgronden
	not input.lezer.burger
}

bezwaren contains {"tekst": "Alleen de organisatie zelf mag dit lezen.", "gezin": "Alleen de organisatie die dit opschreef, mag het lezen.", "artikel": ""} if {
	input.record.soort == "registratie"
	not input.zelf
	not input.lezer.burger
}

bezwaren contains {"tekst": "Uw rol, doel of grondslag past niet bij dit gegeven.", "gezin": "Deze persoon heeft ander werk, of gaf geen reden die past.", "artikel": ""} if {
	input.zelf
	not eigen
	not input.lezer.burger
}

bezwaren contains {"tekst": "U kunt deze gegevens hier niet inzien.", "gezin": "Deze persoon mag dit hier niet zien.", "artikel": ""} if input.lezer.burger

mijn_kant if is_bevraagde
mijn_kant if is_vrager

doel_en_zaak if {
	input.doel == input.reden
	input.zaak == input.record.zaak
}
