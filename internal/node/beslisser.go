package node

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/toegang/authzen"
)

// How a case system asks. A subject is a person (with rol, and organisatie for
// somebody of another one, among its properties) or a rol; the action is
// lezen, at the highest level that is allowed, or at one; the resource is a
// record of this node by its kind. The context says doel, grondslag and zaak.
const (
	subjectPersoon = "persoon"
	subjectRol     = "rol"
	actieLezen     = "lezen"
	actieNiveau    = "lezen-niveau"
	proefPakket    = "soh.authzen"
)

// beslisser is the decision point of this node for its own organisation's
// systems. With ProefBeleid it decides by that, and not on our records.
func (n *Node) beslisser() (*authzen.Dienst, error) {
	beslis, kandidaten := n.beslis, n.kandidaten
	if len(n.cfg.ProefBeleid) > 0 {
		modules := maps.Clone(n.cfg.ProefBeleid)
		k, err := leesKandidaten(modules[ProefKandidaten])
		if err != nil {
			return nil, err
		}
		delete(modules, ProefKandidaten)
		proef, err := toegang.NieuwProefBeleid(modules)
		if err != nil {
			return nil, err
		}
		kandidaten = k.zoek
		n.cfg.Log.Warn("het beslispunt antwoordt met proefbeleid, niet met het echte")
		beslis = func(ctx context.Context, v authzen.Vraag) (authzen.Antwoord, error) {
			b, err := proef.Besluit(ctx, proefPakket, proefInvoer(v))
			return antwoord(b), err
		}
	}
	return &authzen.Dienst{
		Adres: inzage.Basis(n.cfg.APIURL), Toegelaten: n.omgeving.AlleenEigen, Beslis: beslis, Kandidaten: kandidaten,
		Log: func(ctx context.Context, r authzen.Logregel) error {
			b, err := json.Marshal(r)
			if err != nil {
				return err
			}
			return n.store.LogBesluit(ctx, n.cfg.Organisatie.OIN, r.Tijdstip, b)
		},
	}, nil
}

// ProefKandidaten is the file beside a trial policy that says what a search goes
// through: {"subject": [{type, id, properties}], "resource": […], "action": [{name, properties}]}.
const ProefKandidaten = "kandidaten.json"

type proefKandidaten struct {
	Subject  []authzen.Subject  `json:"subject"`
	Resource []authzen.Resource `json:"resource"`
	Action   []authzen.Action   `json:"action"`
}

func leesKandidaten(tekst string) (k proefKandidaten, err error) {
	if tekst == "" {
		return k, nil
	}
	d := json.NewDecoder(strings.NewReader(tekst))
	d.DisallowUnknownFields()
	if err := d.Decode(&k); err != nil {
		return k, fmt.Errorf("%s: %w", ProefKandidaten, err)
	}
	return k, nil
}

// zoek gives the candidates of the type that is searched.
func (k proefKandidaten) zoek(_ context.Context, s authzen.Zoek, v authzen.Vraag, na string, limiet int) ([]authzen.Vraag, string, error) {
	var uit []authzen.Vraag
	switch s {
	case authzen.ZoekSubject:
		for _, x := range k.Subject {
			if w := v; x.Type == v.Subject.Type {
				w.Subject = x
				uit = append(uit, w)
			}
		}
	case authzen.ZoekResource:
		for _, x := range k.Resource {
			if w := v; x.Type == v.Resource.Type {
				w.Resource = x
				uit = append(uit, w)
			}
		}
	case authzen.ZoekAction:
		for _, x := range k.Action {
			w := v
			w.Action = x
			uit = append(uit, w)
		}
	}
	return deelVanaf(uit, na, limiet)
}

func proefInvoer(v authzen.Vraag) toegang.Invoer {
	return toegang.Invoer{
		"subject":  map[string]any{"type": v.Subject.Type, "id": v.Subject.ID, "properties": gevuld(v.Subject.Properties)},
		"action":   map[string]any{"name": v.Action.Name, "properties": gevuld(v.Action.Properties)},
		"resource": map[string]any{"type": v.Resource.Type, "id": v.Resource.ID, "properties": gevuld(v.Resource.Properties)},
		"context":  gevuld(v.Context),
	}
}

func gevuld(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

func antwoord(b toegang.Besluit) authzen.Antwoord {
	u := &authzen.Uitleg{Gemaskeerd: b.Gemaskeerd, Plichten: b.Plichten}
	var teksten []string
	for _, r := range b.Redenen {
		teksten = append(teksten, r.Tekst)
		if r.Artikel != "" {
			u.Artikelen = append(u.Artikelen, begrip.Grondslag(r.Artikel).Artikel())
		}
	}
	u.Reden = map[string]string{"nl": strings.Join(teksten, " ")}
	if b.Toegestaan {
		n := int(b.Niveau)
		u.Niveau = &n
	}
	return authzen.Antwoord{Decision: b.Toegestaan, Context: u}
}

// beslis decides about one record of ours, as Inzage would, without showing it.
func (n *Node) beslis(ctx context.Context, v authzen.Vraag) (authzen.Antwoord, error) {
	if v.Subject.Type != subjectPersoon && v.Subject.Type != subjectRol { // who we do not know may nothing: a deny, not an error
		return antwoord(toegang.Besluit{Redenen: []toegang.Reden{{Tekst: "Dit soort subject kennen wij niet."}}}), nil
	}
	l, err := n.lezerUit(v)
	if err != nil {
		return authzen.Antwoord{}, err
	}
	niveau, err := niveauUit(v.Action)
	if err != nil {
		return authzen.Antwoord{}, err
	}
	id, err := uuid.Parse(v.Resource.ID[strings.LastIndex(v.Resource.ID, ":")+1:])
	soort, ok := n.inzage.VanSoort(v.Resource.Type)
	if err != nil || !ok { // what is not here cannot be read: a deny, not an error
		return antwoord(toegang.Besluit{Redenen: []toegang.Reden{{Tekst: "Dit bestaat hier niet."}}}), nil
	}
	b, err := n.inzage.Oordeel(ctx, soort, id.String(), l, niveau)
	return antwoord(b), err
}

func niveauUit(a authzen.Action) (*begrip.Niveau, error) {
	if a.Name == actieLezen || a.Name == "read" || a.Name == "can_read" {
		return nil, nil
	}
	if s, ok := strings.CutPrefix(a.Name, actieNiveau); ok {
		if niveau, err := begrip.ParseNiveau(s); err == nil {
			return &niveau, nil
		}
	}
	return nil, begrip.NieuweFout(begrip.Ongeldig, "action.name is %s, of %s met 0, 1 of 2 erachter.", actieLezen, actieNiveau)
}

// lezerUit reads who would look. All mistakes at once.
func (n *Node) lezerUit(v authzen.Vraag) (toegang.Lezer, error) {
	tekst := func(m map[string]any, naam string) string { s, _ := m[naam].(string); return s }
	p := v.Subject.Properties
	l := toegang.Lezer{
		Organisatie: n.cfg.Organisatie, Persoon: v.Subject.ID, Naam: tekst(p, "naam"), Rol: begrip.Rol(tekst(p, "rol")),
		Doel: begrip.Doel(tekst(v.Context, "doel")), Grondslag: begrip.Grondslag(tekst(v.Context, "grondslag")), Zaak: tekst(v.Context, "zaak"),
	}
	var c begrip.Controle
	if v.Subject.Type == subjectRol {
		l.Rol, l.Persoon = begrip.Rol(v.Subject.ID), "rol "+v.Subject.ID
	}
	if o := tekst(p, "organisatie"); o != "" {
		org, ok := n.register.organisatie(begrip.OIN(strings.TrimPrefix(o, "urn:nld:oin:")))
		c.Eis(ok, "subject.properties.organisatie", "Deze organisatie doet niet mee.")
		l.Organisatie = org
	}
	if len(c.Velden) == 0 {
		if f, ok := l.Controleer().(*begrip.Fout); ok {
			c.Velden = f.Velden
		}
	}
	if len(c.Velden) == 0 {
		return l, nil
	}
	var delen []string
	for _, f := range c.Velden {
		delen = append(delen, f.Veld+": "+f.Bericht)
	}
	return l, begrip.NieuweFout(begrip.Ongeldig, "%s", strings.Join(delen, " "))
}

// kandidaten gives what a search goes through: all roles, our records of a kind
// (in context.zaak when that is given), or the ways to read.
func (n *Node) kandidaten(ctx context.Context, s authzen.Zoek, v authzen.Vraag, na string, limiet int) ([]authzen.Vraag, string, error) {
	var uit []authzen.Vraag
	switch s {
	case authzen.ZoekSubject:
		if v.Subject.Type != subjectRol { // which people work here, a node does not know
			return nil, "", nil
		}
		for _, rol := range begrip.Rollen() {
			w := v
			w.Subject.ID = string(rol)
			uit = append(uit, w)
		}
	case authzen.ZoekAction:
		for _, naam := range []string{actieLezen, actieNiveau + "0", actieNiveau + "1", actieNiveau + "2"} {
			w := v
			w.Action = authzen.Action{Name: naam}
			uit = append(uit, w)
		}
	case authzen.ZoekResource:
		zaak, _ := v.Context["zaak"].(string)
		if _, ok := n.inzage.VanSoort(v.Resource.Type); !ok {
			return nil, "", nil
		}
		recs, err := n.store.Zoek(ctx, dossier.Filter{Soort: v.Resource.Type, Zaak: zaak})
		if err != nil {
			return nil, "", err
		}
		slices.SortFunc(recs, func(a, b dossier.Record) int { return strings.Compare(a.ID, b.ID) })
		for _, rec := range recs {
			w := v
			w.Resource.ID = rec.ID
			uit = append(uit, w)
		}
	}
	return deelVanaf(uit, na, limiet)
}

// deelVanaf gives the part of uit from position na on, and where the next begins.
func deelVanaf(uit []authzen.Vraag, na string, limiet int) ([]authzen.Vraag, string, error) {
	van := 0
	if na != "" {
		var err error
		if van, err = strconv.Atoi(na); err != nil || van < 0 {
			return nil, "", begrip.NieuweFout(begrip.Ongeldig, "Gebruik het token uit het vorige antwoord.")
		}
	}
	uit = uit[min(van, len(uit)):]
	if len(uit) <= limiet {
		return uit, "", nil
	}
	return uit[:limiet], strconv.Itoa(van + limiet), nil
}
