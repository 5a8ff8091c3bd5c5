package hub

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/hub/sleutels"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

// Vergeetverzoek is the record of forgetting one person (AVG artikel 17): two
// members of the chain manager's staff agree before anything is destroyed. It
// holds keyed references, never who the person is.
type Vergeetverzoek struct {
	ID         string              `json:"id"`
	Stand      string              `json:"stand"` // gevraagd, goedgekeurd, begonnen, uitgevoerd
	Refs       []string            `json:"refs"`  // hex; all that belong to the person once begonnen
	Reden      string              `json:"reden"`
	Grondslag  string              `json:"grondslag"`
	Verzoeker  toegang.Medewerker  `json:"verzoeker"`
	GevraagdOp time.Time           `json:"gevraagdOp"`
	Akkoord    *toegang.Medewerker `json:"akkoord,omitempty"`
	AkkoordOp  *time.Time          `json:"akkoordOp,omitempty"`
	Uitvoerder *toegang.Medewerker `json:"uitvoerder,omitempty"`
	BegonnenOp *time.Time          `json:"begonnenOp,omitempty"`
	Uitgevoerd *time.Time          `json:"uitgevoerdOp,omitempty"`
}

// The steps of a Vergeetverzoek: one event type each, in this order.
var vergeetStappen = []string{cloudevent.VergetenGevraagd, cloudevent.VergetenGoedgekeurd, cloudevent.VergetenBegonnen, cloudevent.VergetenUitgevoerd}
var vergeetStanden = []string{"gevraagd", "goedgekeurd", "begonnen", "uitgevoerd"}

var vergeetSoort = &feitSoort{naam: "vergeetverzoek", typen: vergeetStappen, mag: magBeheerder, pas: pasVergeten}

// pasVergeten sees to the order of the steps and to two different persons; with
// the last step the index forgets.
func pasVergeten(w *stap, f feit) (string, error) {
	var v, vorig Vergeetverzoek
	stap := slices.Index(vergeetStappen, f.Type)
	if err := json.Unmarshal(f.Inhoud, &v); err != nil || v.ID != f.ID || v.Stand != vergeetStanden[stap] || f.Door != w.h.cfg.Organisatie.OIN {
		return "De inhoud van deze gebeurtenis klopt niet.", nil
	}
	b, bekend, err := w.s.Staat(f.Soort, f.ID)
	if err != nil {
		return "", err
	}
	if bekend {
		var oud feit
		if err := leesFeit(b, &oud); err != nil {
			return "", err
		}
		if err := json.Unmarshal(oud.Inhoud, &vorig); err != nil {
			return "", err
		}
	}
	switch {
	case stap == 0 && bekend, stap > 0 && (!bekend || vorig.Stand != vergeetStanden[stap-1]):
		return "Deze stap past niet bij de stand van het verzoek.", nil
	case stap == 1 && (v.Akkoord == nil || v.Akkoord.Zelfde(vorig.Verzoeker)):
		return "Een ander dan de verzoeker moet akkoord geven.", nil
	case stap < 3:
		return "", nil
	}
	for _, naam := range vorig.Refs {
		ref, err := hex.DecodeString(naam)
		if err != nil {
			return "De inhoud van deze gebeurtenis klopt niet.", nil
		}
		t := graph.Term{Kind: graph.Persoon, Waarde: string(ref)}
		err = errors.Join(w.s.HaalTerm(t.Kind, t.Waarde, f.Plaats), w.s.HaalTerm(graph.Rust, rustTerm(t), f.Plaats),
			w.s.HaalTerm(graph.Kijk, kijkPersoon([16]byte(ref)), f.Plaats),
			w.s.ZetStaat(vergetenStaat, naam, plaatsTekst(f.Plaats)))
		if err != nil {
			return "", err
		}
	}
	return "", nil
}

// vergetenStaat tells of a ref where in the log its person was last forgotten.
const vergetenStaat = "vergeten"

func plaatsTekst(plaats uint64) []byte { b, _ := json.Marshal(plaats); return b }

// vergetenNa tells whether the person was forgotten after plaats.
func (w *stap) vergetenNa(ref string, plaats uint64) (bool, error) {
	b, ok, err := w.s.Staat(vergetenStaat, hex.EncodeToString([]byte(ref)))
	var op uint64
	if err != nil || !ok {
		return false, err
	}
	return json.Unmarshal(b, &op) == nil && op > plaats, nil
}

func (h *Hub) vergeetRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/vergeetverzoeken", h.metFout(h.geefVergeetverzoeken))
	mux.HandleFunc("POST /v1/vergeetverzoeken", h.metFout(h.vraagVergeten))
	mux.HandleFunc("POST /v1/vergeetverzoeken/{id}/akkoorden", h.metFout(h.akkoordVergeten))
	mux.HandleFunc("POST /v1/vergeetverzoeken/{id}/uitvoeringen", h.metFout(h.voerVergetenUit))
}

// medewerker gives which member of the chain manager's staff calls, by the
// personal certificate.
func (h *Hub) medewerker(r *http.Request) (toegang.Medewerker, error) {
	if err := h.beheerder(r); err != nil {
		return toegang.Medewerker{}, err
	}
	return toegang.MedewerkerVan(r)
}

func (h *Hub) geefVergeetverzoeken(w http.ResponseWriter, r *http.Request) error {
	if err := h.beheerder(r); err != nil {
		return err
	}
	vs, err := h.vergeetverzoeken()
	if err == nil {
		rest.WriteJSON(w, http.StatusOK, map[string]any{"vergeetverzoeken": vs})
	}
	return err
}

func (h *Hub) vergeetverzoeken() ([]Vergeetverzoek, error) {
	fs, err := h.alleFeiten(vergeetSoort.naam)
	uit := make([]Vergeetverzoek, len(fs))
	for i := range fs {
		err = errors.Join(err, json.Unmarshal(fs[i].Inhoud, &uit[i]))
	}
	return uit, err
}

func (h *Hub) vraagVergeten(w http.ResponseWriter, r *http.Request) error {
	wie, err := h.medewerker(r)
	if err != nil {
		return err
	}
	var in struct {
		Burgerservicenummer string `json:"burgerservicenummer"`
		Betrokkene          string `json:"betrokkene"`
		Reden               string `json:"reden"`
		Grondslag           string `json:"grondslag"`
	}
	if err := rest.ReadJSON(w, r, maxRegel, &in); err != nil {
		return err
	}
	var c begrip.Controle
	bsn, fout := begrip.ParseBSN(in.Burgerservicenummer)
	c.Eis((in.Burgerservicenummer == "") != (in.Betrokkene == "") && (fout == nil || in.Betrokkene != ""), "burgerservicenummer", "Vul een geldig burgerservicenummer in, of de naam van een betrokkene: één van beide.")
	c.Eis(in.Betrokkene == "" || strings.HasPrefix(in.Betrokkene, "urn:"), "betrokkene", "Dit moet de naam zijn die in de gebeurtenissen staat: urn:….")
	redenGoed(&c, "reden", in.Reden)
	redenGoed(&c, "grondslag", in.Grondslag)
	if err := c.Fout(); err != nil {
		return err
	}
	ref := h.sleutels.RefID(in.Betrokkene)
	if in.Betrokkene == "" {
		ref = h.sleutels.Ref(bsn)
	}
	v := Vergeetverzoek{ID: uuid.NewString(), Stand: vergeetStanden[0], Refs: []string{hex.EncodeToString(ref[:])}, Reden: in.Reden, Grondslag: in.Grondslag, Verzoeker: wie, GevraagdOp: nuTekst()}
	return h.vergeetStap(w, r, v, 0)
}

func nuTekst() time.Time { return time.Now().UTC().Truncate(time.Second) }

// vergeetStap records a step and answers with the request as it stands.
func (h *Hub) vergeetStap(w http.ResponseWriter, r *http.Request, v Vergeetverzoek, stap int) error {
	if _, err := h.legFeitVast(r.Context(), vergeetStappen[stap], v.ID, "soh:Vergeten", v); err != nil {
		return err
	}
	rest.WriteJSON(w, http.StatusCreated, v)
	return nil
}

// vergeetverzoek gives the request of the path, which must be at the given step.
func (h *Hub) vergeetverzoek(r *http.Request, standen ...string) (v Vergeetverzoek, err error) {
	f, ok, err := h.geefFeit(vergeetSoort.naam, r.PathValue("id"))
	if err == nil && !ok {
		err = begrip.NieuweFout(begrip.NietGevonden, "Dit verzoek kennen wij niet.")
	}
	if err == nil {
		err = json.Unmarshal(f.Inhoud, &v)
	}
	if err == nil && !slices.Contains(standen, v.Stand) {
		err = begrip.NieuweFout(begrip.Conflict, "Dit verzoek is al %s.", v.Stand)
		if v.Stand == vergeetStanden[0] {
			err = begrip.NieuweFout(begrip.Conflict, "Een tweede medewerker moet eerst akkoord geven.")
		}
	}
	return v, err
}

func (h *Hub) akkoordVergeten(w http.ResponseWriter, r *http.Request) error {
	wie, err := h.medewerker(r)
	if err != nil {
		return err
	}
	v, err := h.vergeetverzoek(r, vergeetStanden[0])
	if err != nil {
		return err
	}
	if wie.Zelfde(v.Verzoeker) {
		return begrip.NieuweFout(begrip.Verboden, "U vroeg dit zelf. Een ander moet akkoord geven, met een eigen certificaat.")
	}
	nu := nuTekst()
	v.Stand, v.Akkoord, v.AkkoordOp = vergeetStanden[1], &wie, &nu
	return h.vergeetStap(w, r, v, 1)
}

// voerVergetenUit destroys the keys. Once begonnen stands it will be finished,
// by this call or by the housekeeping, whatever happens to the process.
func (h *Hub) voerVergetenUit(w http.ResponseWriter, r *http.Request) error {
	wie, err := h.medewerker(r)
	if err != nil {
		return err
	}
	v, err := h.vergeetverzoek(r, vergeetStanden[1], vergeetStanden[2])
	if err != nil {
		return err
	}
	if v.Stand == vergeetStanden[1] {
		if v.Refs, err = h.alleRefs(r.Context(), v.Refs); err != nil {
			return err
		}
		nu := nuTekst()
		v.Stand, v.Uitvoerder, v.BegonnenOp = vergeetStanden[2], &wie, &nu
		if _, err := h.legFeitVast(r.Context(), vergeetStappen[2], v.ID, "soh:Vergeten", v); err != nil {
			return err
		}
	}
	if v, err = h.maakVergetenAf(r.Context(), v); err != nil {
		return err
	}
	rest.WriteJSON(w, http.StatusCreated, v)
	return nil
}

// alleRefs adds the names under which the same persons stand in events that do
// not tell their burgerservicenummer: the @id of a Betrokkene in one that does.
func (h *Hub) alleRefs(ctx context.Context, refs []string) ([]string, error) {
	uit := slices.Clone(refs)
	for _, naam := range refs {
		b, err := hex.DecodeString(naam)
		if err != nil || len(b) != 16 {
			return nil, errors.New("hub: a vergeetverzoek holds no reference")
		}
		ref := [16]byte(b)
		err = h.graph.Zoek(graph.Vraag{Termen: []graph.Term{{Kind: graph.Persoon, Waarde: string(b)}}}, func(plaats uint64) (bool, error) {
			f, err := h.frameOp(ctx, plaats)
			if err != nil {
				return false, err
			}
			ruw, err := h.sleutels.Ontsleutel(ctx, f.Event, func(r [16]byte) bool { return r == ref })
			if err != nil {
				return false, err
			}
			ev, err := cloudevent.Parse(ruw)
			if err != nil {
				return false, err
			}
			g, _, err := prov.Lees(ev.Data)
			for _, n := range g.Betrokkenen() {
				bsn, fout := begrip.ParseBSN(n.Tekst(prov.Burgerservicenummer))
				if fout != nil || h.sleutels.Ref(bsn) != ref {
					continue
				}
				if id := h.sleutels.RefID(n.ID); !slices.Contains(uit, hex.EncodeToString(id[:])) {
					uit = append(uit, hex.EncodeToString(id[:]))
				}
			}
			return err == nil, err
		})
		if err != nil {
			return nil, err
		}
	}
	return uit, nil
}

// houdtSlot marks the context of who holds vergeetSlot, so that legVast does not
// wait for itself.
type houdtSlot struct{}

// maakVergetenAf destroys the keys of v and records that. Nothing is taken in
// meanwhile: an event that comes after it gets a fresh key, and is findable.
func (h *Hub) maakVergetenAf(ctx context.Context, v Vergeetverzoek) (Vergeetverzoek, error) {
	ids, err := h.vernietig(ctx, &v)
	if err == nil && !h.wachtOp(ctx, h.log.Laatste(), 30*time.Second) {
		err = begrip.NieuweFout(begrip.NietBeschikbaar, "De sleutels zijn vernietigd. De Ketenindex loopt achter met het bijwerken van de index.")
	}
	if err == nil {
		err = h.geldtFeit(ids[0])
	}
	return v, err
}

func (h *Hub) vernietig(ctx context.Context, v *Vergeetverzoek) ([]uuid.UUID, error) {
	h.vergeetSlot.Lock()
	defer h.vergeetSlot.Unlock()
	for _, naam := range v.Refs {
		b, err := hex.DecodeString(naam)
		if err != nil || len(b) != 16 {
			return nil, errors.New("hub: a vergeetverzoek holds no reference")
		}
		for _, ref := range [][16]byte{[16]byte(b), h.sleutels.RefTekst([16]byte(b))} {
			if err := h.sleutels.Vernietig(ctx, ref); err != nil {
				return nil, err
			}
		}
	}
	nu := nuTekst()
	v.Stand, v.Uitgevoerd = vergeetStanden[3], &nu
	return h.schrijfFeiten(context.WithValue(ctx, houdtSlot{}, true), h.cfg.Organisatie, []nieuwFeit{{vergeetStappen[3], v.ID, "soh:Vergeten", *v}})
}

// maakAlleVergetenAf finishes what was begun before the process stopped.
func (h *Hub) maakAlleVergetenAf(ctx context.Context) error {
	vs, err := h.vergeetverzoeken()
	for _, v := range vs {
		if v.Stand == vergeetStanden[2] {
			_, e := h.maakVergetenAf(ctx, v)
			err = errors.Join(err, e)
		}
	}
	return err
}

// WisselMeester gives the hub of cfg a new master key; no hub may run on its
// log meanwhile. sleutels.Wissel tells what it promises.
func WisselMeester(ctx context.Context, cfg Config) error {
	l, err := hublog.Open(hublog.Config{Dir: filepath.Join(cfg.Dir, "log"), MaxBytes: cfg.MaxBytes, Reserve: cfg.Reserve, Cluster: cfg.Cluster, Log: cfg.Log})
	if err != nil {
		return err
	}
	geleid, err := l.Geleid(ctx)
	if err == nil && geleid {
		err = errors.New("er draait nog een hub op dit log: stop ze allemaal, en wacht tien tellen als er een vastliep")
	}
	if err == nil {
		err = sleutels.Wissel(ctx, l, cfg.geheim("meester.sleutel"))
	}
	return errors.Join(err, l.Close())
}
