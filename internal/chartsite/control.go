package chartsite

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
)

// maxChosen bounds the charts with a scenario set. It is far more than any test needs.
const maxChosen = 10_000

// chosenScenarios are the scenarios that were set for charts, by chart id.
type chosenScenarios struct {
	mu sync.Mutex
	by map[string]string
}

func (c *chosenScenarios) get(chartID string) (scenario string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	scenario, ok = c.by[chartID]
	return scenario, ok
}

func (c *chosenScenarios) set(chartID, scenario string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if scenario == "" {
		delete(c.by, chartID)
		return nil
	}
	if _, ok := c.by[chartID]; !ok && len(c.by) == maxChosen {
		return fmt.Errorf("%d charts have a scenario set; take some back with an empty scenario", maxChosen)
	}
	if c.by == nil {
		c.by = make(map[string]string)
	}
	c.by[chartID] = scenario
	return nil
}

// SetScenario sets the scenario of a chart from now on, whatever its id and the session say. So a test can
// change how a chart behaves between two captures. scenario is written as in a chart id ("slow500"); ""
// takes the setting back. It fails if the chart id is not valid, the scenario is unknown, or 10,000 charts
// have a scenario set.
func (s *Site) SetScenario(chartID, scenario string) error {
	if !validChartID(chartID) {
		return fmt.Errorf("chart id %.40q: want 1 to 32 letters and digits", chartID)
	}
	if scenario != "" && s.scenarioNamed(scenario).ID == goodScenario && scenario != goodScenario {
		return fmt.Errorf("there is no scenario %.40q; the home page lists all", scenario)
	}
	return s.chosen.set(chartID, scenario)
}

// chooseScenario is SetScenario over HTTP.
func (s *Site) chooseScenario(w http.ResponseWriter, r *http.Request) {
	var choice struct {
		ChartID  string `json:"chart_id"`
		Scenario string `json:"scenario"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4096)).Decode(&choice); err != nil {
		http.Error(w, `send {"chart_id": "...", "scenario": "..."}`, http.StatusBadRequest)
		return
	}
	if err := s.SetScenario(choice.ChartID, choice.Scenario); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
