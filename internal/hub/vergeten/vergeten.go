package vergeten

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
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/hub/inname"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/sleutels"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

func (h *Hub) vergeetRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/vergeetverzoeken", h.MetFout(h.geefVergeetverzoeken))
	mux.HandleFunc("POST /v1/vergeetverzoeken", h.MetFout(h.vraagVergeten))
	mux.HandleFunc("POST /v1/vergeetverzoeken/{id}/akkoorden", h.MetFout(h.akkoordVergeten))
	mux.HandleFunc("POST /v1/vergeetverzoeken/{id}/uitvoeringen", h.MetFout(h.voerVergetenUit))
}

// medewerker gives which member of the chain manager's staff calls, by the
// personal certificate.
func (h *Hub) medewerker(r *http.Request) (toegang.Medewerker, error) {
	if err := h.Beheerder(r); err != nil {
		return toegang.Medewerker{}, err
	}
	return toegang.MedewerkerVan(r)
}

func (h *Hub) geefVergeetverzoeken(w http.ResponseWriter, r *http.Request) error {
	if err := h.Beheerder(r); err != nil {
		return err
	}
	vs, err := h.vergeetverzoeken()
	if err == nil {
		rest.WriteJSON(w, http.StatusOK, map[string]any{"vergeetverzoeken": vs})
	}
	return err
}

func (h *Hub) vergeetverzoeken() ([]feit.Vergeetverzoek, error) {
	fs, err := h.Feit.Alle(feit.VergeetSoort.Naam)
	uit := make([]feit.Vergeetverzoek, len(fs))
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
	if err := rest.ReadJSON(w, r, kern.MaxRegel, &in); err != nil {
		return err
	}
	var c begrip.Controle
	bsn, fout := begrip.ParseBSN(in.Burgerservicenummer)
	c.Eis((in.Burgerservicenummer == "") != (in.Betrokkene == "") && (fout == nil || in.Betrokkene != ""), "burgerservicenummer", "Vul een geldig burgerservicenummer in, of de naam van een betrokkene: één van beide.")
	c.Eis(in.Betrokkene == "" || strings.HasPrefix(in.Betrokkene, "urn:"), "betrokkene", "Dit moet de naam zijn die in de gebeurtenissen staat: urn:….")
	kern.RedenGoed(&c, "reden", in.Reden)
	kern.RedenGoed(&c, "grondslag", in.Grondslag)
	if err := c.Fout(); err != nil {
		return err
	}
	ref := h.Sleutels.RefID(in.Betrokkene)
	if in.Betrokkene == "" {
		ref = h.Sleutels.Ref(bsn)
	}
	v := feit.Vergeetverzoek{ID: uuid.NewString(), Stand: feit.VergeetStanden[0], Refs: []string{hex.EncodeToString(ref[:])}, Reden: in.Reden, Grondslag: in.Grondslag, Verzoeker: wie, GevraagdOp: nuTekst()}
	return h.vergeetStap(w, r, v, 0)
}

func nuTekst() time.Time { return time.Now().UTC().Truncate(time.Second) }

// vergeetStap records a step and answers with the request as it stands.
func (h *Hub) vergeetStap(w http.ResponseWriter, r *http.Request, v feit.Vergeetverzoek, stap int) error {
	if _, err := h.Inname.LegFeitVast(r.Context(), feit.VergeetStappen[stap], v.ID, "soh:Vergeten", v); err != nil {
		return err
	}
	rest.WriteJSON(w, http.StatusCreated, v)
	return nil
}

// vergeetverzoek gives the request of the path, which must be at the given step.
func (h *Hub) vergeetverzoek(r *http.Request, standen ...string) (v feit.Vergeetverzoek, err error) {
	f, ok, err := h.Feit.Geef(feit.VergeetSoort.Naam, r.PathValue("id"))
	if err == nil && !ok {
		err = begrip.NieuweFout(begrip.NietGevonden, "Dit verzoek kennen wij niet.")
	}
	if err == nil {
		err = json.Unmarshal(f.Inhoud, &v)
	}
	if err == nil && !slices.Contains(standen, v.Stand) {
		err = begrip.NieuweFout(begrip.Conflict, "Dit verzoek is al %s.", v.Stand)
		if v.Stand == feit.VergeetStanden[0] {
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
	v, err := h.vergeetverzoek(r, feit.VergeetStanden[0])
	if err != nil {
		return err
	}
	if wie.Zelfde(v.Verzoeker) {
		return begrip.NieuweFout(begrip.Verboden, "U vroeg dit zelf. Een ander moet akkoord geven, met een eigen certificaat.")
	}
	nu := nuTekst()
	v.Stand, v.Akkoord, v.AkkoordOp = feit.VergeetStanden[1], &wie, &nu
	return h.vergeetStap(w, r, v, 1)
}

// voerVergetenUit destroys the keys. Once begonnen stands it will be finished,
// by this call or by the housekeeping, whatever happens to the process.
func (h *Hub) voerVergetenUit(w http.ResponseWriter, r *http.Request) error {
	wie, err := h.medewerker(r)
	if err != nil {
		return err
	}
	v, err := h.vergeetverzoek(r, feit.VergeetStanden[1], feit.VergeetStanden[2])
	if err != nil {
		return err
	}
	if v.Stand == feit.VergeetStanden[1] {
		if v.Refs, err = h.alleRefs(r.Context(), v.Refs); err != nil {
			return err
		}
		nu := nuTekst()
		v.Stand, v.Uitvoerder, v.BegonnenOp = feit.VergeetStanden[2], &wie, &nu
		if _, err := h.Inname.LegFeitVast(r.Context(), feit.VergeetStappen[2], v.ID, "soh:Vergeten", v); err != nil {
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
		err = h.Graph.Zoek(graph.Vraag{Termen: []graph.Term{{Kind: graph.Persoon, Waarde: string(b)}}}, func(plaats uint64) (bool, error) {
			f, err := h.FrameOp(ctx, plaats)
			if err != nil {
				return false, err
			}
			ruw, err := h.Sleutels.Ontsleutel(ctx, f.Event, func(r [16]byte) bool { return r == ref })
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
				if fout != nil || h.Sleutels.Ref(bsn) != ref {
					continue
				}
				if id := h.Sleutels.RefID(n.ID); !slices.Contains(uit, hex.EncodeToString(id[:])) {
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

// maakVergetenAf destroys the keys of v and records that. Nothing is taken in
// meanwhile: an event that comes after it gets a fresh key, and is findable.
func (h *Hub) maakVergetenAf(ctx context.Context, v feit.Vergeetverzoek) (feit.Vergeetverzoek, error) {
	ids, err := h.vernietig(ctx, &v)
	if err == nil && !h.WachtOp(ctx, h.Log.Laatste(), 30*time.Second) {
		err = begrip.NieuweFout(begrip.NietBeschikbaar, "De sleutels zijn vernietigd. De Ketenindex loopt achter met het bijwerken van de index.")
	}
	if err == nil {
		err = h.Inname.GeldtFeit(ids[0])
	}
	return v, err
}

func (h *Hub) vernietig(ctx context.Context, v *feit.Vergeetverzoek) ([]uuid.UUID, error) {
	h.VergeetSlot.Lock()
	defer h.VergeetSlot.Unlock()
	for _, naam := range v.Refs {
		b, err := hex.DecodeString(naam)
		if err != nil || len(b) != 16 {
			return nil, errors.New("hub: a vergeetverzoek holds no reference")
		}
		for _, ref := range [][16]byte{[16]byte(b), h.Sleutels.RefTekst([16]byte(b))} {
			if err := h.Sleutels.Vernietig(ctx, ref); err != nil {
				return nil, err
			}
		}
	}
	nu := nuTekst()
	v.Stand, v.Uitgevoerd = feit.VergeetStanden[3], &nu
	return h.Inname.SchrijfFeiten(context.WithValue(ctx, kern.HoudtSlot{}, true), h.Cfg.Organisatie, []inname.NieuwFeit{{Typ: feit.VergeetStappen[3], ID: v.ID, Activiteit: "soh:Vergeten", Inhoud: *v}})
}

// maakAlleVergetenAf finishes what was begun before the process stopped.
func (h *Hub) maakAlleVergetenAf(ctx context.Context) error {
	vs, err := h.vergeetverzoeken()
	for _, v := range vs {
		if v.Stand == feit.VergeetStanden[2] {
			_, e := h.maakVergetenAf(ctx, v)
			err = errors.Join(err, e)
		}
	}
	return err
}

// WisselMeester gives the hub of cfg a new master key; no hub may run on its
// log meanwhile. sleutels.Wissel tells what it promises.
func WisselMeester(ctx context.Context, cfg kern.Config) error {
	l, err := hublog.Open(hublog.Config{Dir: filepath.Join(cfg.Dir, "log"), MaxBytes: cfg.MaxBytes, Reserve: cfg.Reserve, Cluster: cfg.Cluster, Log: cfg.Log})
	if err != nil {
		return err
	}
	geleid, err := l.Geleid(ctx)
	if err == nil && geleid {
		err = errors.New("er draait nog een hub op dit log: stop ze allemaal, en wacht tien tellen als er een vastliep")
	}
	if err == nil {
		err = sleutels.Wissel(ctx, l, cfg.Geheim("meester.sleutel"))
	}
	return errors.Join(err, l.Close())
}
