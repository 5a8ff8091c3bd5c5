package soh.bekendheid_test

import rego.v1

import data.soh.bekendheid

vt := "00000001002000000000"

gi := "00000001005000000000"

basis := {
	"lezer": {"oin": gi, "soort": "gi", "rol": "jeugdbeschermer", "persoon": "p", "burger": false},
	"doel": "01", "grondslag": "WMO-5.2.6", "zaak": "z1", "gevraagd": 2,
	"record": {"soort": "verrijkingsverzoek", "zaak": "z1", "staat": "", "eigenaar": vt},
	"zelf": false, "betrokken": false, "vrager": vt, "bevraagde": gi, "reden": "01",
}

met(pad, waarde) := json.patch(basis, [{"op": "replace", "path": pad, "value": waarde}])

mag(in_) if bekendheid.besluit.toegestaan with input as in_

test_bevraagde_leest_vraag if mag(basis)

test_regel_leest_vraag if mag(met("/lezer/rol", "systeem"))

test_administratie_niet if {
	b := bekendheid.besluit with input as met("/lezer/rol", "administratie")
	not b.toegestaan
	count(b.redenen) > 0
}

test_andere_organisatie_leest_vraag_niet if {
	b := bekendheid.besluit with input as met("/lezer/oin", "00000001004000000000")
	not b.toegestaan
	contains(b.redenen[0].tekst, "niet aan uw organisatie")
}

test_ander_doel_niet if not mag(met("/doel", "05"))

test_andere_zaak_niet if not mag(met("/zaak", "z2"))

test_andere_grond_niet if not mag(met("/grondslag", "AVG-6-1-a"))

antwoord := json.patch(basis, [
	{"op": "replace", "path": "/record/soort", "value": "verrijking"},
	{"op": "replace", "path": "/lezer", "value": {"oin": vt, "soort": "veilig-thuis", "rol": "medewerker-veilig-thuis", "persoon": "q", "burger": false}},
	{"op": "replace", "path": "/grondslag", "value": "WMO-5.1.6"},
])

test_vrager_leest_antwoord if mag(antwoord)

test_vrager_met_andere_rol_niet if not mag(json.patch(antwoord, [{"op": "replace", "path": "/lezer/rol", "value": "administratie"}]))

test_derde_leest_antwoord_niet if not mag(json.patch(antwoord, [{"op": "replace", "path": "/lezer/oin", "value": "00000001004000000000"}]))

# WMO-5.2.6 opens secrecy towards Veilig Thuis only.
test_andere_soort_vrager_niet if not mag(json.patch(antwoord, [{"op": "replace", "path": "/lezer/soort", "value": "gemeente"}]))

# WMO-5.2.6 does not speak of data of police and criminal law.
test_politiegegevens_alleen_op_een_grond_die_ze_noemt if {
	politie := json.patch(antwoord, [{"op": "add", "path": "/klasse", "value": "I4"}])
	b := bekendheid.besluit with input as politie
	b.toegestaan
	b.plichten == {"niet-doorgeven"}
	not mag(json.patch(politie, [{"op": "replace", "path": "/grondslag", "value": "WMO-5.2.6"}]))
	ander := bekendheid.besluit with input as antwoord
	ander.plichten == set()
}

registratie := json.patch(basis, [{"op": "replace", "path": "/record/soort", "value": "registratie"}])

test_registratie_alleen_eigen if {
	not mag(registratie)
	mag(json.patch(registratie, [{"op": "replace", "path": "/zelf", "value": true}]))
}

# The grounds of Veilig Thuis, and that of a melder, open no record of who is asked.
test_eigen_registratie_op_een_grond_die_past if {
	every soort in ["registratie", "verrijking"] {
		zelf := json.patch(registratie, [{"op": "replace", "path": "/zelf", "value": true}, {"op": "replace", "path": "/record/soort", "value": soort}])
		mag(zelf)
		every g in ["WMO-5.1.6", "UBWMO-4.1.7", "WGS-ZVH", "AVG-15", "AVG-6-1-a", ""] {
			not mag(json.patch(zelf, [{"op": "replace", "path": "/grondslag", "value": g}]))
		}
		every d in ["beoordelen-melding", "eigen-melding", "eigen-inzage", ""] {
			not mag(json.patch(zelf, [{"op": "replace", "path": "/doel", "value": d}]))
		}
		not mag(json.patch(zelf, [{"op": "replace", "path": "/lezer/burger", "value": true}]))
	}
}

test_eigen_vraag_als_wie_vraagt if {
	zelf := json.patch(antwoord, [{"op": "replace", "path": "/zelf", "value": true}, {"op": "replace", "path": "/record/soort", "value": "verrijkingsverzoek"}])
	mag(zelf)
	mag(json.patch(zelf, [{"op": "replace", "path": "/doel", "value": "beoordelen-melding"}]))
	not mag(json.patch(zelf, [{"op": "replace", "path": "/lezer/rol", "value": "politieagent"}]))
	not mag(json.patch(zelf, [{"op": "replace", "path": "/grondslag", "value": "UBWMO-4.1.7"}]))
	not mag(json.patch(zelf, [{"op": "replace", "path": "/lezer/burger", "value": true}]))
}

test_eigen_systeem_zonder_woorden if {
	systeem := json.patch(registratie, [
		{"op": "replace", "path": "/zelf", "value": true}, {"op": "replace", "path": "/lezer/rol", "value": "systeem"},
		{"op": "replace", "path": "/doel", "value": "eigen-melding"}, {"op": "replace", "path": "/grondslag", "value": "UBWMO-4.1.7"},
	])
	mag(systeem)
	not mag(json.patch(systeem, [{"op": "replace", "path": "/zelf", "value": false}]))
	not mag(json.patch(systeem, [{"op": "replace", "path": "/lezer/burger", "value": true}]))
}

gezin := json.patch(registratie, [
	{"op": "replace", "path": "/lezer", "value": {"oin": "00000001003000000000", "soort": "burgerportaal", "rol": "ouder", "persoon": "b", "burger": true}},
	{"op": "replace", "path": "/betrokken", "value": true},
	{"op": "replace", "path": "/doel", "value": "eigen-inzage"},
])

test_gezin_ziet_eigen_registratie if mag(gezin)

test_gezin_ziet_andermans_registratie_niet if not mag(json.patch(gezin, [{"op": "replace", "path": "/betrokken", "value": false}]))

test_gezin_ziet_vraag_niet if not mag(json.patch(gezin, [{"op": "replace", "path": "/record/soort", "value": "verrijkingsverzoek"}]))

test_leeg_niet if not mag({})
