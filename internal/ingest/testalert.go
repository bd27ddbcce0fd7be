package ingest

import (
	"context"
	"encoding/json"
	"time"

	"atalaya"
)

// testIndicator is the indicator's name in test alerts.
const testIndicator = "Atalaya test alert"

// Test sends a user a test alert through the same path as a real one, with OriginTest: it uses no quota and does
// not count in the statistics. The receipt has the outcome. It fails as Accept does.
func (s *Service) Test(ctx context.Context, t atalaya.TenantConfig) (atalaya.Receipt, error) {
	now := time.Now().UTC()
	body, err := json.Marshal(map[string]string{
		"indicator": testIndicator, "ticker": "BINANCE:BTCUSDT", "interval": "60", "signal_type": "TEST",
		"timestamp": now.Format(time.RFC3339Nano),
	})
	if err != nil {
		return atalaya.Receipt{}, err
	}
	return s.Accept(ctx, atalaya.Arrival{
		Token: t.WebhookToken, Body: body, BodySize: int64(len(body)), ReceivedAt: now, Origin: atalaya.OriginTest,
	})
}
