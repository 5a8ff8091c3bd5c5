# General rules: age, gezag, representation, withholding and noodtoegang. They
# hold beside the policy of every samenwerkfunctie and only restrict, but for
# noodtoegang. Deny beats permit. What the samenwerkingsverband of the zaak says
# stands beside them, as tables in Go.
#
# oordeel gives
#   weigeringen  reasons to refuse; nothing lifts them
#   plafond      highest level
#   gemaskeerd   fields to leave out
#   nood         a call on noodtoegang that is in order, with what it then
#                leaves out and obliges to; or null
#
# Which looks need not ask these rules at all stands in Go (gewoon), with a test
# that holds it against them.
package soh.algemeen

import rego.v1

oordeel := {"weigeringen": weigeringen, "plafond": plafond, "gemaskeerd": gemaskeerd, "nood": nood}

beschermd if input.klasse == "I6"

burger if input.lezer.burger

namens if {
	burger
	input.lezer.namens
}

# A citizen acts for whom it is, or for another; without a relation it is itself.
default relatie := "zelf"

relatie := input.lezer.relatie

# Who looks as a citizen is no professional in the same look, also when the same
# person is both. A role that is missing or is another's: no.
weigeringen contains {"tekst": "U kunt deze gegevens hier niet inzien.", "artikel": ""} if {
	burger
	not gezinsrol
}

gezinsrol if input.lezer.rol in {"ouder", "jongere"}

# --- Protected sources (I6) ---

weigeringen contains {"tekst": "Wie iets vertrouwelijk meldde en waar iemand verborgen woont, blijft beschermd.", "gezin": "Wat beschermd is, mag niemand hier zien.", "artikel": "Uitvoeringsbesluit Wmo 2015, artikel 4.1.8"} if {
	beschermd
	not input.zelf
}

# --- Withholding (reasons a to g) ---
# A citizen is not told that anything is withheld, nor why: the words are those
# of any other refusal.

weigeringen contains {"tekst": "U kunt deze gegevens hier niet inzien.", "artikel": ""} if {
	burger
	count(input.afschermingen) > 0
}

# What is withheld from an organisation stays withheld, whatever the need: the
# one who withheld it knew of danger too.
weigeringen contains {"tekst": "Dit is voor u afgeschermd.", "gezin": "Deze persoon mag dit niet zien.", "artikel": a.artikel} if {
	not burger
	some a in input.afschermingen
}

# --- Age: who looks at own data ---

weigeringen contains {"tekst": "Tot een kind 12 jaar is, kijkt iemand met gezag voor het kind.", "artikel": "Wmo 2015, artikel 5.3.2"} if {
	burger
	not namens
	input.persoon.leeftijd >= 0
	input.persoon.leeftijd < 12
}

# Whether a child is twelve must be known. An adult who signs in as itself needs
# no age on record.
weigeringen contains {"tekst": "Wij weten niet hoe oud u bent. Bel deze organisatie en vraag of zij uw geboortedatum nagaan.", "artikel": "Wmo 2015, artikel 5.3.2"} if {
	burger
	not namens
	input.lezer.rol == "jongere"
	not leeftijd_bekend
}

# --- Gezag: parents and voogd ---

ouders := {"ouder", "voogd"}

# Kinds of gezag under which nobody acts as a parent of its own accord.
geen_ouder := {"TijdelijkGeenGezag", "GezagNietTeBepalen"}

# What the holder of each kind may be. An ondertoezichtstelling takes no gezag
# away, so it does not stand here.
gezagsoorten := {
	"TweehoofdigOuderlijkGezag": {"ouder"}, "EenhoofdigOuderlijkGezag": {"ouder"},
	"GezamenlijkGezag": {"ouder", "voogd"}, "Voogdij": {"voogd"},
}

heeft_gezag if {
	input.gezag.heeft_gezag == true
	relatie in gezagsoorten[input.gezag.soort]
}

weigeringen contains {"tekst": "Wij weten niet zeker wie over dit kind beslist. Vraag de organisatie om dit na te gaan.", "artikel": "Burgerlijk Wetboek 1, artikel 245"} if {
	namens
	relatie in ouders
	input.gezag.soort in geen_ouder
}

weigeringen contains {"tekst": "Er is niet vastgelegd dat u over dit kind beslist.", "artikel": "Burgerlijk Wetboek 1, artikel 245"} if {
	namens
	relatie in ouders
	not heeft_gezag
	not onzeker
}

onzeker if input.gezag.soort in geen_ouder

weigeringen contains {"tekst": "Wij weten niet hoe oud dit kind is.", "artikel": ""} if {
	namens
	relatie in ouders
	not leeftijd_bekend
}

leeftijd_bekend if input.persoon.leeftijd >= 0

# From 16 a parent needs the young person's own consent, unless that person
# cannot weigh its interests (Jeugdwet 7.3.5, 7.3.11; Wmo 2015 5.3.3).
weigeringen contains {"tekst": "Vanaf 16 jaar beslist de jongere zelf wie meekijkt. Daarvoor is toestemming nodig.", "artikel": "JW-7.3.11"} if {
	namens
	relatie in ouders
	input.persoon.leeftijd in {16, 17}
	not meekijken
}

# For the kinds of information that the consent names.
meekijken if input.klasse in input.toestemming.klassen

meekijken if input.persoon.handelingsbekwaam == false

weigeringen contains {"tekst": "Dit kind is volwassen. Ouders beslissen dan niet meer.", "artikel": "Burgerlijk Wetboek 1, artikel 245"} if {
	namens
	relatie in ouders
	input.persoon.leeftijd >= 18
}

# --- Representatives of adults ---
# In this order: curator, mentor, gemachtigde, partner, family (Jeugdwet 7.3.15).

wettelijk := {"curator", "mentor", "partner", "familie"}

weigeringen contains {"tekst": "U kunt alleen voor deze persoon kijken als die dat zelf niet kan.", "artikel": "Jeugdwet, artikel 7.3.15"} if {
	namens
	relatie in wettelijk
	not onbekwame_volwassene
}

# The first in line acts, the others not beside it.
weigeringen contains {"tekst": "Iemand anders vertegenwoordigt deze persoon.", "artikel": "Jeugdwet, artikel 7.3.15"} if {
	namens
	relatie in wettelijk
	not eerste
}

eerste if input.persoon.vertegenwoordiger == relatie

onbekwame_volwassene if {
	input.persoon.leeftijd >= 18
	input.persoon.handelingsbekwaam == false
}

# --- Gemachtigde and supporter: a limited view ---

beperkt := {"gemachtigde", "steunfiguur"}

weigeringen contains {"tekst": "Dit hoort niet bij wat u mag zien voor deze persoon.", "artikel": ""} if {
	namens
	relatie in beperkt
	not in_machtiging
}

# A child under twelve gives nobody a mandate; who has gezag looks itself.
weigeringen contains {"tekst": "Tot een kind 12 jaar is, kijkt iemand met gezag voor het kind.", "artikel": "Wmo 2015, artikel 5.3.2"} if {
	namens
	relatie in beperkt
	not vanaf_twaalf
}

# From sixteen a young person gives a full mandate alone (Jeugdwet 7.3.5); from
# twelve to fifteen who has gezag decides as well, and looks itself.
weigeringen contains {"tekst": "Tot 16 jaar kan iemand een jongere steunen, maar niet als gemachtigde kijken.", "artikel": "Jeugdwet, artikel 7.3.5"} if {
	namens
	relatie == "gemachtigde"
	input.persoon.leeftijd in {12, 13, 14, 15}
}

vanaf_twaalf if input.persoon.leeftijd >= 12

# Given by the person itself on the portal: the age was looked at then.
vanaf_twaalf if {
	input.persoon.leeftijd < 0
	input.persoon.zelf_gegeven == true
}

in_machtiging if input.klasse in input.persoon.klassen

weigeringen contains {"tekst": "U mag niet voor deze persoon kijken.", "artikel": ""} if {
	namens
	not relatie in ouders
	not relatie in wettelijk
	not relatie in beperkt
}

weigeringen contains {"tekst": "Deze persoon is overleden. Vraag de organisatie wat u nog mag zien.", "artikel": ""} if {
	namens
	input.persoon.overleden == true
}

# --- One family member never reads about another ---
# Separated parents each look with their own gezag; what is about other people
# in the record, addresses first, is left out.

gemaskeerd contains "anderen" if burger

# --- The highest level ---

plafond := min({2} | steunplafond | strafplafond)

steunplafond contains 1 if {
	burger
	relatie == "steunfiguur"
}

# Content of police and criminal law a family asks of the source itself.
strafplafond contains 1 if {
	burger
	input.klasse == "I4"
}

# --- Noodtoegang ---
# For a professional who carries cases and gives a reason and an end. It lifts
# what the ordinary rules refuse, never a protected source, and brings its own
# obligations (AVG 6 lid 1 onder d, 9 lid 2 onder c; Uitvoeringswet AVG 32).

noodrollen := {
	"politieagent", "medewerker-veilig-thuis", "raadsonderzoeker", "jeugdbeschermer", "medewerker-wijkteam",
	"procesregisseur", "behandelaar",
}

# Kinds of organisation that carry no cases.
zonder_zaken := {"", "burgerportaal", "ketenbeheerder", "vertrouwenspersoon", "overig"}

default nood := null

nood := {"gemaskeerd": noodmasker, "plichten": noodplichten} if {
	not burger
	input.lezer.rol in noodrollen
	soort := input.lezer.soort
	not soort in zonder_zaken
	input.klasse in {"I0", "I1", "I2", "I3", "I4", "I5"}
	count(trim_space(input.nood.reden)) >= 20
	nu := time.parse_rfc3339_ns(input.nu)
	tot := time.parse_rfc3339_ns(input.nood.tot)
	nu < tot
	tot - nu <= 4 * 3600 * 1000000000 + 30 * 1000000000
}

# Only some may use the burgerservicenummer (Jeugdwet 7.2; Wmo 2015 5.2.9).
noodmasker contains "burgerservicenummer" if not mag_bsn

mag_bsn if input.lezer.bsn == true

# How to reach a melder who must stay unknown.
noodmasker contains "contact" if input.afgeschermd

noodplichten contains "niet-doorgeven" if input.klasse == "I4"
