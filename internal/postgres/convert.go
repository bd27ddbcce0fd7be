package postgres

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

func signalOf(r rows.TradingSignal) atalaya.Signal {
	return atalaya.Signal{
		ID: atalaya.SignalID(r.ID), UserID: atalaya.UserID(r.UserID), IndicatorName: r.IndicatorName,
		Ticker: r.Ticker, Exchange: r.Exchange, Symbol: r.Symbol, Price: r.Price,
		SignalType: r.SignalType, Direction: r.Direction, ChartID: r.ChartID, Interval: r.Interval,
		EventKind: r.EventKind, StopPrice: r.StopPrice, Origin: atalaya.Origin(r.Origin),
		RiskAmount: r.RiskAmount, ClosedAt: r.ClosedAt,

		ScreenshotURL: r.ScreenshotUrl, ScreenshotStatus: atalaya.ScreenshotStatus(r.ScreenshotStatus),
		ScreenshotError: r.ScreenshotError, ScreenshotPath: r.ScreenshotPath,
		ScreenshotKind: r.ScreenshotKind, ScreenshotSource: r.ScreenshotSource,
		ScreenshotWidth: r.ScreenshotWidth, ScreenshotHeight: r.ScreenshotHeight,
		ScreenshotTakenAt: r.ScreenshotTakenAt, ScreenshotSymbol: r.ScreenshotSymbol,
		ScreenshotInterval: r.ScreenshotInterval, ScreenshotWarnings: r.ScreenshotWarnings,

		Result: atalaya.Result(r.Result), EntryPrice: r.EntryPrice, ExitPrice: r.ExitPrice,
		ProfitLoss: r.ProfitLoss, ProfitLossPercent: r.ProfitLossPercent, Notes: r.Notes, Tags: r.Tags,

		RawMessage: r.RawMessage, ParsedData: r.ParsedData, ParseStatus: r.ParseStatus, Missing: r.Missing,
		Timestamp: r.Timestamp, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, DeliveryMode: r.DeliveryMode,
	}
}

func tenantOf(r rows.TradingSignalsConfig, used int64) atalaya.TenantConfig {
	return atalaya.TenantConfig{
		ID: r.ID, UserID: atalaya.UserID(r.UserID), WebhookToken: atalaya.WebhookToken(r.WebhookToken),
		WebhookEnabled: r.WebhookEnabled, WebhookRequestsCount: r.WebhookRequestsCount,
		SignalsQuota: int64(r.SignalsQuota), SignalsUsedThisMonth: used, QuotaMonth: r.QuotaMonth,
		UserPlan: atalaya.Plan(r.UserPlan), DefaultChartID: r.DefaultChartID,
		TVSessionID: sealedOrNone(r.TvSessionid), TVSessionIDSign: sealedOrNone(r.TvSessionidSign),
		CookiesValid: r.CookiesValid, CookiesProblem: r.CookiesProblem, CookiesUpdatedAt: r.CookiesUpdatedAt,
		CaptureEnabled: r.CaptureEnabled, CaptureWithoutCookies: r.CaptureWithoutCookies, SupportAccess: r.SupportAccess,
		ConsentAt: r.ConsentAt, ConsentVersion: r.ConsentVersion,
		ScreenshotResolution: atalaya.Resolution(r.ScreenshotResolution), PreferredTimezone: r.PreferredTimezone,
		DedupeWindowSeconds: r.DedupeWindowSeconds, AlertNames: r.AlertNames, SilenceRules: r.SilenceRules, TelegramEnabled: r.TelegramEnabled,
		TelegramChatID:    r.TelegramChatID,
		DiscordWebhookURL: r.DiscordWebhookUrl, EmailNotifications: r.EmailNotifications,
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, Notifies: r.Notifies,
	}
}

func statsOf(r rows.GetStatsRow) atalaya.Stats {
	return atalaya.Stats{
		ID: r.ID, UserID: atalaya.UserID(r.UserID),
		TotalSignals: r.TotalSignals, SignalsWithResult: r.SignalsWithResult,
		Wins: r.Wins, Losses: r.Losses, Breakevens: r.Breakevens,
		WinRate: r.WinRate, TotalProfitLoss: r.TotalProfitLoss,
		AvgProfitPerWin: r.AvgProfitPerWin, AvgLossPerLoss: r.AvgLossPerLoss,
		ProfitFactor: r.ProfitFactor, LargestWin: r.LargestWin, LargestLoss: r.LargestLoss,
		CurrentStreak: r.CurrentStreak, MaxWinStreak: r.MaxWinStreak, MaxLossStreak: r.MaxLossStreak,
		LastSignalAt: r.LastSignalAt, LastCalculatedAt: r.LastCalculatedAt,
	}
}

func taskOf(r rows.LockCaptureRow) atalaya.CaptureTask {
	return atalaya.CaptureTask{
		SignalID: atalaya.SignalID(r.ID), UserID: atalaya.UserID(r.UserID),
		Status: atalaya.ScreenshotStatus(r.ScreenshotStatus), ArrivedAt: r.Since, BegunAt: r.Begun, Alone: r.Alone, Hung: r.Hung,
		ChartID: r.ChartID, Exchange: r.Exchange, Symbol: r.Symbol, Interval: r.Interval,
		Resolution: atalaya.Resolution(r.ScreenshotResolution), Path: r.Path,
		SealedSessionID: atalaya.Sealed(r.SealedSessionID), SealedSessionSign: atalaya.Sealed(r.SealedSessionSign),
		CookiesUpdatedAt: r.CookiesUpdatedAt, CookiesValid: r.CookiesValid, MalformedCookies: r.Malformed, WithoutCookies: r.CaptureWithoutCookies,
	}
}

// givenText returns whether a member of an update is set, and its value.
func givenText(v **string) (bool, *string) {
	if v == nil {
		return false, nil
	}
	return true, *v
}

// given returns whether a member of an update is set, and its value with every digit.
func given(n *decimal.NullDecimal) (bool, *string) {
	if n == nil {
		return false, nil
	}
	return true, orNull(digits(*n))
}

// textOf converts a pointer to one of the domain's strings.
func textOf[T ~string](v *T) *string {
	if v == nil {
		return nil
	}
	text := string(*v)
	return &text
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// digits returns a number with every digit it was given, "" for null. Passed as a parameter of its own type, it
// would lose trailing zeros.
func digits(n decimal.NullDecimal) string {
	if !n.Valid {
		return ""
	}
	return n.Decimal.StringFixed(max(0, -n.Decimal.Exponent()))
}

// orNull returns nil, SQL's null, for the empty string.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// newID returns a new id. Ids sort by time, so that their index grows at its end.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

func sealedOrNone(text *string) atalaya.Sealed { return atalaya.Sealed(textOrEmpty(text)) }

func textOrEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// cut returns at most the first characters of a text.
func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}
