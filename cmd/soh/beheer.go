package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/handbereik/soh/internal/hub"
	meet "github.com/handbereik/soh/internal/meting"
	"github.com/handbereik/soh/internal/rest"
)

// beheer shows the operator how a program does: measures, health and traces.
// It begins before gereed can answer, and stops with stop.
func beheer(ctx context.Context, addr, programma string, m *meet.Metingen, gereed func() error, log *slog.Logger) (stop func(), err error) {
	sporen, err := meet.Sporen(ctx, programma, hub.Versie)
	if err != nil {
		return nil, err
	}
	uitvoer, err := m.Uitvoer(ctx, programma, hub.Versie)
	if err != nil {
		return nil, err
	}
	srv := rest.Server(m.Beheer(gereed), nil, log, slog.LevelDebug)
	if addr != "" {
		l, err := net.Listen("tcp", addr)
		if err != nil { // the work itself goes on
			log.Warn("niemand kan de metingen zien: het adres van --beheer-addr is niet vrij", "adres", addr, "fout", err)
		} else {
			go func() {
				if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
					log.Error("metingen zijn niet meer te zien", "fout", err)
				}
			}()
		}
	}
	return func() {
		_ = srv.Close()
		kort, af := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer af()
		if err := errors.Join(sporen(kort), uitvoer(kort)); err != nil {
			log.Warn("de laatste sporen of metingen zijn niet verstuurd", "fout", err)
		}
	}, nil
}
