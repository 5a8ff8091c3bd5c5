package soh.melding_test

import rego.v1

import data.soh.melding

# One base input; each test changes one thing.
basis := {
	"lezer": {"oin": "00000001002000000000", "soort": "veilig-thuis", "rol": "medewerker-veilig-thuis", "persoon": "p1", "burger": false},
	"doel": "beoordelen-melding",
	"grondslag": "WMO-5.1.6",
	"zaak": "urn:soh:zaak:1",
	"gevraagd": 2,
	"record": {"soort": "melding", "zaak": "urn:soh:zaak:1", "staat": "aangeboden", "eigenaar": "00000001001000000000"},
	"zelf": false,
	"betrokken": false,
	"ontvanger": "00000001002000000000",
	"melder": "00000001001000000000",
	"afgeschermd": false,
}

met(pad, waarde) := json.patch(basis, [{"op": "replace", "path": pad, "value": waarde}])

mag(in_) if melding.besluit.toegestaan with input as in_

test_ontvanger_leest_inhoud if {
	b := melding.besluit with input as basis
	b.toegestaan
	b.niveau == 2
	count(b.redenen) == 1
}

test_verkeerde_rol_met_reden if {
	b := melding.besluit with input as met("/lezer/rol", "administratie")
	not b.toegestaan
	contains(b.redenen[0].tekst, "andere rol")
}

test_zonder_melding_geen_grond if not mag(met("/grondslag", "AVG-6-1-a"))

test_ander_doel if not mag(met("/doel", "05"))

test_andere_zaak if not mag(met("/zaak", "urn:soh:zaak:2"))

test_lege_zaak if not mag(met("/zaak", ""))

test_andere_organisatie if not mag(met("/lezer/oin", "00000001009000000000"))

test_ander_veilig_thuis_is_geen_ontvanger if {
	b := melding.besluit with input as met("/ontvanger", "00000001008000000000")
	not b.toegestaan
	contains(b.redenen[0].tekst, "geen ontvanger")
}

eigen := json.patch(basis, [
	{"op": "replace", "path": "/lezer", "value": {"oin": "00000001001000000000", "soort": "politie", "rol": "politieagent", "persoon": "p2", "burger": false}},
	{"op": "replace", "path": "/zelf", "value": true},
	{"op": "replace", "path": "/doel", "value": "eigen-melding"},
	{"op": "replace", "path": "/grondslag", "value": "UBWMO-4.1.7"},
	{"op": "add", "path": "/aan", "value": "veilig-thuis"},
])

# What holds towards Veilig Thuis says nothing about a zorg- en veiligheidshuis.
test_eigen_melding_op_de_grond_van_de_ontvanger if {
	naar_zvh := json.patch(eigen, [{"op": "replace", "path": "/aan", "value": "zvh"}])
	mag(json.patch(naar_zvh, [{"op": "replace", "path": "/grondslag", "value": "WGS-ZVH"}]))
	not mag(naar_zvh)
	not mag(json.patch(eigen, [{"op": "replace", "path": "/grondslag", "value": "WGS-ZVH"}]))
	not mag(json.remove(eigen, ["/aan"]))
}

# The own case system: with its own words or those of who weighs, not with any.
test_eigen_systeem if {
	every soort in ["melding", "beoordeling"] {
		systeem := json.patch(eigen, [{"op": "replace", "path": "/lezer/rol", "value": "systeem"}, {"op": "replace", "path": "/record/soort", "value": soort}])
		mag(systeem)
		not mag(json.patch(systeem, [{"op": "replace", "path": "/doel", "value": "eigen-inzage"}]))
		not mag(json.patch(systeem, [{"op": "replace", "path": "/grondslag", "value": "AVG-15"}]))
		not mag(json.patch(systeem, [{"op": "replace", "path": "/zelf", "value": false}, {"op": "replace", "path": "/melder", "value": "9"}]))
		not mag(json.patch(systeem, [{"op": "replace", "path": "/lezer/burger", "value": true}]))
	}
}

# WMO-5.2.6 lets a melder give, not look.
test_eigen_melding_vraagt_de_grond_van_de_melder if {
	every g in ["WMO-5.2.6", "WMO-5.1.6", "WMO-4.1.1", "AVG-15", ""] {
		b := melding.besluit with input as json.patch(eigen, [{"op": "replace", "path": "/grondslag", "value": g}])
		not b.toegestaan
		some r in b.redenen
		contains(r.tekst, "past niet")
	}
}

test_eigen_melding if mag(eigen)

test_eigen_administratie_niet if not mag(json.patch(eigen, [{"op": "replace", "path": "/lezer/rol", "value": "administratie"}]))

gezin := json.patch(basis, [
	{"op": "replace", "path": "/lezer", "value": {"oin": "00000001003000000000", "soort": "burgerportaal", "rol": "ouder", "persoon": "b1", "burger": true}},
	{"op": "replace", "path": "/betrokken", "value": true},
	{"op": "replace", "path": "/doel", "value": "eigen-inzage"},
])

test_gezin_ziet_proces if {
	b := melding.besluit with input as gezin
	b.toegestaan
	b.niveau == 1
}

test_gezin_ziet_afgeschermde_melding_niet if not mag(json.patch(gezin, [{"op": "replace", "path": "/afgeschermd", "value": true}]))

test_gezin_ziet_beoordeling_bij_afgeschermde_melder if mag(json.patch(gezin, [
	{"op": "replace", "path": "/afgeschermd", "value": true},
	{"op": "replace", "path": "/record/soort", "value": "beoordeling"},
]))

test_niet_betrokken_burger if not mag(json.patch(gezin, [{"op": "replace", "path": "/betrokken", "value": false}]))

# A citizen's session never turns into a professional's right.
test_burger_als_ontvanger_niet if not mag(json.patch(basis, [{"op": "replace", "path": "/lezer/burger", "value": true}, {"op": "replace", "path": "/lezer/rol", "value": "ouder"}]))

uitkomst := json.patch(basis, [
	{"op": "replace", "path": "/record/soort", "value": "beoordeling"},
	{"op": "replace", "path": "/lezer", "value": {"oin": "00000001001000000000", "soort": "politie", "rol": "politieagent", "persoon": "p2", "burger": false}},
	{"op": "replace", "path": "/doel", "value": "eigen-melding"},
	{"op": "replace", "path": "/grondslag", "value": "UBWMO-4.1.7"},
	{"op": "add", "path": "/aan", "value": "veilig-thuis"},
])

test_uitkomst_vraagt_de_grond_van_de_ontvanger if {
	every g in ["WMO-5.2.6", "WMO-4.1.1", "WGS-ZVH"] {
		not mag(json.patch(uitkomst, [{"op": "replace", "path": "/grondslag", "value": g}]))
	}
	mag(json.patch(uitkomst, [{"op": "replace", "path": "/grondslag", "value": "WGS-ZVH"}, {"op": "replace", "path": "/aan", "value": "zvh"}]))
	not mag(json.patch(uitkomst, [{"op": "replace", "path": "/aan", "value": "gemeente"}]))
	not mag(json.remove(uitkomst, ["/aan"]))
}

test_burger_met_de_rol_van_een_professional_niet if {
	every in_ in [basis, eigen, uitkomst, json.patch(basis, [{"op": "replace", "path": "/record/soort", "value": "beoordeling"}, {"op": "replace", "path": "/zelf", "value": true}])] {
		mag(in_)
		not mag(json.patch(in_, [{"op": "replace", "path": "/lezer/burger", "value": true}]))
	}
}

test_melder_ziet_uitkomst_op_niveau_1 if {
	b := melding.besluit with input as uitkomst
	b.toegestaan
	b.niveau == 1
}

test_andere_partij_ziet_uitkomst_niet if not mag(json.patch(uitkomst, [{"op": "replace", "path": "/lezer/oin", "value": "00000001009000000000"}]))

test_lege_invoer_geweigerd if not mag({})
