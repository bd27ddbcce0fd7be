// Package tradingview knows the site: the URL of a chart, the cookies that sign in, what a chart page
// shows, and whether a picture shows what was asked for. Every selector and page-side name is in
// names.json.
//
// It must not know how a browser is driven or kept alive: it declares the Page that it needs. It does not
// know what happens to a picture either.
package tradingview

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"atalaya"
)

var (
	chartIDForm  = regexp.MustCompile(`^[A-Za-z0-9]{1,32}$`)
	exchangeForm = regexp.MustCompile(`^[A-Z0-9_]{1,32}$`)
	symbolForm   = regexp.MustCompile(`^[A-Z0-9:._!/^&*+$ -]{1,64}$`)
	intervalForm = regexp.MustCompile(`^([1-9][0-9]{0,3}[SDWM]?|[SDWM])$`)
	sessionForm  = regexp.MustCompile(`^[A-Za-z0-9]{32}$`)
	signForm     = regexp.MustCompile(`^v[1-3]:([A-Za-z0-9+/=_-]{1,512})$`)
)

// ChartURL returns the URL of a request's chart on the site whose root is base: a layout, or the plain
// chart of a symbol, which needs a request without a session. Every part is checked, since an alert's
// words end up in the URL. If one is not valid, the error is an *atalaya.CaptureError.
func ChartURL(base *url.URL, req atalaya.CaptureRequest) (string, error) {
	refuse := func(code atalaya.CaptureCode, detail string) (string, error) {
		return "", &atalaya.CaptureError{Code: code, Step: "request", Detail: detail}
	}
	plain := req.ChartID == "" && req.Session.IsZero() && req.Symbol != ""
	switch {
	case req.ChartID == "" && !plain:
		return refuse(atalaya.CaptureChartNotFound, "no chart is named; without one only the plain chart of a symbol can be captured, and only signed out")
	case !plain && !chartIDForm.MatchString(req.ChartID):
		return refuse(atalaya.CaptureChartNotFound, "the chart id is not 1 to 32 letters and digits")
	case req.Exchange != "" && !exchangeForm.MatchString(req.Exchange):
		return refuse(atalaya.CaptureWrongSymbol, "the exchange is not 1 to 32 capitals, digits and underscores")
	case req.Symbol != "" && !symbolForm.MatchString(req.Symbol):
		return refuse(atalaya.CaptureWrongSymbol, "the symbol holds characters that no symbol has")
	case req.Interval != "" && !intervalForm.MatchString(req.Interval):
		return refuse(atalaya.CaptureWrongInterval, "the interval is not one of TradingView's, such as 15, 240 or 1D")
	}
	chart := base.JoinPath("chart", req.ChartID, "/")
	var query []string // in the site's own order, which url.Values would sort away
	if req.Symbol != "" {
		query = append(query, "symbol="+url.QueryEscape(fullSymbol(req.Exchange, req.Symbol)))
	}
	if req.Interval != "" {
		query = append(query, "interval="+req.Interval)
	}
	chart.RawQuery = strings.Join(query, "&")
	return chart.String(), nil
}

// fullSymbol puts the exchange before the symbol, unless the symbol names it already or is a spread.
func fullSymbol(exchange, symbol string) string {
	if exchange == "" || strings.Contains(symbol, ":") {
		return symbol
	}
	return exchange + ":" + symbol
}

// CheckSession returns an error if no TradingView cookies can have these values. The error names the
// cookie, never its value.
func CheckSession(session atalaya.TVSession) error {
	if !sessionForm.MatchString(session.ID) {
		return errors.New("sessionid is 32 letters and digits: copy the cookie's whole value from the browser")
	}
	sign := signForm.FindStringSubmatch(session.Sign)
	if sign == nil || !isBase64(sign[1]) {
		return errors.New("sessionid_sign begins with v1:, v2: or v3: and goes on in base64: copy the cookie's whole value from the browser")
	}
	return nil
}

func isBase64(text string) bool {
	text = strings.TrimRight(text, "=")
	if strings.ContainsAny(text, "-_") {
		_, err := base64.RawURLEncoding.DecodeString(text)
		return err == nil
	}
	_, err := base64.RawStdEncoding.DecodeString(text)
	return err == nil
}

// Cookies returns the two cookies that sign a session in on the site whose root is base. Their domain is
// tradingview.com if the site lies under it, else the site's host alone. It fails if CheckSession fails
// or base has no host.
func Cookies(base *url.URL, session atalaya.TVSession) ([]*http.Cookie, error) {
	if err := CheckSession(session); err != nil {
		return nil, err
	}
	host := strings.ToLower(strings.TrimSuffix(base.Hostname(), "."))
	if host == "" {
		return nil, errors.New("the site's URL has no host")
	}
	domain := host
	if host == "tradingview.com" || strings.HasSuffix(host, ".tradingview.com") {
		domain = ".tradingview.com"
	}
	cookie := func(name, value string) *http.Cookie {
		return &http.Cookie{
			Name: name, Value: value, Domain: domain, Path: "/",
			HttpOnly: true, Secure: base.Scheme != "http",
		}
	}
	return []*http.Cookie{cookie("sessionid", session.ID), cookie("sessionid_sign", session.Sign)}, nil
}
