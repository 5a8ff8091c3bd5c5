package node

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
	"github.com/handbereik/soh/internal/werkplek"
)

// maakWerkplek is the professionals' site: sign-in, what every workspace
// has, and what each functie brings.
func (n *Node) maakWerkplek() (http.Handler, error) {
	if n.cfg.Aanmelding.Issuer == "" {
		return http.NotFoundHandler(), nil
	}
	site, err := web.New(web.Config{
		Naam: "Samen Onder Handbereik", Ondertitel: n.cfg.Organisatie.Naam, Thuis: "/postvak", Werkplek: true,
		Aanmelden: "/aanmelden", FormActies: []string{strings.TrimRight(n.cfg.Aanmelding.Issuer, "/")}, Log: n.cfg.Log,
	})
	if err == nil { // what a functie calls its things stands in the menu and the Postvak too
		site, err = site.Met(functie.Catalogi(n.functies)...)
	}
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	cfg := n.cfg.Aanmelding
	if cfg.Organisatie == "" {
		cfg.Organisatie = n.cfg.Organisatie.OIN
	}
	if cfg.Fout == nil {
		cfg.Fout = site.Fout
	}
	if cfg.Log == nil {
		cfg.Log = n.cfg.Log
	}
	if cfg.Start == "" {
		cfg.Start = "/postvak"
	}
	if cfg.Sleutel == [32]byte{} {
		if cfg.Sleutel, err = n.sleutel(context.Background()); err != nil {
			return nil, err
		}
	}
	aanmelding, err := toegang.NieuweAanmelding(cfg)
	if err != nil {
		return nil, err
	}
	aanmelding.Routes(mux)
	n.gezondheid(mux)
	w := web.NieuwWerk(site, mux, aanmelding.Vereis, aanmelding.VereisSterk)
	titels, opent := map[string]string{}, map[string]func(context.Context, toegang.Sessie, opdracht.Opdracht) bool{}
	for _, f := range n.functies {
		maps.Copy(opent, f.Opent)
		for _, s := range f.Opdrachten {
			titels[s.Naam] = s.Titel
		}
	}
	err = werkplek.Registreer(w, werkplek.Config{
		Opdrachten: n.opdracht, Dossier: n.store, Naam: n.naam, Wek: n.bezorger.Wek,
		Titel: func(soort string) string { return cmp.Or(titels[soort], soort) },
		Opent: func(ctx context.Context, s toegang.Sessie, o opdracht.Opdracht) bool {
			f, ok := opent[o.Soort]
			return ok && f(ctx, s, o)
		},
		Functies: func(w *web.Werk) {
			for _, f := range n.functies {
				if f.Werkplek != nil {
					f.Werkplek(w)
				}
			}
		},
	})
	return site.Handler(n.werkplekDoorPoort(site, n.cfg.Metingen.HTTP(mux))), err
}

// werkplekDoorPoort shows, when the dossier is not the last one, only that and how
// the node is.
func (n *Node) werkplekDoorPoort(site *web.Site, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d, reden, _ := n.poort.nu()
		if d == deurOpen || d == deurEigen || r.URL.Path == "/health" || r.URL.Path == "/ready" || strings.HasPrefix(r.URL.Path, "/assets/") {
			next.ServeHTTP(w, r)
			return
		}
		site.Fout(w, r, begrip.NieuweFout(begrip.NietBeschikbaar, "%s", reden))
	})
}

func (n *Node) naam(oin begrip.OIN) string {
	if o, ok := n.register.organisatie(oin); ok {
		return o.Naam
	}
	return "Een organisatie die wij niet kennen"
}

// hoofd begins a text with a capital.
func hoofd(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
