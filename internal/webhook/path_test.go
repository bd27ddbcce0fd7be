package webhook

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestThePathFindsTheTokenHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	hex := strings.Repeat("ab12", 16)
	for name, tc := range map[string]struct {
		path  string
		owns  bool
		token string
	}{
		"plain":             {"/webhook/" + hex, true, hex},
		"trailing slash":    {"/webhook/" + hex + "/", true, hex},
		"doubled slashes":   {"//webhook//" + hex + "//", true, hex},
		"blanks around":     {"/webhook/ " + hex + " ", true, hex},
		"newline pasted":    {"/webhook/" + hex + "\n", true, hex},
		"dots":              {"/./x/../webhook/./" + hex, true, hex},
		"dots that leave":   {"/./webhook/../" + hex, false, ""},
		"dots above all":    {"/../../webhook/" + hex, true, hex},
		"upper-case hex":    {"/webhook/" + strings.ToUpper(hex), true, hex},
		"another form":      {"/webhook/Legacy_Token-1", true, "Legacy_Token-1"},
		"no token":          {"/webhook/", true, ""},
		"one part too many": {"/webhook/" + hex + "/x", true, ""},
		"another route":     {"/webhooks/" + hex, false, ""},
		"api":               {"/api/signals", false, ""},
		"root":              {"/", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := (&Door{}).Owns(tc.path); got != tc.owns {
				t.Fatalf("(&Door{}).Owns(%q) = %v, want %v", tc.path, got, tc.owns)
			}
			if !tc.owns {
				return
			}
			token, ok := tokenOf(tc.path)
			if ok != (tc.token != "") || token.Reveal() != tc.token {
				t.Errorf("tokenOf(%q) = %q, %v; want %q", tc.path, token.Reveal(), ok, tc.token)
			}
		})
	}
}

func TestTheSenderIsTheRightMostUntrustedHop(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32")}
	for name, tc := range map[string]struct {
		peer    string
		forward []string
		want    string
	}{
		"no proxy":                        {"52.89.214.238:4711", nil, "52.89.214.238"},
		"an untrusted peer cannot claim":  {"52.89.214.238:4711", []string{"1.2.3.4"}, "52.89.214.238"},
		"one proxy":                       {"10.1.1.1:80", []string{"52.89.214.238"}, "52.89.214.238"},
		"what the client wrote is left":   {"10.1.1.1:80", []string{"6.6.6.6, 52.89.214.238"}, "52.89.214.238"},
		"two proxies":                     {"127.0.0.1:80", []string{"6.6.6.6, 52.89.214.238, 10.2.2.2"}, "52.89.214.238"},
		"several headers":                 {"127.0.0.1:80", []string{"6.6.6.6", "52.89.214.238"}, "52.89.214.238"},
		"all trusted":                     {"127.0.0.1:80", []string{"10.9.9.9"}, "10.9.9.9"},
		"rubbish ends the walk":           {"10.1.1.1:80", []string{"52.89.214.238, unknown"}, "10.1.1.1"},
		"no header behind a proxy":        {"10.1.1.1:80", nil, "10.1.1.1"},
		"with a port":                     {"10.1.1.1:80", []string{"52.89.214.238:999"}, "52.89.214.238"},
		"IPv6 with brackets":              {"10.1.1.1:80", []string{"[2001:db8::1]:999"}, "2001:db8::1"},
		"an IPv4 peer in IPv6 is trusted": {"[::ffff:10.1.1.1]:80", []string{"52.89.214.238"}, "52.89.214.238"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodPost, "/webhook/x", nil)
			r.RemoteAddr = tc.peer
			for _, f := range tc.forward {
				r.Header.Add("X-Forwarded-For", f)
			}
			if got := ClientIP(trusted)(r).String(); got != tc.want {
				t.Errorf("sender = %s, want %s", got, tc.want)
			}
		})
	}
}
