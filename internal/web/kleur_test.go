package web_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
)

var kleurRe = regexp.MustCompile(`--voorbeeld-kleuren-([a-z]+-\d+):\s*(#[0-9a-f]{6})`)

func helderheid(hex string) float64 {
	var som float64
	for i, gewicht := range []float64{.2126, .7152, .0722} {
		n, _ := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		x := float64(n) / 255
		if x <= .03928 {
			x /= 12.92
		} else {
			x = math.Pow((x+.055)/1.055, 2.4)
		}
		som += gewicht * x
	}
	return som
}

func contrast(a, b string) float64 {
	x, y := helderheid(a), helderheid(b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

// TestKleurenparen: every text pair of the design has a contrast of at least
// 5:1, every line that carries meaning at least 3:1 (WCAG 2.2, 1.4.3 and 1.4.11).
func TestKleurenparen(t *testing.T) {
	b, err := os.ReadFile("../../web/src/theme.tokens")
	if err != nil {
		t.Fatal(err)
	}
	kleur := map[string]string{}
	for _, m := range kleurRe.FindAllStringSubmatch(string(b), -1) {
		kleur[m[1]] = m[2]
	}
	if len(kleur) < 20 {
		t.Fatalf("maar %d kleuren gelezen", len(kleur))
	}
	geef := func(n string) string {
		if n[0] == '#' {
			return n
		}
		if kleur[n] == "" {
			t.Fatalf("de kleur %s bestaat niet", n)
		}
		return kleur[n]
	}
	for _, p := range []struct {
		a, b string
		wil  float64
	}{
		{"grijs-700", "grijs-50", 7}, {"grijs-700", "#ffffff", 7}, {"grijs-400", "#ffffff", 5}, {"grijs-400", "grijs-50", 5}, {"grijs-400", "oranje-50", 5}, {"grijs-400", "violet-50", 5},
		{"violet-500", "#ffffff", 5}, {"violet-500", "violet-100", 5}, {"violet-500", "violet-50", 5}, {"violet-600", "violet-100", 5},
		{"#ffffff", "violet-500", 5}, {"#ffffff", "violet-700", 5}, {"#d5e4ec", "violet-700", 5},
		{"groen-500", "groen-100", 5}, {"groen-400", "#ffffff", 5}, {"#ffffff", "groen-400", 5},
		{"oranje-500", "oranje-100", 5}, {"oranje-500", "oranje-50", 5}, {"oranje-500", "oranje-200", 5},
		{"#0b0c0c", "#ffdd00", 7}, {"grijs-500", "grijs-100", 5},
		{"grijs-400", "#ffffff", 3}, {"violet-500", "grijs-50", 3},
	} {
		if c := contrast(geef(p.a), geef(p.b)); c < p.wil {
			t.Errorf("%s op %s: %.2f, niet %.0f", p.a, p.b, c, p.wil)
		}
	}
}
