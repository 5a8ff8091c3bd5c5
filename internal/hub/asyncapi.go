package hub

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/rest"
)

// geefAsyncAPI is GET /v1/asyncapi.json: every kind of event that is agreed now,
// as AsyncAPI 3.0. Like the OpenAPI document it holds nothing of anyone.
func (h *Hub) geefAsyncAPI(w http.ResponseWriter, r *http.Request) {
	b, err := json.Marshal(asyncAPI(h.Regels.Load().Soorten()))
	if err != nil {
		rest.WriteFout(w, r, err)
		return
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(b)
}

// los is a JSON object.
type los = map[string]any

func verwijs(delen ...string) los { return los{"$ref": "#/" + strings.Join(delen, "/")} }

// asyncAPI describes the events as messages. A channel is a type: what is
// offered with it (receive) and what is found or delivered (send). Contact,
// licence and version are those of the OpenAPI document.
func asyncAPI(alle []soorten.Soort) los {
	var open struct {
		Info    struct{ Contact, License los }
		Servers []struct{ URL, Description string }
	}
	if err := json.Unmarshal(OpenAPI, &open); err != nil {
		panic(err) // it was made by json.Marshal
	}
	host, pad, _ := strings.Cut(strings.TrimPrefix(open.Servers[0].URL, "https://"), "/")
	kanalen, berichten, handelingen := los{}, los{}, los{}
	for _, s := range alle {
		omschrijving := s.Omschrijving
		if omschrijving == "" {
			omschrijving = cloudevent.Omschrijving(s.Type) + "."
		}
		berichten[s.Type] = bericht(s, omschrijving)
		kanalen[s.Type] = los{
			"address": "/events", "title": cloudevent.Omschrijving(s.Type), "description": omschrijving,
			"servers": []los{verwijs("servers", "ketenindex")}, "messages": los{s.Type: verwijs("components", "messages", s.Type)},
		}
		handeling := func(naam, actie, wat string) {
			handelingen[naam+"."+s.Type] = los{"action": actie, "title": cloudevent.Omschrijving(s.Type), "description": wat, "channel": verwijs("channels", s.Type),
				"messages": []los{verwijs("channels", s.Type, "messages", s.Type)}, "tags": []los{{"name": s.Functie}}}
		}
		if s.Functie != "ketenindex" && !cloudevent.IsResultaat(s.Type) {
			handeling("ontvang", "receive", "Een deelnemer biedt deze gebeurtenis aan met POST /events.")
		}
		handeling("geef", "send", "Wie dit mag zien, vindt deze gebeurtenis met een vraag of krijgt haar door een abonnement.")
	}
	return los{
		"asyncapi": "3.0.0", "defaultContentType": cloudevent.TypeEvent, "id": "urn:soh:ketenindex:gebeurtenissen",
		"info": los{"title": "Gebeurtenissen van de Ketenindex", "version": kern.Versie, "contact": open.Info.Contact, "license": open.Info.License,
			"description": "Alle soorten gebeurtenissen die in de keten zijn afgesproken, als CloudEvents met een PROV-graaf. Hoe u ze aanbiedt en vindt, staat in /v1/openapi.json.",
			"tags":        []los{{"name": "gebeurtenissen", "description": "Wat er in de keten gebeurt"}}},
		"servers": los{"ketenindex": los{"host": host, "pathname": "/" + pad, "protocol": "https", "description": open.Servers[0].Description,
			"security": []los{verwijs("components", "securitySchemes", "certificaat")}}},
		"channels": kanalen, "operations": handelingen,
		"components": los{"messages": berichten, "schemas": asyncSchemas(),
			"securitySchemes": los{"certificaat": los{"type": "X509", "description": "Certificaat met het OIN als serialNumber van het subject (PKIoverheid)."}}},
	}
}

func bericht(s soorten.Soort, omschrijving string) los {
	return los{
		"name": s.Type, "title": cloudevent.Omschrijving(s.Type), "summary": omschrijving, "contentType": cloudevent.TypeEvent,
		"tags":    []los{{"name": s.Functie}},
		"payload": los{"allOf": []los{verwijs("components", "schemas", "CloudEvent"), {"properties": los{"type": los{"const": s.Type}}}}},
	}
}

// asyncSchemas are the envelope and the graph that every message has.
func asyncSchemas() los {
	tekst := func(wat string) los { return los{"type": "string", "minLength": 1, "description": wat} }
	return los{
		"CloudEvent": los{"type": "object", "description": "CloudEvents 1.0.2 met het NL GOV-profiel.", "required": []string{"specversion", "id", "source", "type", "time", "data"},
			"properties": los{
				"specversion": los{"const": "1.0"}, "id": tekst("Uniek per source"), "type": tekst("nl.jzv.<samenwerkfunctie>.<gebeurtenis>"),
				"source": tekst("Het registrerende systeem, bijvoorbeeld urn:nld:oin:<oin>:systeem:<naam>"),
				"time":   los{"type": "string", "format": "date-time", "description": "Moment van registratie"}, "subject": tekst("Waar het over gaat"),
				"datacontenttype": tekst("Mediatype van data"), "dataschema": tekst("Schema van data"), "data": verwijs("components", "schemas", "PROVGraaf"),
			}},
		"PROVGraaf": los{"type": "object", "description": "PROV-graaf als JSON-LD: ten minste één prov:Entity, één prov:Activity en één prov:Agent.", "required": []string{"@context", "@graph"},
			"properties": los{
				"@context": los{"type": "object", "required": []string{"prov", "soh"}, "properties": los{"prov": los{"const": prov.NSProv}, "soh": los{"const": prov.NSSoh}}},
				"@graph":   los{"type": "array", "minItems": 1, "items": los{"type": "object", "required": []string{"@id", "@type"}}},
			}},
	}
}
