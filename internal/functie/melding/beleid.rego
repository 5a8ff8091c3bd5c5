# Policy of samenwerkfunctie 1, Uitwisselen Melding. Deny by default: a look is
# allowed only when one of the rules below names it.
package soh.melding

import rego.v1

# Who may receive a melding, as what, and on which legal ground.
# WMO-5.2.6: anyone may give Veilig Thuis what is needed to examine abuse.
# WMO-5.1.6: Veilig Thuis processes such data once a melding exists.
ontvangst := {
	"veilig-thuis": {"rol": "medewerker-veilig-thuis", "naam": "een medewerker Veilig Thuis", "gronden": {"WMO-5.1.6", "WMO-5.2.6"}},
	"zvh": {"rol": "procesregisseur", "naam": "een procesregisseur", "gronden": {"WGS-ZVH"}},
}

# On which ground the melder follows its own melding, by who receives it: the
# melder at Veilig Thuis learns which steps followed (Uitvoeringsbesluit Wmo
# 2015, 4.1.7). For a zorg- en veiligheidshuis no source names a ground; the one
# of the melding itself is our choice.
volggrond := {"veilig-thuis": "UBWMO-4.1.7", "zvh": "WGS-ZVH"}

# Roles that carry a case at the organisation that made the melding.
melders := {"politieagent", "medewerker-wijkteam", "jeugdbeschermer", "behandelaar", "raadsonderzoeker", "procesregisseur", "medewerker-veilig-thuis", "systeem"}

# Most rules name the kind of record first: the evaluator then skips them for
# every other kind.
besluit := {"toegestaan": true, "niveau": niveau, "gemaskeerd": gemaskeerd, "redenen": redenen} if {
	redenen != set()
} else := {"toegestaan": false, "niveau": 0, "gemaskeerd": [], "redenen": [r | some r in bezwaren]}

# The highest of what holds.
niveau := 2 if {
	input.record.soort == "melding"
	eigen_melding
} else := 2 if {
	input.record.soort == "melding"
	ontvanger_leest
} else := 2 if {
	input.record.soort == "beoordeling"
	eigen_beoordeling
} else := 2 if {
	input.record.soort == "beoordeling"
	overnemer_leest
} else := 1 if {
	input.record.soort == "beoordeling"
	melder_leest_uitkomst
} else := 1 if {
	gezin_leest
}

# --- The melding, at its source ---

redenen contains {"tekst": "Dit is een melding van uw eigen organisatie.", "artikel": input.grondslag} if {
	input.record.soort == "melding"
	eigen_melding
}

# On the ground of who receives it: what holds towards Veilig Thuis says nothing
# about a melding to a zorg- en veiligheidshuis, and the other way round.
eigen_melding if {
	input.record.soort == "melding"
	input.zelf
	input.doel == "eigen-melding"
	input.grondslag == volggrond[input.aan]
	input.lezer.rol in melders
	not input.lezer.burger
}

# The own case system keeps its own file, on the words with which it looks when it
# says nothing.
eigen_melding if {
	input.record.soort == "melding"
	input.zelf
	eigen_systeem
}

eigen_systeem if {
	input.lezer.rol == "systeem"
	input.doel == "eigen-melding"
	input.grondslag == "UBWMO-4.1.7"
	not input.lezer.burger
}

redenen contains {"tekst": "Uw organisatie beoordeelt deze melding.", "artikel": input.grondslag} if {
	input.record.soort == "melding"
	ontvanger_leest
}

ontvanger_leest if {
	input.record.soort == "melding"
	is_ontvanger
	juiste_rol
	input.doel == "beoordelen-melding"
	juiste_grond
	input.zaak == input.record.zaak
	not input.lezer.burger
}

# --- The beoordeling, at the receiver ---

redenen contains {"tekst": "Uw organisatie beoordeelt deze melding.", "artikel": input.grondslag} if {
	input.record.soort == "beoordeling"
	eigen_beoordeling
}

eigen_beoordeling if {
	input.record.soort == "beoordeling"
	input.zelf
	input.doel == "beoordelen-melding"
	juiste_rol
	juiste_grond
	not input.lezer.burger
}

# The own case system keeps its own file.
eigen_beoordeling if {
	input.record.soort == "beoordeling"
	input.zelf
	eigen_systeem
}

eigen_beoordeling if {
	input.record.soort == "beoordeling"
	input.zelf
	input.lezer.rol == "systeem"
	input.doel == "beoordelen-melding"
	juiste_grond
	not input.lezer.burger
}

# The melder learns what followed, no more (Uitvoeringsbesluit Wmo 2015, 4.1.7).
redenen contains {"tekst": "U deed deze melding en mag weten wat ermee is gedaan.", "artikel": input.grondslag} if {
	input.record.soort == "beoordeling"
	melder_leest_uitkomst
}

melder_leest_uitkomst if {
	input.record.soort == "beoordeling"
	input.lezer.oin == input.melder
	input.lezer.rol in melders
	input.doel == "eigen-melding"
	input.grondslag == volggrond[input.aan]
	not input.lezer.burger
}

# The local team that was asked to take the family over reads what it needs to
# (Wmo 2015, 4.1.1); who melded, and what the melder was told, it does not.
redenen contains {"tekst": "Uw organisatie is gevraagd om dit gezin over te nemen.", "artikel": input.grondslag} if {
	input.record.soort == "beoordeling"
	overnemer_leest
}

overnemer_leest if {
	input.record.soort == "beoordeling"
	input.lezer.oin == input.overnemer
	input.lezer.soort == "gemeente"
	input.lezer.rol == "medewerker-wijkteam"
	input.doel == "overnemen"
	input.grondslag == "WMO-4.1.1"
	input.zaak == input.record.zaak
	not input.lezer.burger
}

default gemaskeerd := []

gemaskeerd := ["melding", "opdracht", "toelichtingMelder"] if {
	input.record.soort == "beoordeling"
	overnemer_leest
}

# --- The family ---

redenen contains {"tekst": "Dit gaat over u.", "artikel": "AVG-15"} if {
	input.lezer.burger
	gezin_leest
}

gezin_leest if {
	input.lezer.burger
	input.betrokken
	input.doel == "eigen-inzage"
	not afgeschermd
}

# A shielded melder's own record stays unseen by the family (Uitvoeringsbesluit
# Wmo 2015, 4.1.8 lid 3); the
# receiver's beoordeling never names the melder.
afgeschermd if {
	input.record.soort == "melding"
	input.afgeschermd
}

# --- Why not: reasons that a professional can act on ---

is_ontvanger if input.lezer.oin == input.ontvanger
juiste_rol if ontvangst[input.lezer.soort].rol == input.lezer.rol
juiste_grond if input.grondslag in ontvangst[input.lezer.soort].gronden

bezwaren contains {"tekst": sprintf("Alleen %s mag deze melding lezen. U bent aangemeld met een andere rol.", [ontvangst[input.lezer.soort].naam]), "gezin": "Deze persoon heeft ander werk. Daarbij hoort het lezen van deze melding niet.", "artikel": "WMO-5.1.6"} if {
	is_ontvanger
	not juiste_rol
}

bezwaren contains {"tekst": "Kies een doel en een wettelijke grondslag die bij het beoordelen van een melding horen.", "gezin": "Deze persoon gaf geen reden die bij de melding past.", "artikel": "WMO-5.1.6"} if {
	is_ontvanger
	juiste_rol
	not doel_en_grond
}

doel_en_grond if {
	input.doel == "beoordelen-melding"
	juiste_grond
}

bezwaren contains {"tekst": "U leest vanuit een andere zaak dan die van deze melding.", "gezin": "Deze persoon werkte aan iets anders dan deze melding.", "artikel": ""} if {
	is_ontvanger
	juiste_rol
	doel_en_grond
	input.zaak != input.record.zaak
}

bezwaren contains {"tekst": "Uw organisatie is geen ontvanger van deze melding.", "gezin": "De melding is niet voor deze organisatie.", "artikel": ""} if {
	input.record.soort == "melding"
	not is_ontvanger
	not input.zelf
	not input.lezer.burger
}

bezwaren contains {"tekst": "Uw rol mag meldingen van uw eigen organisatie niet lezen.", "gezin": "Deze persoon heeft ander werk. Daarbij hoort het lezen van meldingen niet.", "artikel": ""} if {
	input.zelf
	not is_ontvanger
	not input.lezer.burger
}

bezwaren contains {"tekst": "Uw organisatie deed deze melding niet en beoordeelt die ook niet.", "gezin": "Deze organisatie deed de melding niet en beoordeelt die ook niet.", "artikel": ""} if {
	input.record.soort == "beoordeling"
	not input.zelf
	not input.lezer.burger
	input.lezer.oin != input.melder
}

bezwaren contains {"tekst": "Deze grondslag past niet bij het volgen van uw eigen melding.", "gezin": "Deze persoon gaf geen reden die bij de melding past.", "artikel": "UBWMO-4.1.7"} if {
	input.doel == "eigen-melding"
	not volggrond_klopt
	not input.lezer.burger
}

volggrond_klopt if input.grondslag == volggrond[input.aan]

bezwaren contains {"tekst": "U kunt deze gegevens hier niet inzien.", "gezin": "Deze persoon mag dit hier niet zien.", "artikel": ""} if input.lezer.burger
