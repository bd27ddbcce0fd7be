package atalaya

import (
	"maps"
	"slices"
	"sync"
)

// ForeignReason stands for a reason that is none of ours: the Node service wrote its own words into
// screenshot_error.
const ForeignReason = "other"

// Cure returns what helps a signal whose screenshot has this state and reason, in a sentence or two. It is
// in Spanish or, for any other language, in English, and "" if nothing is known to help.
func Cure(status ScreenshotStatus, reason string, language Language) string {
	cure := cures().capture[CaptureCode(reason)]
	if status == ScreenshotSkipped {
		cure = cures().skip[SkipReason(reason)]
	}
	if language == Spanish {
		return cure.es
	}
	return cure.en
}

// Reasons lists every reason that screenshot_error may hold, in the order of the alphabet.
func Reasons() []string { return slices.Clone(cures().reasons) }

// cures has every cure and its reason, made once.
var cures = sync.OnceValue(func() (all struct {
	skip    map[SkipReason]cure
	capture map[CaptureCode]cure
	reasons []string
}) {
	all.skip, all.capture = skipCures(), captureCures()
	known := map[string]bool{}
	for reason := range all.skip {
		known[string(reason)] = true
	}
	for code := range all.capture {
		known[string(code)] = true
	}
	all.reasons = slices.Sorted(maps.Keys(known))
	return all
})

// cure is a text in two languages. docs/troubleshooting.md has the same words.
type cure struct{ en, es string }

func skipCures() map[SkipReason]cure {
	return map[SkipReason]cure{
		SkipNoChart: {
			"Send chart_id, or set default_chart_id by PUT /api/config; without cookies, capture_without_cookies takes the plain chart of a ticker.",
			"Envía chart_id, o fija default_chart_id con PUT /api/config; sin cookies, capture_without_cookies toma el gráfico simple de un ticker.",
		},
		SkipNoCookies: {
			"Store tv_sessionid_plain and tv_sessionid_sign_plain by PUT /api/config, or allow capture_without_cookies for public charts.",
			"Guarda tv_sessionid_plain y tv_sessionid_sign_plain con PUT /api/config, o permite capture_without_cookies para gráficos públicos.",
		},
		SkipRateLimited: {
			"Wait, or raise the limit; a picture can be asked for by POST /api/signals/{id}/screenshot.",
			"Espera, o sube el límite; puedes pedir una captura con POST /api/signals/{id}/screenshot.",
		},
		SkipMalformed: {
			"Copy both values whole from the browser's cookies of tradingview.com, and store them by PUT /api/config.",
			"Copia los dos valores enteros de las cookies de tradingview.com en el navegador, y guárdalos con PUT /api/config.",
		},
		SkipDailyLimit: {
			"The next UTC day has new ones; or raise the limit.",
			"El siguiente día UTC trae otras; o sube el límite.",
		},
		SkipTooLate: {
			"POST /api/signals/{id}/screenshot takes a picture of now.",
			"POST /api/signals/{id}/screenshot toma una captura de ahora.",
		},
		SkipCaptureOff: {
			"Switch captures on: capture_enabled in your settings.",
			"Activa las capturas: capture_enabled en tus ajustes.",
		},
	}
}

func captureCures() map[CaptureCode]cure {
	all := chartCures()
	maps.Copy(all, serviceCures())
	return all
}

// chartCures are the cures that lie with the signal's owner.
func chartCures() map[CaptureCode]cure {
	return map[CaptureCode]cure{
		CaptureSessionExpired: {
			"Sign in to TradingView and store both cookies anew: what they have failed in the last CAPTURE_MAX_AGE (15 minutes) is then captured again.",
			"Entra en TradingView y guarda de nuevo las dos cookies: lo que falló por ellas en el último CAPTURE_MAX_AGE (15 minutos) se captura otra vez.",
		},
		CaptureChartNotFound: {
			"Check chart_id: the part of the address after /chart/.",
			"Revisa chart_id: la parte de la dirección que sigue a /chart/.",
		},
		CaptureChartPrivate: {
			"Share the chart, or store the cookies of its owner.",
			"Comparte el gráfico, o guarda las cookies de su dueño.",
		},
		CaptureSymbolNotFound: {
			"Check the alert's ticker and exchange.",
			"Revisa el ticker y la bolsa de la alerta.",
		},
		CapturePlanLimit: {
			"Fewer indicators, another interval, or a larger plan.",
			"Menos indicadores, otro intervalo, o un plan mayor.",
		},
		CaptureTooLarge: {
			"A lighter layout, or a smaller screenshot_resolution.",
			"Un diseño más ligero, o una screenshot_resolution menor.",
		},
		CaptureWrongSymbol: {
			"Does the ticker exist at TradingView under that exchange?",
			"¿Existe el ticker en TradingView con esa bolsa?",
		},
		CaptureWrongInterval: {
			"Is the interval part of your TradingView plan?",
			"¿Incluye tu plan de TradingView ese intervalo?",
		},
		CaptureNoData: {
			`Open the chart by hand: does it say "No data here"?`,
			`Abre el gráfico a mano: ¿dice "No data here"?`,
		},
		CaptureDialogOpen: {
			"Open the chart once by hand and close it.",
			"Abre el gráfico una vez a mano y ciérralo.",
		},
	}
}

// serviceCures are the cures that lie with the operator, or with time.
func serviceCures() map[CaptureCode]cure {
	return map[CaptureCode]cure{
		CaptureCookiesUnreadable: {
			"Add the former key to ENCRYPTION_KEYS_OLD, or store the cookies again.",
			"Añade la clave anterior a ENCRYPTION_KEYS_OLD, o guarda las cookies otra vez.",
		},
		CaptureStorageRejected: {
			"Check the service key and the bucket's limits; disk: rights and space.",
			"Revisa la clave de servicio y los límites del bucket; en disco, permisos y espacio.",
		},
		CaptureTooLate: {
			"More WORKER_CONCURRENCY, or a second worker.",
			"Más WORKER_CONCURRENCY, o un segundo worker.",
		},
		CaptureNotPainted: {
			"A slow machine or a heavy chart: a larger SCREENSHOT_TIMEOUT, a smaller screenshot_resolution, fewer captures at once.",
			"Una máquina lenta o un gráfico pesado: un SCREENSHOT_TIMEOUT mayor, una screenshot_resolution menor, menos capturas a la vez.",
		},
		CaptureNavigationTimeout: {
			"Does this machine reach the site? A larger SCREENSHOT_TIMEOUT, or a smaller WORKER_CONCURRENCY.",
			"¿Llega esta máquina al sitio? Un SCREENSHOT_TIMEOUT mayor, o una WORKER_CONCURRENCY menor.",
		},
		CaptureSiteError: {
			"Wait; see the site's status.",
			"Espera; mira el estado del sitio.",
		},
		CaptureBrowserCrashed: {
			"Most often memory: fewer captures at once, a smaller screenshot_resolution.",
			"Casi siempre es la memoria: menos capturas a la vez, una screenshot_resolution menor.",
		},
		CaptureStorageUnavailable: {
			"Check the network and the project's status.",
			"Revisa la red y el estado del proyecto.",
		},
		CaptureBlocked: {
			"It is tried again by itself. If it happens often: fewer captures, or another address of the machine.",
			"Se intenta de nuevo por sí solo. Si pasa a menudo: menos capturas, u otra dirección de la máquina.",
		},
		CaptureRateLimited: {
			"It is tried again by itself. If it happens often: fewer captures, or another address of the machine.",
			"Se intenta de nuevo por sí solo. Si pasa a menudo: menos capturas, u otra dirección de la máquina.",
		},
		CaptureInternal: {
			"Please report it with the log lines of the signal.",
			"Infórmanos, con las líneas del registro de la señal.",
		},
	}
}
