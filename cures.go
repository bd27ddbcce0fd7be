package atalaya

import (
	"maps"
	"slices"
	"sync"
)

// ForeignReason stands for a reason in the Node service's own words, which it wrote into screenshot_error.
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
			"Send chart_id, or set default_chart_id by PUT /api/config. Without cookies, capture_without_cookies captures the ticker's public chart.",
			"Envía chart_id, o define default_chart_id con PUT /api/config. Sin cookies, capture_without_cookies captura el gráfico público del ticker.",
		},
		SkipNoCookies: {
			"Store tv_sessionid_plain and tv_sessionid_sign_plain by PUT /api/config, or allow capture_without_cookies for public charts.",
			"Guarda tv_sessionid_plain y tv_sessionid_sign_plain con PUT /api/config, o permite capture_without_cookies para gráficos públicos.",
		},
		SkipRateLimited: {
			"Wait, or raise the limit; POST /api/signals/{id}/screenshot then takes a picture.",
			"Espera, o sube el límite; POST /api/signals/{id}/screenshot hace entonces una captura.",
		},
		SkipMalformed: {
			"Copy both values whole from the browser's cookies of tradingview.com, and store them by PUT /api/config.",
			"Copia los dos valores enteros de las cookies de tradingview.com en el navegador, y guárdalos con PUT /api/config.",
		},
		SkipDailyLimit: {
			"Wait for the next UTC day, or raise the limit.",
			"Espera al siguiente día UTC, o sube el límite.",
		},
		SkipTooLate: {
			"POST /api/signals/{id}/screenshot takes a picture of the chart as it is now.",
			"POST /api/signals/{id}/screenshot captura el gráfico como está ahora.",
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
			"Sign in to TradingView and store both cookies again. Captures that failed for this reason within CAPTURE_MAX_AGE (15 minutes) are then taken again.",
			"Inicia sesión en TradingView y guarda de nuevo las dos cookies. Las capturas que fallaron por esto dentro de CAPTURE_MAX_AGE (15 minutos) se repiten entonces.",
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
			"Use fewer indicators, another interval, or a larger TradingView plan.",
			"Usa menos indicadores, otro intervalo o un plan superior de TradingView.",
		},
		CaptureTooLarge: {
			"Use a lighter layout, or a smaller screenshot_resolution.",
			"Usa un diseño más ligero, o una screenshot_resolution menor.",
		},
		CaptureWrongSymbol: {
			"Check that TradingView has this ticker on that exchange.",
			"Comprueba que TradingView tiene ese ticker en esa bolsa.",
		},
		CaptureWrongInterval: {
			"Check that your TradingView plan includes this interval.",
			"Comprueba que tu plan de TradingView incluye ese intervalo.",
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
			"Check the service key and the bucket's limits; on a disk, its permissions and free space.",
			"Revisa la clave de servicio y los límites del bucket; en un disco, los permisos y el espacio libre.",
		},
		CaptureTooLate: {
			"Raise WORKER_CONCURRENCY, or add a worker.",
			"Sube WORKER_CONCURRENCY, o añade un worker.",
		},
		CaptureNotPainted: {
			"The machine is slow or the chart is heavy: use a larger SCREENSHOT_TIMEOUT, a smaller screenshot_resolution, or fewer captures at once.",
			"La máquina es lenta o el gráfico pesa mucho: usa un SCREENSHOT_TIMEOUT mayor, una screenshot_resolution menor o menos capturas a la vez.",
		},
		CaptureNavigationTimeout: {
			"Check that this machine reaches the site. If it does, use a larger SCREENSHOT_TIMEOUT or a smaller WORKER_CONCURRENCY.",
			"Comprueba que esta máquina llega al sitio. Si llega, usa un SCREENSHOT_TIMEOUT mayor o una WORKER_CONCURRENCY menor.",
		},
		CaptureSiteError: {
			"Wait, and look at the site's status page.",
			"Espera, y mira la página de estado del sitio.",
		},
		CaptureBrowserCrashed: {
			"Most often the machine lacks memory: use fewer captures at once, or a smaller screenshot_resolution.",
			"Casi siempre falta memoria: usa menos capturas a la vez, o una screenshot_resolution menor.",
		},
		CaptureStorageUnavailable: {
			"Check the network and the project's status.",
			"Revisa la red y el estado del proyecto.",
		},
		CaptureBlocked: {
			"It is tried again automatically. If it happens often, take fewer captures, or give the machine another IP address.",
			"Se intenta de nuevo automáticamente. Si pasa a menudo, haz menos capturas, o da a la máquina otra dirección IP.",
		},
		CaptureRateLimited: {
			"It is tried again automatically. If it happens often, take fewer captures, or give the machine another IP address.",
			"Se intenta de nuevo automáticamente. Si pasa a menudo, haz menos capturas, o da a la máquina otra dirección IP.",
		},
		CaptureInternal: {
			"Please report it, with the signal's log lines.",
			"Infórmanos, con las líneas del registro de esa señal.",
		},
	}
}
