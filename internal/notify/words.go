package notify

import (
	"fmt"
	"strings"

	"atalaya"
)

// words are the texts of one language.
type words struct {
	newSignal, ticker, price, signal, direction, number        string
	repeat                                                     string
	pictureFollows, noPicture                                  string
	digest, late                                               string // with %d
	noTicker, cameAt                                           string
	reasons                                                    map[string]string
	cures                                                      map[string]string // of channels, by code
	session, quota, quotaFull, captures, works                 notice
	silent, ruledSilent, allSilent, back, broken, paused, test notice
}

// notice is a message about a trouble: a title, and what to do.
type notice struct{ title, text string }

// in returns the words of a language; anything but Spanish is English.
func in(language string) words {
	if language == "es" {
		return spanish()
	}
	return english()
}

func english() words {
	return words{
		newSignal: "🚨 New Trading Signal", ticker: "Ticker", price: "Price", signal: "Signal", direction: "Direction", number: "Signal #",
		repeat:         "🔁 possible repeat: the first attempt was not answered",
		pictureFollows: "picture follows", noPicture: "no picture: ",
		digest: "📬 %d signals", late: "⏳ %d signals that could not be delivered in time",
		cures:    cures("en"),
		noTicker: "no ticker in the alert", cameAt: "Delivered late; the alert came",
		reasons: map[string]string{
			"session_expired": "your TradingView session expired", "no_chart": "no chart is set", "no_cookies": "no TradingView cookies are stored",
			"cookies_malformed": "the stored cookies cannot be TradingView's", "rate_limited": "over the limit of captures",
			"daily_limit": "over the day's captures", "capture_off": "captures are switched off", "too_late": "too late for a picture of that moment",
			"chart_not_found": "the chart does not exist", "chart_private": "the chart is not shared", "symbol_not_found": "TradingView does not know the symbol",
			"plan_limit": "the TradingView plan does not show this chart", "wait": "it was not ready in time",
			"too_large": "the chart is too large", "cookies_unreadable": "the stored cookies cannot be read", "storage_rejected": "the picture store refused it",
			"wrong_symbol": "the chart stayed at another symbol", "wrong_interval": "the chart stayed at another interval", "not_painted": "the chart did not settle in time",
			"no_data": "TradingView has no data of this chart", "dialog_open": "something stood over the chart", "navigation_timeout": "TradingView did not answer in time",
			"site_error": "TradingView answered with an error", "browser_crashed": "the browser crashed", "blocked": "TradingView refuses captures for now", "storage_unavailable": "the picture store did not answer", "internal": "an internal error",
		},
		session: notice{"🔑 Your TradingView session has expired",
			"Charts can't be captured until you store new cookies: sign in to tradingview.com, copy sessionid and sessionid_sign, and save them in your settings. Your alerts still arrive."},
		quota:       notice{"📊 %d %% of this month's signals are used", "The quota starts again on the first of the month (UTC)."},
		quotaFull:   notice{"📊 This month's signals are used up", "Further alerts may be refused until the first of the month (UTC). A larger plan lets them in."},
		captures:    notice{"📷 Screenshots are failing", "The reason is %s. Your alerts still arrive; the troubleshooting page says what helps."},
		works:       notice{"✅ Screenshots work again", "The last one was fine after failures by %s."},
		silent:      notice{"🔕 An alert has gone quiet", "Nothing has come since then, although it used to. TradingView stops alerts that fire too often and lets others expire without telling anyone: check it in your alert list."},
		ruledSilent: notice{"🔕 An alert has gone quiet", "Nothing has come for %s hours of the days that you have chosen. Check it in your alert list at TradingView."},
		allSilent:   notice{"🔕 All your alerts have gone quiet", "Nothing comes from any of them. Check your alert list at TradingView and the webhook URL in it."},
		back:        notice{"✅ An alert is back", "It fires again."},
		broken:      notice{"📵 Your %s channel does not accept messages any more", "%s Once it is mended, send a test."},
		paused:      notice{"⏸ Your %s channel asks us to wait", "%s Messages are held back, and go out by themselves later."},
		test:        notice{"🔔 Test message from Atalaya", "If you can read this, the channel works."},
	}
}

func spanish() words {
	return words{
		newSignal: "🚨 Nueva Señal de Trading", ticker: "Ticker", price: "Precio", signal: "Señal", direction: "Dirección", number: "Señal #",
		repeat:         "🔁 posible repetición: el primer intento quedó sin respuesta",
		pictureFollows: "la captura llegará después", noPicture: "sin captura: ",
		digest: "📬 %d señales", late: "⏳ %d señales que no se pudieron entregar a tiempo",
		cures:    cures("es"),
		noTicker: "la alerta no trae ticker", cameAt: "Entregada con retraso; la alerta llegó",
		reasons: map[string]string{
			"session_expired": "tu sesión de TradingView ha caducado", "no_chart": "no hay ningún gráfico configurado", "no_cookies": "no hay cookies de TradingView guardadas",
			"cookies_malformed": "las cookies guardadas no pueden ser de TradingView", "rate_limited": "se superó el límite de capturas",
			"daily_limit": "se superó el límite diario de capturas", "capture_off": "las capturas están desactivadas", "too_late": "es tarde para una captura de ese momento",
			"chart_not_found": "el gráfico no existe", "chart_private": "el gráfico no está compartido", "symbol_not_found": "TradingView no conoce el símbolo",
			"plan_limit": "el plan de TradingView no muestra este gráfico", "wait": "no estuvo lista a tiempo",
			"too_large": "el gráfico es demasiado grande", "cookies_unreadable": "las cookies guardadas no se pueden leer", "storage_rejected": "el almacén de capturas la rechazó",
			"wrong_symbol": "el gráfico se quedó en otro símbolo", "wrong_interval": "el gráfico se quedó en otro intervalo", "not_painted": "el gráfico no terminó de dibujarse a tiempo",
			"no_data": "TradingView no tiene datos de este gráfico", "dialog_open": "algo tapaba el gráfico", "navigation_timeout": "TradingView no respondió a tiempo",
			"site_error": "TradingView respondió con un error", "browser_crashed": "el navegador se cerró", "blocked": "TradingView rechaza las capturas por ahora", "storage_unavailable": "el almacén de capturas no respondió", "internal": "un error interno",
		},
		session: notice{"🔑 Tu sesión de TradingView ha caducado",
			"No se pueden capturar gráficos hasta que guardes cookies nuevas: entra en tradingview.com, copia sessionid y sessionid_sign y guárdalas en tus ajustes. Tus alertas siguen llegando."},
		quota:       notice{"📊 Has usado el %d %% de las señales de este mes", "La cuota vuelve a empezar el día 1 (UTC)."},
		quotaFull:   notice{"📊 Has agotado las señales de este mes", "Las siguientes alertas pueden ser rechazadas hasta el día 1 (UTC). Un plan mayor las admite."},
		captures:    notice{"📷 Las capturas están fallando", "El motivo es %s. Tus alertas siguen llegando; la página de problemas dice qué ayuda."},
		works:       notice{"✅ Las capturas vuelven a funcionar", "La última salió bien tras fallos por %s."},
		silent:      notice{"🔕 Una alerta ha dejado de sonar", "No ha llegado nada desde entonces, aunque solía llegar. TradingView detiene las alertas que se disparan demasiado y deja caducar otras sin avisar: revísala en tu lista de alertas."},
		ruledSilent: notice{"🔕 Una alerta ha dejado de sonar", "No ha llegado nada durante %s horas de los días que elegiste. Revísala en tu lista de alertas de TradingView."},
		allSilent:   notice{"🔕 Todas tus alertas han dejado de sonar", "No llega nada de ninguna. Revisa tu lista de alertas en TradingView y la URL del webhook."},
		back:        notice{"✅ Una alerta ha vuelto", "Se dispara de nuevo."},
		broken:      notice{"📵 Tu canal %s ya no acepta mensajes", "%s Cuando esté arreglado, envía una prueba."},
		paused:      notice{"⏸ Tu canal %s nos pide esperar", "%s Los mensajes quedan retenidos y saldrán solos más tarde."},
		test:        notice{"🔔 Mensaje de prueba de Atalaya", "Si puedes leer esto, el canal funciona."},
	}
}

// reason describes a code of screenshot_error; a code without words is returned unchanged.
func (w words) reason(code string) string {
	if text, ok := w.reasons[code]; ok {
		return text
	}
	return strings.ReplaceAll(code, "_", " ")
}

// without says why a message has no picture; "" if none was wanted or it has one.
func (w words) without(s *atalaya.Signal, edits bool) string {
	switch {
	case unsettled(s) && edits:
		return w.pictureFollows
	case unsettled(s):
		return w.noPicture + w.reason("wait")
	case s.ScreenshotStatus == atalaya.ScreenshotFailed, s.ScreenshotStatus == atalaya.ScreenshotSkipped:
		code := ""
		if s.ScreenshotError != nil {
			code = *s.ScreenshotError
		}
		if code == string(atalaya.SkipCaptureOff) {
			return "" // its owner asked for none
		}
		return w.noPicture + w.reason(code)
	}
	return ""
}

// filled puts values into a notice's title and text.
func (n notice) filled(title, text []any) notice {
	if len(title) > 0 {
		n.title = fmt.Sprintf(n.title, title...)
	}
	if len(text) > 0 {
		n.text = fmt.Sprintf(n.text, text...)
	}
	return n
}
