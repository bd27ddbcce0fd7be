package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// inSpanish sends a request of a user that asks for Spanish.
func (s *stack) inSpanish(user account, method, target, body string) answer {
	s.t.Helper()
	r := s.request(user, method, target, body)
	r.Header.Set("Accept-Language", "es-AR,es;q=0.9")
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	a := answer{status: w.Code, header: w.Result().Header, raw: w.Body.Bytes()}
	if err := json.Unmarshal(a.raw, &a.body); err != nil {
		s.t.Fatalf("%s %s: %v: %s", method, target, err, a.raw)
	}
	return a
}

func TestTheAPIAnswersInSpanishWithTheSameCodes(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	ana := s.user("ana@example.com")
	signal := s.signal(ana, "BINANCE:BTCUSDT")
	for _, c := range []struct {
		user                 account
		method, target, body string
		status               int
		code, message        string
	}{
		{account{}, "GET", "/api/signals", "", 401, "unauthorized", "Envía el token de acceso"},
		{ana, "GET", "/api/signals/11111111-1111-4111-8111-111111111111", "", 404, "not_found", "No tienes ninguna señal con este id."},
		{ana, "GET", "/nope", "", 404, "not_found", "No existe esa ruta."},
		{ana, "GET", "/api/signals?limit=9999", "", 422, "invalid_request", "se esperaba un número <= 200"},
		{ana, "PUT", "/api/signals/" + signal, `{"result": "won"}`, 422, "invalid_request", "se esperaba uno de"},
		{ana, "PUT", "/api/signals/" + signal, `{"profit_loss": "much"}`, 422, "invalid_request", "envía un número dentro de ±1e30"},
		{ana, "PUT", "/api/config", `{"screenshot_resolution": "720p"}`, 200, "", "Ajustes guardados."},
		{ana, "DELETE", "/api/signals/" + signal, "", 200, "", "Señal eliminada; su imagen también se borra."},
	} {
		a := s.inSpanish(c.user, c.method, c.target, c.body)
		message, _ := a.body["message"].(string)
		code, _ := a.body["error"].(string)
		if a.status != c.status || code != c.code || !strings.Contains(message, c.message) {
			t.Errorf("%s %s: %d %s %q, want %d %s %q", c.method, c.target, a.status, code, message, c.status, c.code, c.message)
		}
		if c.status >= 400 && a.body["detail"] != message {
			t.Errorf("%s %s: detail %v is not the message", c.method, c.target, a.body["detail"])
		}
		if a.header.Get("Content-Language") != "es" || !slices.Contains(a.header.Values("Vary"), "Accept-Language") {
			t.Errorf("%s %s: headers %v", c.method, c.target, a.header)
		}
	}
	english := s.send(ana, http.MethodGet, "/api/signals/"+signal, "")
	if english.header.Get("Content-Language") != "en" || english.body["message"] != "You have no signal with this id." {
		t.Errorf("without a language: %v %s", english.header, english.raw)
	}
}
