package soh.inrichting_test

import rego.v1

import data.soh.inrichting

basis := {
	"lezer": {"oin": "1", "rol": "privacyfunctionaris", "burger": false}, "zelf": true, "doel": "toezicht", "betrokken": false,
	"record": {"soort": "afscherming"}, "deelnemers": [],
}

test_privacyfunctionaris_ziet_alles if inrichting.besluit.niveau == 2 with input as basis

test_auditor_ziet_alles if inrichting.besluit.toegestaan with input as object.union(basis, {"lezer": {"rol": "auditor"}})

test_ander_doel_niet if not inrichting.besluit.toegestaan with input as object.union(basis, {"doel": "eigen-melding"})

test_andere_organisatie_niet if not inrichting.besluit.toegestaan with input as object.union(basis, {"zelf": false})

test_andere_rol_niet if {
	every rol in ["politieagent", "medewerker-veilig-thuis", "administratie", "ouder"] {
		not inrichting.besluit.toegestaan with input as object.union(basis, {"lezer": {"rol": rol}})
	}
}

test_burger_ziet_geen_afscherming if {
	every soort in ["afscherming", "toestemming", "gezagsfeit", "noodtoegang", "maatregel"] {
		not inrichting.besluit.toegestaan with input as object.union(basis, {"zelf": false, "betrokken": true, "doel": "eigen-inzage", "record": {"soort": soort}, "lezer": {"rol": "ouder", "burger": true}})
	}
}

test_deelnemer_ziet_wie_meedoen if {
	b := inrichting.besluit with input as object.union(basis, {"zelf": false, "doel": "hulp", "record": {"soort": "zaakverband"}, "deelnemers": ["1"], "lezer": {"rol": "behandelaar"}})
	b.niveau == 1
}

test_vreemde_ziet_niet_wie_meedoen if not inrichting.besluit.toegestaan with input as object.union(basis, {"zelf": false, "doel": "hulp", "record": {"soort": "zaakverband"}, "deelnemers": ["2"]})

test_gezin_ziet_wie_samenwerken if inrichting.besluit.niveau == 1 with input as object.union(basis, {"zelf": false, "betrokken": true, "doel": "eigen-inzage", "record": {"soort": "zaakverband"}, "lezer": {"rol": "ouder", "burger": true}})
