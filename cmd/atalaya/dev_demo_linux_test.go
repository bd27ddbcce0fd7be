package main

import (
	"encoding/json"
	"net/http"
	"testing"

	runner "atalaya/internal/test/program"
	"atalaya/internal/test/testkit"
	"atalaya/internal/test/wait"
	"atalaya/internal/test/web"
)

// demoFacts is what a test reads of the API's answers about signals.
type demoFacts struct {
	Total int `json:"total"`
	Count int `json:"count"`
	Data  []struct {
		Origin string `json:"origin"`
	} `json:"data"`
}

// ask decodes a route's answer, which has to be 200.
func (r *running) ask(t *testing.T, method, path string, body, into any) {
	t.Helper()
	status, answer, err := web.Send(t.Context(), method, r.url+path, r.token, body)
	if err != nil || status != http.StatusOK {
		t.Fatalf("%s %s answers %d %s: %v", method, path, status, answer, err)
	}
	if err := json.Unmarshal(answer, into); err != nil {
		t.Fatal(err)
	}
}

func TestANewFolderHasDemoSignalsThatCountNowhereGetPicturesAndGoAtOnce(t *testing.T) {
	t.Parallel()
	r := startDev(t, runner.Folder(t), testkit.FreePort(t))
	var list demoFacts
	r.ask(t, "GET", "/api/signals?origin=demo&limit=1", nil, &list)
	if list.Total != demoSignals || list.Data[0].Origin != "demo" {
		t.Fatalf("the list says %+v", list)
	}
	var kept, asked struct {
		Data struct {
			Total  int `json:"total_signals"`
			Wins   int `json:"wins"`
			Losses int `json:"losses"`
		} `json:"data"`
	}
	r.ask(t, "GET", "/api/stats", nil, &kept)
	if kept.Data.Total != 0 || kept.Data.Wins != 0 {
		t.Errorf("the kept statistics count demo signals: %+v", kept)
	}
	r.ask(t, "GET", "/api/stats?origin=demo", nil, &asked)
	if asked.Data.Total != demoSignals || asked.Data.Wins < 60 || asked.Data.Losses < 60 {
		t.Errorf("asked for them, the statistics say %+v", asked)
	}
	wait.For(t, "two demo signals have a picture", func() bool {
		r.ask(t, "GET", "/api/signals?origin=demo&status=completed&limit=1", nil, &list)
		return list.Total >= 2
	})
	var edit demoFacts
	r.ask(t, "POST", "/api/signals/bulk", json.RawMessage(`{"filter":{"origin":"demo"},"expected_count":300,"delete":true}`), &edit)
	r.ask(t, "GET", "/api/signals?limit=1", nil, &list)
	if edit.Count != demoSignals || list.Total != 0 {
		t.Errorf("%d were removed, %d are left", edit.Count, list.Total)
	}
}
