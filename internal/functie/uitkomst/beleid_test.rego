package soh.uitkomst_test

import rego.v1

import data.soh.uitkomst

# One base input: the police, at the table. Each test changes one thing.
basis := {
	"lezer": {"oin": "00000001005000000000", "soort": "politie", "rol": "politieagent", "persoon": "p1", "burger": false},
	"doel": "uitvoeren",
	"grondslag": "AVG-6-1-e",
	"zaak": "urn:soh:zaak:1",
	"gevraagd": 2,
	"klasse": "I3",
	"record": {"soort": "uitkomst", "zaak": "urn:soh:zaak:1", "staat": "beschikbaar", "eigenaar": "00000001003000000000"},
	"zelf": false,
	"betrokken": false,
	"aanTafel": ["00000001003000000000", "00000001005000000000"],
	"uitvoerders": ["00000001007000000000"],
}

met(pad, waarde) := json.patch(basis, [{"op": "replace", "path": pad, "value": waarde}])

mag(in_) if uitkomst.besluit.toegestaan with input as in_

eigen := json.patch(basis, [
	{"op": "replace", "path": "/zelf", "value": true}, {"op": "replace", "path": "/lezer/soort", "value": "gemeente"},
	{"op": "replace", "path": "/lezer/rol", "value": "medewerker-wijkteam"}, {"op": "replace", "path": "/grondslag", "value": "JW-2.3"},
])

gezin := json.patch(basis, [
	{"op": "replace", "path": "/lezer/burger", "value": true}, {"op": "replace", "path": "/betrokken", "value": true},
	{"op": "replace", "path": "/doel", "value": "eigen-inzage"}, {"op": "replace", "path": "/lezer/oin", "value": "00000001002000000000"},
])

test_aan_tafel_leest_alles if {
	b := uitkomst.besluit with input as basis
	b.niveau == 2
	count(b.gemaskeerd) == 0
}

test_wie_iets_moet_doen_leest_wat if {
	b := uitkomst.besluit with input as met("/lezer/oin", "00000001007000000000")
	b.niveau == 2
	"notulen" in b.gemaskeerd
}

test_vreemde_niet if not mag(met("/lezer/oin", "00000001009000000000"))

test_rol_niet if not mag(met("/lezer/rol", "administratie"))

test_doel_niet if not mag(met("/doel", "hulp"))

test_grond_niet if not mag(met("/grondslag", "WMO-4.1.1"))

test_zaak_niet if not mag(met("/zaak", "urn:soh:zaak:2"))

test_concept_niet if not mag(met("/record/staat", "concept"))

test_vastgesteld_niet if not mag(met("/record/staat", "vastgesteld"))

test_ingetrokken_alleen_dat if {
	b := uitkomst.besluit with input as met("/record/staat", "ingetrokken")
	b.niveau == 1
}

test_politiegegevens_geheim if {
	b := uitkomst.besluit with input as met("/klasse", "I4")
	"niet-doorgeven" in b.plichten
}

test_partij_handelt_niet if {
	h := uitkomst.handelingen with input as basis
	count(h) == 0
}

test_eigen_handelt if {
	h := uitkomst.handelingen with input as eigen
	count(h) == 6
}

test_eigen_administratie_handelt_niet if {
	h := uitkomst.handelingen with input as json.patch(eigen, [{"op": "replace", "path": "/lezer/rol", "value": "administratie"}])
	count(h) == 0
}

test_gezin_leest_proces if {
	b := uitkomst.besluit with input as gezin
	b.toegestaan
	b.niveau == 1
}

test_gezin_concept_niet if not mag(json.patch(gezin, [{"op": "replace", "path": "/record/staat", "value": "vastgesteld"}]))

test_gezin_niet_betrokken if not mag(json.patch(gezin, [{"op": "replace", "path": "/betrokken", "value": false}]))

test_gezin_handelt_niet if {
	h := uitkomst.handelingen with input as gezin
	count(h) == 0
}
