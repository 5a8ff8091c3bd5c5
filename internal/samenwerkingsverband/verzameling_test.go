package samenwerkingsverband

import "testing"

func TestEigenDefinitiesKloppen(t *testing.T) {
	if _, err := laad(bestanden, nil); err != nil {
		t.Fatal(err)
	}
}
