package main

import (
	"fmt"
	"log/slog"
	"net"

	"github.com/handbereik/soh/internal/hub"
	"github.com/handbereik/soh/internal/rest"
)

// HubGrootboek is what a hub is told about its ledger.
type HubGrootboek struct {
	Openbaar string   `name:"openbaar-addr" help:"Adres (zonder TLS, voor achter een proxy) waarop iedereen het grootboek onder /tlog kan lezen."`
	Getuige  []string `help:"Getuige die elke stand van het grootboek meetekent, als https://adres=sleutel; mag vaker." sep:"none"`
}

// serveerOpenbaar serves what is for everybody on an address of its own, without
// client certificates, until stop.
func serveerOpenbaar(h *hub.Hub, addr string, log *slog.Logger) (stop func(), err error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("luisteren op %s lukt niet: %w", addr, err)
	}
	srv := rest.Server(h.Bewijs.Openbaar(), nil, log, slog.LevelWarn)
	go func() { _ = srv.Serve(l) }()
	return func() { _ = srv.Close() }, nil
}
