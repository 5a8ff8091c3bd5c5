package webhook

import (
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

func TestAdresBuitenHetRegisterWordtGeweigerd(t *testing.T) {
	const api = "https://knoop.example:8443/v1"
	for adres, mag := range map[string]bool{
		"https://knoop.example:8443/haak":       true,
		"https://KNOOP.example:8443/v1/haak":    true,
		"https://knoop.example/haak":            false, // another port is another server
		"https://ander.example:8443/haak":       false,
		"https://knoop.example.kwaad.nl:8443/x": false,
		"https://knoop.example:8443@kwaad.nl/x": false,
		"http://knoop.example:8443/haak":        false,
		"https://knoop.example:8443/h?token=1":  false,
		"https://knoop.example:8443/h?":         false,
		"https://u:p@knoop.example:8443/h":      false,
		"https://169.254.169.254/latest":        false,
		"https://localhost:8443/":               false,
		"::":                                    false,
		"":                                      false,
	} {
		var c begrip.Controle
		Adres(&c, "adres", adres, api)
		if (len(c.Velden) == 0) != mag {
			t.Errorf("%s: %v", adres, c.Velden)
		}
	}
	var c begrip.Controle
	Adres(&c, "adres", "https://x/y", "")
	if len(c.Velden) == 0 {
		t.Error("a deelnemer without API may have an address")
	}
}

func TestRetryAfter(t *testing.T) {
	nu := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for s, wil := range map[string]time.Duration{"0": 0, "7": 7 * time.Second, "99999999999": maxWacht, "Sat, 28 Nov 2026 12:00:30 GMT": 30 * time.Second, "Sat, 28 Nov 2026 11:00:00 GMT": 0} {
		if d, ok := wachttijd(s, nu); !ok || d != wil {
			t.Errorf("%s: %v %v", s, d, ok)
		}
	}
	for _, s := range []string{"", "-1", "straks"} {
		if _, ok := wachttijd(s, nu); ok {
			t.Errorf("%q is a time to wait", s)
		}
	}
}

func TestPauzeGroeitEnHeeftEenGrens(t *testing.T) {
	for i := range 200 {
		d := Pauze(i, time.Second, 5*time.Minute)
		boven := min(time.Second<<min(max(i-1, 0), 20), 5*time.Minute)
		if d < boven/2 || d > boven {
			t.Fatalf("after %d tries %v", i, d)
		}
	}
}
