package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie/alle"
	meet "github.com/handbereik/soh/internal/meting"
	"github.com/handbereik/soh/internal/portal"
	"github.com/handbereik/soh/internal/toegang"
)

// PortalCmd runs the portal. OIN and name come from its certificate.
type PortalCmd struct {
	Map         string `name:"dir" env:"SOH_PORTAL_MAP" default:"portaal" help:"Map voor de sessiesleutel en de lijst van deelnemers."`
	Certificaat string `name:"cert" env:"SOH_CERTIFICAAT" required:"" type:"existingfile" help:"Certificaat van de organisatie, met OIN."`
	Sleutel     string `name:"key" env:"SOH_SLEUTEL" required:"" type:"existingfile" help:"Sleutel bij het certificaat."`
	CA          string `name:"ca" env:"SOH_CA" required:"" type:"existingfile" help:"Certificaten van de uitgevers die u vertrouwt."`
	CRL         string `name:"crl" env:"SOH_CRL" type:"existingfile" help:"Intrekkingslijsten (CRL) van die uitgevers."`
	Hub         string `env:"SOH_HUB" required:"" help:"Adres van de Ketenindex, https."`
	HubOIN      string `name:"hub-oin" env:"SOH_HUB_OIN" help:"OIN van de ketenbeheerder. Alleen wie dat OIN bewijst, telt als de Ketenindex; zonder start dit niet."`
	Addr        string `env:"SOH_PORTAL_ADDR" default:"127.0.0.1:8091" help:"Waar de pagina's luisteren, achter een proxy met TLS."`
	BeheerAddr  string `env:"SOH_PORTAL_BEHEER_ADDR" default:"127.0.0.1:9443" help:"Waar de beheerder metingen en gezondheid ziet, zonder certificaat; leeg: nergens."`
	Aanmelding
	VerbandMap
}

// Run serves until the process is told to stop.
func (c *PortalCmd) Run(ctx context.Context) error {
	if c.Issuer == "" {
		return errors.New("zonder aanmelddienst kan niemand inloggen: vul --issuer in (SOH_OIDC_ISSUER)")
	}
	log := begrip.Logger(os.Stdout, slog.LevelInfo)
	id, err := toegang.LaadIdentiteitMet(c.Certificaat, c.Sleutel, c.CA, c.CRL)
	if err != nil {
		return err
	}
	id.Organisatie.Soort = begrip.Burgerportaal
	verbanden, err := c.laad()
	if err != nil {
		return fmt.Errorf("de samenwerkingsverbanden kloppen niet:\n%w", err)
	}
	metingen := meet.Nieuw("portal")
	p, err := portal.Open(portal.Config{
		Metingen:    metingen,
		Verbanden:   verbanden,
		Organisatie: id.Organisatie, Map: c.Map, Identiteit: id, HubURL: c.Hub, HubOIN: begrip.OIN(c.HubOIN), Aanmelding: c.config("soh-portaal", id), Log: log,
		Functies: alle.Teksten(),
	})
	if err != nil {
		return err
	}
	stop, err := beheer(ctx, c.BeheerAddr, "portal", metingen, p.Gereed, log)
	if err != nil {
		return errors.Join(err, p.Close())
	}
	defer stop()
	return errors.Join(dien(ctx, p.Run, server(c.Addr, p.Handler(), nil, log)), p.Close())
}
