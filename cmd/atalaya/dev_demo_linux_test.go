package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
)

// demoFacts is what the API says of signals and statistics.
type demoFacts struct {
	Total int `json:"total"`
	Count int `json:"count"`
	Data  []struct {
		Origin string `json:"origin"`
	} `json:"data"`
}

// ask reads a route's answer.
func (r *running) ask(t *testing.T, method, path, body string, into any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, r.url+path, bytes.NewBufferString(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+r.token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(into); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s %s answers %d: %v", method, path, res.StatusCode, err)
	}
}

func TestANewFolderHasDemoSignalsThatCountNowhereGetPicturesAndGoAtOnce(t *testing.T) {
	t.Parallel()
	r := startDev(t, devFolder(t), freePort(t))
	var list demoFacts
	r.ask(t, "GET", "/api/signals?origin=demo&limit=1", "", &list)
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
	r.ask(t, "GET", "/api/stats", "", &kept)
	if kept.Data.Total != 0 || kept.Data.Wins != 0 {
		t.Errorf("the kept statistics count demo signals: %+v", kept)
	}
	r.ask(t, "GET", "/api/stats?origin=demo", "", &asked)
	if asked.Data.Total != demoSignals || asked.Data.Wins < 60 || asked.Data.Losses < 60 {
		t.Errorf("asked for them, the statistics say %+v", asked)
	}
	await(t, "two demo signals have a picture", func() bool {
		r.ask(t, "GET", "/api/signals?origin=demo&status=completed&limit=1", "", &list)
		return list.Total >= 2
	})
	var edit demoFacts
	r.ask(t, "POST", "/api/signals/bulk", `{"filter":{"origin":"demo"},"expected_count":300,"delete":true}`, &edit)
	r.ask(t, "GET", "/api/signals?limit=1", "", &list)
	if edit.Count != demoSignals || list.Total != 0 {
		t.Errorf("%d were removed, %d are left", edit.Count, list.Total)
	}
}
