# Policy of samenwerkfunctie 9, Uitwisselen Uitkomst Overleg. Deny by default: a look or an
# act is allowed only when one of the rules below names it.
package soh.uitkomst

import rego.v1

# Who carries a case: reads what was agreed in order to do it.
werkers := {"politieagent", "medewerker-wijkteam", "jeugdbeschermer", "behandelaar", "raadsonderzoeker", "procesregisseur", "medewerker-veilig-thuis"}

# On which ground, by kind of organisation; every other on its own public task. The law
# names none for reading what was agreed: a choice that the field has to confirm.
gronden := {"veilig-thuis": "WMO-4.1.1", "gemeente": "JW-2.3", "gi": "JW-3.1", "ggz": "JW-7.3.11", "zvh": "WGS-ZVH"}

grond := object.get(gronden, input.lezer.soort, "AVG-6-1-e")

besluit := {"toegestaan": true, "niveau": niveau, "gemaskeerd": gemaskeerd, "plichten": plichten, "redenen": redenen} if {
	redenen != set()
} else := {"toegestaan": false, "niveau": 0, "gemaskeerd": [], "redenen": [r | some r in bezwaren]}

niveau := 2 if {
	eigen
} else := 2 if {
	partij_leest
} else := 1

# --- Who organised the overleg keeps it ---

redenen contains {"tekst": "Dit is van uw eigen organisatie.", "artikel": input.grondslag} if eigen

eigen if {
	input.record.soort == "uitkomst"
	input.zelf
	input.lezer.rol in werkers | {"systeem"}
	juiste_woorden
	not input.lezer.burger
}

# --- Who sat at the table, or has something to do ---

redenen contains {"tekst": "Uw organisatie deed mee aan het overleg, of moet iets doen.", "artikel": input.grondslag} if partij_leest

redenen contains {"tekst": "Uw organisatie las deze uitkomst. Zij is ingetrokken.", "artikel": input.grondslag} if partij_na_intrekken

partij_leest if {
	partij
	input.record.staat == "beschikbaar"
}

# What does not hold any more is not read any more; that it does not, is.
partij_na_intrekken if {
	partij
	input.record.staat == "ingetrokken"
}

partij if {
	input.record.soort == "uitkomst"
	is_partij
	input.lezer.rol in werkers
	juiste_woorden
	input.zaak == input.record.zaak
	not input.lezer.burger
}

is_partij if input.lezer.oin in input.aanTafel
is_partij if input.lezer.oin in input.uitvoerders

juiste_woorden if {
	input.doel == "uitvoeren"
	input.grondslag == grond
}

default gemaskeerd := []

# Who was not there reads what to do, not what was said.
gemaskeerd := ["gedeeldBeeld", "gehoord", "notulen", "onderbouwing"] if {
	partij_leest
	not input.lezer.oin in input.aanTafel
	not input.zelf
}

# Who gets police data keeps it secret (Wpg 7 lid 2).
plichten contains "niet-doorgeven" if {
	partij_leest
	input.klasse == "I4"
	not input.zelf
}

# --- The family: not before it is made available ---

redenen contains {"tekst": "Dit gaat over u.", "artikel": "AVG-15"} if gezin_leest

gezin_leest if {
	input.lezer.burger
	input.betrokken
	input.doel == "eigen-inzage"
	input.record.staat in {"beschikbaar", "ingetrokken"}
}

# --- Acts: who keeps it; a party only reads ---

handelingen contains daad if {
	some daad in {"maken", "wijzigen", "vaststellen", "beschikbaarstellen", "herzien", "intrekken"}
	eigen
}

# --- Why not ---

bezwaren contains {"tekst": "Uw organisatie deed niet mee aan dit overleg en hoeft niets te doen.", "gezin": "Deze organisatie deed niet mee aan het overleg.", "artikel": ""} if {
	not is_partij
	not input.zelf
	not input.lezer.burger
}

bezwaren contains {"tekst": "Met uw rol kunt u uitkomsten van overleg niet lezen.", "gezin": "Deze persoon heeft ander werk.", "artikel": ""} if {
	not input.lezer.rol in werkers | {"systeem"}
	not input.lezer.burger
}

bezwaren contains {"tekst": "Kies als doel ‘doen wat is afgesproken’, en de grondslag die daar bij uw organisatie bij hoort.", "gezin": "Deze persoon gaf geen reden die bij de afspraken past.", "artikel": ""} if {
	not juiste_woorden
	not input.lezer.burger
}

bezwaren contains {"tekst": "U leest vanuit een andere zaak dan die van deze uitkomst.", "gezin": "Deze persoon werkte aan iets anders.", "artikel": ""} if {
	is_partij
	not input.zelf
	not input.lezer.burger
	input.zaak != input.record.zaak
}

bezwaren contains {"tekst": "Deze uitkomst is nog niet beschikbaar.", "gezin": "De afspraken waren nog niet klaar.", "artikel": ""} if {
	is_partij
	not input.zelf
	not input.lezer.burger
	not input.record.staat in {"beschikbaar", "ingetrokken"}
}

bezwaren contains {"tekst": "U kunt deze gegevens hier niet inzien.", "gezin": "Deze persoon mag dit hier niet zien.", "artikel": ""} if input.lezer.burger
