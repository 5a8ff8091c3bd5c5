package toegang

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestTokenInHetAdresWordtGeweigerd: a token in an address is never taken, nor
// passed over in silence.
func TestTokenInHetAdresWordtGeweigerd(t *testing.T) {
	geweigerd, door := 0, 0
	h := VereisCertificaat(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { door++ }), func(http.ResponseWriter, *http.Request, error) { geweigerd++ }, "/open")
	for _, adres := range []string{"/open?access_token=x", "/open?a=b&access_token=", "/v1/events?access%5Ftoken=x&access_token=y"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, adres, nil))
	}
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/open?cursor=access", nil))
	if geweigerd != 3 || door != 1 {
		t.Errorf("%d refused, %d through", geweigerd, door)
	}
}
