package soh.algemeen_test

import rego.v1

import data.soh.algemeen

# A parent with gezag looks for a child of eight; each test changes one thing.
kind := {
	"lezer": {"burger": true, "rol": "ouder", "relatie": "ouder", "namens": true},
	"persoon": {"leeftijd": 8, "handelingsbekwaam": true, "overleden": false},
	"gezag": {"soort": "TweehoofdigOuderlijkGezag", "heeft_gezag": true},
	"toestemming": {"klassen": []}, "klasse": "I3", "doel": "eigen-inzage", "nu": "2026-11-24T10:00:00Z",
}

zelf := object.union(kind, {"lezer": {"burger": true, "rol": "jongere", "relatie": "zelf", "namens": false}, "persoon": {"leeftijd": 14, "handelingsbekwaam": true, "overleden": false}})

vak := {
	"lezer": {"burger": false, "rol": "jeugdbeschermer", "soort": "gi"}, "klasse": "I3", "doel": "mdo", "zelf": false,
	"nu": "2026-11-24T10:00:00Z",
}

met(basis, verschil) := json.patch(basis, [{"op": "add", "path": p, "value": w} | some p, w in verschil])

mag(o) if count(o.weigeringen) == 0

nooit(o) if count(o.weigeringen) > 0

# --- age and gezag, for every age and every kind of gezag ---

leeftijden := numbers.range(-1, 30)

test_ouder_met_gezag_tot_16 if {
	every l in leeftijden {
		o := algemeen.oordeel with input as met(kind, {"/persoon/leeftijd": l})
		mag(o) == (l in numbers.range(0, 15))
	}
}

mag(o) := false if count(o.weigeringen) > 0

test_vanaf_16_met_toestemming if {
	every l in {16, 17} {
		o := algemeen.oordeel with input as met(kind, {"/persoon/leeftijd": l, "/toestemming/klassen": ["I3"]})
		mag(o)
	}
}

test_toestemming_maakt_ouder_van_volwassene_niets if {
	o := algemeen.oordeel with input as met(kind, {"/persoon/leeftijd": 18, "/toestemming/klassen": ["I3"]})
	nooit(o)
}

test_jongere_die_niet_kan_wegen if {
	o := algemeen.oordeel with input as met(kind, {"/persoon/leeftijd": 16, "/persoon/handelingsbekwaam": false})
	mag(o)
}

test_elk_soort_gezag if {
	soorten := {
		"TweehoofdigOuderlijkGezag": {"ouder"}, "EenhoofdigOuderlijkGezag": {"ouder"}, "GezamenlijkGezag": {"ouder", "voogd"},
		"Voogdij": {"voogd"}, "TijdelijkGeenGezag": set(), "GezagNietTeBepalen": set(), "ietsAnders": set(), "": set(),
	}
	every s, goed in soorten {
		every r in {"ouder", "voogd"} {
			o := algemeen.oordeel with input as met(kind, {"/gezag/soort": s, "/lezer/relatie": r})
			mag(o) == (r in goed)
		}
	}
}

test_zonder_gezag if {
	o := algemeen.oordeel with input as met(kind, {"/gezag/heeft_gezag": false})
	nooit(o)
}

test_gezag_niet_vastgelegd if {
	o := algemeen.oordeel with input as json.remove(kind, ["/gezag"])
	nooit(o)
}

test_ots_neemt_gezag_niet_weg if {
	o := algemeen.oordeel with input as met(kind, {"/ots": true, "/gezag/ots": true})
	mag(o)
}

test_gescheiden_ouders_ieder_eigen_gezag if {
	een := algemeen.oordeel with input as met(kind, {"/gezag/soort": "EenhoofdigOuderlijkGezag"})
	mag(een)
	ander := algemeen.oordeel with input as met(kind, {"/gezag/soort": "EenhoofdigOuderlijkGezag", "/gezag/heeft_gezag": false, "/lezer/relatie": "ander"})
	nooit(ander)
	"anderen" in een.gemaskeerd
}

test_kind_kijkt_zelf_vanaf_12 if {
	every l in numbers.range(0, 20) {
		o := algemeen.oordeel with input as met(zelf, {"/persoon/leeftijd": l})
		mag(o) == (l >= 12)
	}
}

test_volwassene_zonder_bekende_leeftijd if {
	o := algemeen.oordeel with input as met(zelf, {"/persoon/leeftijd": -1, "/lezer/rol": "ouder"})
	mag(o)
}

test_machtiging_zonder_bekende_leeftijd_alleen_zelf_gegeven if {
	basis := met(kind, {"/lezer/relatie": "gemachtigde", "/persoon/leeftijd": -1, "/persoon/klassen": ["I3"], "/klasse": "I3"})
	nooit(algemeen.oordeel) with input as basis
	mag(algemeen.oordeel) with input as met(basis, {"/persoon/zelf_gegeven": true})
	nooit(algemeen.oordeel) with input as met(basis, {"/persoon/zelf_gegeven": true, "/persoon/leeftijd": 11})
}

test_burger_zonder_feiten_is_zichzelf if {
	o := algemeen.oordeel with input as {"lezer": {"burger": true, "rol": "ouder"}}
	mag(o)
}

# A parent who is also a professional in the case looks as one of the two.
test_burger_is_geen_professional if {
	every r in {"politieagent", "medewerker-veilig-thuis", "systeem", "privacyfunctionaris", "", "iets nieuws"} {
		every basis in [kind, zelf] {
			o := algemeen.oordeel with input as met(basis, {"/lezer/rol": r})
			nooit(o)
		}
	}
	geen := algemeen.oordeel with input as json.remove(zelf, ["/lezer/rol"])
	nooit(geen)
}

test_jongere_zonder_bekende_leeftijd if {
	onbekend := algemeen.oordeel with input as met(zelf, {"/persoon/leeftijd": -1})
	nooit(onbekend)
	geen := algemeen.oordeel with input as json.remove(zelf, ["/persoon"])
	nooit(geen)
}

test_toestemming_geldt_voor_wat_erin_staat if {
	every k in {"I0", "I1", "I2", "I4", "I5"} {
		o := algemeen.oordeel with input as met(kind, {"/persoon/leeftijd": 16, "/toestemming/klassen": ["I3"], "/klasse": k})
		nooit(o)
	}
}

# --- representation ---

test_alleen_de_eerste_vertegenwoordigt if {
	every r in {"curator", "mentor", "partner", "familie"} {
		every eerste in {"curator", "mentor", "gemachtigde", "partner", "familie", ""} {
			o := algemeen.oordeel with input as met(kind, {"/lezer/relatie": r, "/persoon/leeftijd": 40, "/persoon/handelingsbekwaam": false, "/persoon/vertegenwoordiger": eerste})
			mag(o) == (r == eerste)
		}
	}
}

test_kind_machtigt_niemand if {
	every r in {"gemachtigde", "steunfiguur"} {
		every l in [-1, 0, 8, 11] {
			o := algemeen.oordeel with input as met(kind, {"/lezer/relatie": r, "/persoon/leeftijd": l, "/persoon/klassen": ["I3"]})
			nooit(o)
		}
	}
}

# From twelve a child may have a supporter, from sixteen a gemachtigde.
test_gemachtigde_vanaf_zestien if {
	every l in [12, 13, 14, 15] {
		vol := algemeen.oordeel with input as met(kind, {"/lezer/relatie": "gemachtigde", "/persoon/leeftijd": l, "/persoon/klassen": ["I3"], "/persoon/zelf_gegeven": true})
		nooit(vol)
		steun := algemeen.oordeel with input as met(kind, {"/lezer/relatie": "steunfiguur", "/persoon/leeftijd": l, "/persoon/klassen": ["I3"]})
		mag(steun)
	}
	every l in [16, 17, 18, 40] {
		vol := algemeen.oordeel with input as met(kind, {"/lezer/relatie": "gemachtigde", "/persoon/leeftijd": l, "/persoon/klassen": ["I3"]})
		mag(vol)
	}
}

test_vertegenwoordiger_van_onbekwame_volwassene if {
	every r in {"curator", "mentor", "partner", "familie"} {
		goed := algemeen.oordeel with input as met(kind, {"/lezer/relatie": r, "/persoon/leeftijd": 40, "/persoon/handelingsbekwaam": false, "/persoon/vertegenwoordiger": r})
		mag(goed)
		kan_zelf := algemeen.oordeel with input as met(kind, {"/lezer/relatie": r, "/persoon/leeftijd": 40, "/persoon/vertegenwoordiger": r})
		nooit(kan_zelf)
		jong := algemeen.oordeel with input as met(kind, {"/lezer/relatie": r, "/persoon/leeftijd": 17, "/persoon/handelingsbekwaam": false, "/persoon/vertegenwoordiger": r})
		nooit(jong)
	}
}

test_gemachtigde_en_steunfiguur_alleen_wat_is_afgesproken if {
	every r in {"gemachtigde", "steunfiguur"} {
		binnen := algemeen.oordeel with input as met(kind, {"/lezer/relatie": r, "/persoon/leeftijd": 40, "/persoon/klassen": ["I1", "I3"]})
		mag(binnen)
		buiten := algemeen.oordeel with input as met(kind, {"/lezer/relatie": r, "/persoon/leeftijd": 40, "/persoon/klassen": ["I1"]})
		nooit(buiten)
		niets := algemeen.oordeel with input as met(kind, {"/lezer/relatie": r, "/persoon/leeftijd": 40})
		nooit(niets)
	}
}

test_steunfiguur_ziet_geen_inhoud if {
	o := algemeen.oordeel with input as met(kind, {"/lezer/relatie": "steunfiguur", "/persoon/klassen": ["I3"]})
	o.plafond == 1
}

test_ander_mag_nooit if {
	every r in {"ander", "buur", "", "zelf"} {
		o := algemeen.oordeel with input as met(kind, {"/lezer/relatie": r})
		nooit(o)
	}
}

test_na_overlijden_geen_vertegenwoordiging if {
	o := algemeen.oordeel with input as met(kind, {"/persoon/overleden": true})
	nooit(o)
}

# --- protected sources, withholding, police data ---

test_i6_voor_niemand_anders if {
	every basis in [kind, zelf, vak] {
		o := algemeen.oordeel with input as met(basis, {"/klasse": "I6"})
		nooit(o)
	}
	o := algemeen.oordeel with input as met(vak, {"/klasse": "I6", "/zelf": true})
	mag(o)
}

test_afgeschermd_verraadt_zich_niet_aan_gezin if {
	every r in {"a", "b", "c", "d", "e", "f", "g"} {
		o := algemeen.oordeel with input as met(kind, {"/afschermingen": [{"reden": r, "artikel": "geheim artikel"}]})
		nooit(o)
		every w in o.weigeringen {
			w.artikel == ""
			not contains(lower(w.tekst), "afgeschermd")
		}
	}
}

# Whatever the need: who withheld it knew of danger too.
test_afgeschermd_voor_organisatie if {
	every r in {"a", "b", "c", "d", "e", "f", "g"} {
		every basis in [vak, in_nood] {
			o := algemeen.oordeel with input as met(basis, {"/afschermingen": [{"reden": r, "artikel": "x"}]})
			nooit(o)
			some w in o.weigeringen
			w.artikel == "x"
		}
	}
}

test_gezin_ziet_van_strafrecht_geen_inhoud if {
	o := algemeen.oordeel with input as met(zelf, {"/klasse": "I4"})
	o.plafond == 1
}

# --- noodtoegang ---

in_nood := met(vak, {"/nood": {"reden": "Er is nu gevaar voor het kind.", "tot": "2026-11-24T11:00:00Z"}})

heeft_nood(o) if o.nood != null

test_nood if {
	o := algemeen.oordeel with input as in_nood
	heeft_nood(o)
}

test_nood_vraagt_reden_tijd_en_professional if {
	every v in [
		{"/nood/reden": "spoed"}, {"/nood/reden": "                           "}, {"/nood/tot": "2026-11-24T09:59:00Z"},
		{"/nood/tot": "2026-11-24T10:00:00Z"}, {"/nood/tot": "2026-11-24T15:00:00Z"}, {"/lezer/rol": "systeem"},
		{"/lezer/rol": "administratie"}, {"/lezer/rol": "privacyfunctionaris"}, {"/lezer/rol": "auditor"}, {"/lezer/rol": "ouder"},
		{"/lezer/rol": "iets nieuws"}, {"/lezer/rol": ""}, {"/lezer/rol": null}, {"/lezer/burger": true}, {"/lezer/soort": "burgerportaal"},
		{"/lezer/soort": "ketenbeheerder"}, {"/lezer/soort": "vertrouwenspersoon"}, {"/lezer/soort": "overig"}, {"/lezer/soort": ""},
		{"/klasse": "I6"}, {"/klasse": "I9"}, {"/klasse": ""},
	] {
		o := algemeen.oordeel with input as met(in_nood, v)
		not heeft_nood(o)
	}
}

test_nood_zonder_feit if {
	every p in ["/lezer/rol", "/lezer/soort", "/klasse", "/nood/reden", "/nood/tot"] {
		o := algemeen.oordeel with input as json.remove(in_nood, [p])
		not heeft_nood(o)
	}
}

test_nood_laat_weg_wat_niet_nodig_is if {
	zonder := algemeen.oordeel with input as met(in_nood, {"/lezer/bsn": false})
	zonder.nood == {"gemaskeerd": {"burgerservicenummer"}, "plichten": set()}
	met_bsn := algemeen.oordeel with input as met(in_nood, {"/lezer/bsn": true})
	met_bsn.nood == {"gemaskeerd": set(), "plichten": set()}
	bron := algemeen.oordeel with input as met(in_nood, {"/lezer/bsn": true, "/afgeschermd": true})
	bron.nood.gemaskeerd == {"contact"}
	politie := algemeen.oordeel with input as met(in_nood, {"/lezer/bsn": true, "/klasse": "I4"})
	politie.nood.plichten == {"niet-doorgeven"}
}

test_nood_zonder_klok if {
	o := algemeen.oordeel with input as json.remove(in_nood, ["/nu"])
	not heeft_nood(o)
}

test_nood_opent_geen_beschermde_bron if {
	bron := algemeen.oordeel with input as met(in_nood, {"/afschermingen": [{"reden": "e", "artikel": "x"}]})
	nooit(bron)
	i6 := algemeen.oordeel with input as met(in_nood, {"/klasse": "I6"})
	nooit(i6)
}

