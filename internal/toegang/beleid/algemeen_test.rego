package soh.algemeen_test

import rego.v1

import data.soh.algemeen

# A parent with gezag looks for a child of eight; each test changes one thing.
kind := {
	"lezer": {"burger": true, "rol": "ouder", "relatie": "ouder", "namens": true},
	"persoon": {"leeftijd": 8, "handelingsbekwaam": true, "overleden": false},
	"gezag": {"soort": "TweehoofdigOuderlijkGezag", "heeft_gezag": true},
	"toestemming": {"lezer": false}, "klasse": "I3", "doel": "eigen-inzage", "nu": "2026-11-24T10:00:00Z",
}

zelf := object.union(kind, {"lezer": {"burger": true, "rol": "jongere", "relatie": "zelf", "namens": false}, "persoon": {"leeftijd": 14, "handelingsbekwaam": true, "overleden": false}})

vak := {
	"lezer": {"burger": false, "rol": "jeugdbeschermer", "soort": "gi"}, "klasse": "I3", "doel": "mdo", "zelf": false,
	"nu": "2026-11-24T10:00:00Z",
}

met(basis, verschil) := json.patch(basis, [{"op": "add", "path": p, "value": w} | some p, w in verschil])

mag(o) if count(o.weigeringen) + count(o.bezwaren) == 0

nooit(o) if count(o.weigeringen) > 0

# --- age and gezag, for every age and every kind of gezag ---

leeftijden := numbers.range(-1, 30)

test_ouder_met_gezag_tot_16 if {
	every l in leeftijden {
		o := algemeen.volledig with input as met(kind, {"/persoon/leeftijd": l})
		mag(o) == (l in numbers.range(0, 15))
	}
}

mag(o) := false if count(o.weigeringen) + count(o.bezwaren) > 0

test_vanaf_16_met_toestemming if {
	every l in {16, 17} {
		o := algemeen.volledig with input as met(kind, {"/persoon/leeftijd": l, "/toestemming/lezer": true})
		mag(o)
	}
}

test_toestemming_maakt_ouder_van_volwassene_niets if {
	o := algemeen.volledig with input as met(kind, {"/persoon/leeftijd": 18, "/toestemming/lezer": true})
	nooit(o)
}

test_jongere_die_niet_kan_wegen if {
	o := algemeen.volledig with input as met(kind, {"/persoon/leeftijd": 16, "/persoon/handelingsbekwaam": false})
	mag(o)
}

test_elk_soort_gezag if {
	soorten := {
		"TweehoofdigOuderlijkGezag": {"ouder"}, "EenhoofdigOuderlijkGezag": {"ouder"}, "GezamenlijkGezag": {"ouder", "voogd"},
		"Voogdij": {"voogd"}, "TijdelijkGeenGezag": set(), "GezagNietTeBepalen": set(), "ietsAnders": set(), "": set(),
	}
	every s, goed in soorten {
		every r in {"ouder", "voogd"} {
			o := algemeen.volledig with input as met(kind, {"/gezag/soort": s, "/lezer/relatie": r})
			mag(o) == (r in goed)
		}
	}
}

test_zonder_gezag if {
	o := algemeen.volledig with input as met(kind, {"/gezag/heeft_gezag": false})
	nooit(o)
}

test_gezag_niet_vastgelegd if {
	o := algemeen.volledig with input as json.remove(kind, ["/gezag"])
	nooit(o)
}

test_ots_neemt_gezag_niet_weg if {
	o := algemeen.volledig with input as met(kind, {"/ots": true, "/gezag/ots": true})
	mag(o)
}

test_gescheiden_ouders_ieder_eigen_gezag if {
	een := algemeen.volledig with input as met(kind, {"/gezag/soort": "EenhoofdigOuderlijkGezag"})
	mag(een)
	ander := algemeen.volledig with input as met(kind, {"/gezag/soort": "EenhoofdigOuderlijkGezag", "/gezag/heeft_gezag": false, "/lezer/relatie": "ander"})
	nooit(ander)
	"anderen" in een.gemaskeerd
}

test_kind_kijkt_zelf_vanaf_12 if {
	every l in numbers.range(0, 20) {
		o := algemeen.volledig with input as met(zelf, {"/persoon/leeftijd": l})
		mag(o) == (l >= 12)
	}
}

test_volwassene_zonder_bekende_leeftijd if {
	o := algemeen.volledig with input as met(zelf, {"/persoon/leeftijd": -1})
	mag(o)
}

test_burger_zonder_feiten_is_zichzelf if {
	o := algemeen.volledig with input as {"lezer": {"burger": true, "rol": "ouder"}}
	mag(o)
}

# --- representation ---

test_vertegenwoordiger_van_onbekwame_volwassene if {
	every r in {"curator", "mentor", "partner", "familie"} {
		goed := algemeen.volledig with input as met(kind, {"/lezer/relatie": r, "/persoon/leeftijd": 40, "/persoon/handelingsbekwaam": false})
		mag(goed)
		kan_zelf := algemeen.volledig with input as met(kind, {"/lezer/relatie": r, "/persoon/leeftijd": 40})
		nooit(kan_zelf)
		jong := algemeen.volledig with input as met(kind, {"/lezer/relatie": r, "/persoon/leeftijd": 17, "/persoon/handelingsbekwaam": false})
		nooit(jong)
	}
}

test_gemachtigde_en_steunfiguur_alleen_wat_is_afgesproken if {
	every r in {"gemachtigde", "steunfiguur"} {
		binnen := algemeen.volledig with input as met(kind, {"/lezer/relatie": r, "/persoon/leeftijd": 40, "/persoon/klassen": ["I1", "I3"]})
		mag(binnen)
		buiten := algemeen.volledig with input as met(kind, {"/lezer/relatie": r, "/persoon/leeftijd": 40, "/persoon/klassen": ["I1"]})
		nooit(buiten)
		niets := algemeen.volledig with input as met(kind, {"/lezer/relatie": r, "/persoon/leeftijd": 40})
		nooit(niets)
	}
}

test_steunfiguur_ziet_geen_inhoud if {
	o := algemeen.volledig with input as met(kind, {"/lezer/relatie": "steunfiguur", "/persoon/klassen": ["I3"]})
	o.plafond == 1
}

test_ander_mag_nooit if {
	every r in {"ander", "buur", "", "zelf"} {
		o := algemeen.volledig with input as met(kind, {"/lezer/relatie": r})
		nooit(o)
	}
}

test_na_overlijden_geen_vertegenwoordiging if {
	o := algemeen.volledig with input as met(kind, {"/persoon/overleden": true})
	nooit(o)
}

# --- protected sources, withholding, police data ---

test_i6_voor_niemand_anders if {
	every basis in [kind, zelf, vak] {
		o := algemeen.volledig with input as met(basis, {"/klasse": "I6"})
		nooit(o)
	}
	o := algemeen.volledig with input as met(vak, {"/klasse": "I6", "/zelf": true})
	mag(o)
}

test_afgeschermd_verraadt_zich_niet_aan_gezin if {
	every r in {"a", "b", "c", "d", "e", "f", "g"} {
		o := algemeen.volledig with input as met(kind, {"/afschermingen": [{"reden": r, "artikel": "geheim artikel"}]})
		nooit(o)
		every w in o.weigeringen {
			w.artikel == ""
			not contains(lower(w.tekst), "afgeschermd")
		}
	}
}

test_afgeschermd_voor_organisatie if {
	every r in {"a", "b", "c", "d", "f", "g"} {
		o := algemeen.volledig with input as met(vak, {"/afschermingen": [{"reden": r, "artikel": "x"}]})
		count(o.bezwaren) == 1
		count(o.weigeringen) == 0
	}
	bron := algemeen.volledig with input as met(vak, {"/afschermingen": [{"reden": "e", "artikel": "x"}]})
	nooit(bron)
}

test_afschermen_om_nadeel_zonder_collega_of_datum if {
	zonder := algemeen.volledig with input as met(vak, {"/afschermingen": [{"reden": "b", "artikel": "x", "collega": false, "tot": "2026-12-01"}]})
	"nakijken" in zonder.plichten
	zonder_datum := algemeen.volledig with input as met(vak, {"/afschermingen": [{"reden": "b", "artikel": "x", "collega": true, "tot": ""}]})
	"nakijken" in zonder_datum.plichten
	goed := algemeen.volledig with input as met(vak, {"/afschermingen": [{"reden": "b", "artikel": "x", "collega": true, "tot": "2026-12-01"}]})
	not "nakijken" in goed.plichten
}

test_gezin_ziet_van_strafrecht_geen_inhoud if {
	o := algemeen.volledig with input as met(zelf, {"/klasse": "I4"})
	o.plafond == 1
}

# --- noodtoegang ---

in_nood := met(vak, {"/nood": {"reden": "Er is nu gevaar voor het kind.", "tot": "2026-11-24T11:00:00Z"}})

heeft_nood(o) if o.nood != null

test_nood if {
	o := algemeen.volledig with input as in_nood
	heeft_nood(o)
}

test_nood_vraagt_reden_tijd_en_professional if {
	every v in [
		{"/nood/reden": "spoed"}, {"/nood/reden": "                           "}, {"/nood/tot": "2026-11-24T09:59:00Z"},
		{"/nood/tot": "2026-11-24T10:00:00Z"}, {"/nood/tot": "2026-11-24T15:00:00Z"}, {"/lezer/rol": "systeem"},
		{"/lezer/rol": "administratie"}, {"/lezer/burger": true},
	] {
		o := algemeen.volledig with input as met(in_nood, v)
		not heeft_nood(o)
	}
}

test_nood_zonder_klok if {
	o := algemeen.volledig with input as json.remove(in_nood, ["/nu"])
	not heeft_nood(o)
}

test_nood_opent_geen_beschermde_bron if {
	bron := algemeen.volledig with input as met(in_nood, {"/afschermingen": [{"reden": "e", "artikel": "x"}]})
	nooit(bron)
	i6 := algemeen.volledig with input as met(in_nood, {"/klasse": "I6"})
	nooit(i6)
}

# The short way says nothing only where the rules say nothing.
niets := {"weigeringen": set(), "bezwaren": set(), "plafond": 2, "gemaskeerd": set(), "plichten": set(), "nood": null}

test_gewoon_is_zonder_beperking if {
	every x in [{}, vak, {"lezer": {"rol": "politieagent"}, "zelf": true}, met(vak, {"/klasse": "I4"}), met(vak, {"/spoed": true})] {
		volledig := algemeen.volledig with input as x
		volledig == niets
		kort := algemeen.oordeel with input as x
		kort == null
	}
}

test_bijzonder_is_nooit_gewoon if {
	every x in [kind, zelf, in_nood, met(vak, {"/klasse": "I6"}), met(vak, {"/afschermingen": []})] {
		o := algemeen.oordeel with input as x
		o != null
	}
}
