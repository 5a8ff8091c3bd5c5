package soh.inrichting_test

import rego.v1

import data.soh.inrichting

basis := {
	"lezer": {"oin": "1", "rol": "privacyfunctionaris", "burger": false}, "zelf": true, "doel": "toezicht", "grondslag": "AVG-24", "betrokken": false,
	"record": {"soort": "afscherming"}, "deelnemers": [],
}

test_privacyfunctionaris_ziet_alles if inrichting.besluit.niveau == 2 with input as basis

test_auditor_ziet_alles if inrichting.besluit.toegestaan with input as object.union(basis, {"lezer": {"rol": "auditor"}})

test_ander_doel_niet if not inrichting.besluit.toegestaan with input as object.union(basis, {"doel": "eigen-melding"})

test_toezicht_op_een_andere_grond_niet if {
	every g in ["", "AVG-15", "WMO-5.1.6"] {
		not inrichting.besluit.toegestaan with input as object.union(basis, {"grondslag": g})
	}
}

test_eigen_systeem if {
	systeem := object.union(basis, {"lezer": {"rol": "systeem"}, "doel": "hulp", "grondslag": "AVG-6-1-a"})
	inrichting.besluit.niveau == 2 with input as systeem
	every weg in [
		{"doel": ""}, {"doel": "eigen-inzage"}, {"grondslag": ""}, {"grondslag": "AVG-15"}, {"zelf": false},
		{"lezer": {"burger": true}}, {"record": {"soort": "signaal"}},
	] {
		not inrichting.besluit.toegestaan with input as object.union(systeem, weg)
	}
	not inrichting.besluit.toegestaan with input as json.remove(systeem, ["/doel"])
}

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

mee := object.union(basis, {
	"zelf": false, "doel": "hulp", "grondslag": "WMO-5.3.3", "nu": "2026-11-24T10:00:00Z", "record": {"soort": "zaakverband"},
	"deelnemers": [{"oin": "1", "vanaf": "2026-11-01T00:00:00Z"}], "lezer": {"rol": "behandelaar"},
})

test_deelnemer_ziet_wie_meedoen if inrichting.besluit.niveau == 1 with input as mee

test_deelnemer_zonder_eigen_doel_niet if {
	every weg in [{"doel": ""}, {"doel": "eigen-inzage"}, {"doel": "toezicht"}, {"grondslag": "AVG-24"}, {"grondslag": ""}, {"grondslag": "AVG-15"}] {
		not inrichting.besluit.toegestaan with input as object.union(mee, weg)
	}
}

test_vreemde_ziet_niet_wie_meedoen if not inrichting.besluit.toegestaan with input as object.union(mee, {"lezer": {"oin": "2"}})

test_vertrokken_deelnemer_niet if {
	every d in [
		{"oin": "1", "vanaf": "2026-11-01T00:00:00Z", "tot": "2026-11-24T10:00:00Z"}, {"oin": "1", "vanaf": "2026-11-01T00:00:00Z", "tot": "2026-11-02T00:00:00Z"},
		{"oin": "1", "vanaf": "2026-11-24T10:00:01Z"}, {"oin": "1"},
	] {
		not inrichting.besluit.toegestaan with input as object.union(mee, {"deelnemers": [d]})
	}
	inrichting.besluit.toegestaan with input as object.union(mee, {"deelnemers": [{"oin": "1", "vanaf": "2026-11-01T00:00:00Z", "tot": "2026-11-24T10:00:01Z"}]})
	not inrichting.besluit.toegestaan with input as json.remove(mee, ["/nu"])
}

test_rol_zonder_zaken_ziet_niet_wie_meedoen if {
	every rol in ["administratie", "privacyfunctionaris", "auditor", "ouder", ""] {
		not inrichting.besluit.toegestaan with input as object.union(mee, {"lezer": {"rol": rol}})
	}
	not inrichting.besluit.toegestaan with input as json.remove(mee, ["/lezer/rol"])
}

test_gezin_ziet_wie_samenwerken if inrichting.besluit.niveau == 1 with input as object.union(basis, {"zelf": false, "betrokken": true, "doel": "eigen-inzage", "record": {"soort": "zaakverband"}, "lezer": {"rol": "ouder", "burger": true}})
