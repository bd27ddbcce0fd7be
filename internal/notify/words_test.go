package notify

import (
	"strings"
	"testing"

	"atalaya"
)

func TestEveryReasonForNoPictureHasWordsInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, code := range atalaya.Reasons() {
		en, es := english().reasons[code], spanish().reasons[code]
		if en == "" || es == "" || en == es {
			t.Errorf("%s is %q in English and %q in Spanish", code, en, es)
		}
	}
}

// Some codes are codes of captures too. The notice of a blocked bot must not name TradingView.
func TestTheNoticeOfABrokenChannelNamesTheCureInItsLanguage(t *testing.T) {
	t.Parallel()
	for key, want := range map[string][2]string{
		"telegram:blocked":      {"Open the chat with it in Telegram and press Unblock", "pulsa Desbloquear"},
		"webhook:http_503":      {"with status 503", "con el estado 503"},
		"email:smtp_550":        {"in a row (550)", "seguidos (550)"},
		"slack:of_the_future":   {"refuses messages (of the future)", "rechaza los mensajes (of the future)"},
		"telegram:rate_limited": {"go out by themselves later", "saldrán solos más tarde"},
	} {
		for i, language := range []string{"en", "es"} {
			n := atalaya.Notification{ID: "n", Key: atalaya.NoticeKey(atalaya.NoticeChannel, key, "1")}
			m := composeNotice(n, nil, Reader{Language: language})
			if got := m.Plain(); !strings.Contains(got, want[i]) || strings.Contains(got, "TradingView") {
				t.Errorf("%s in %s: %q", key, language, got)
			}
			if paused := strings.Contains(m.Title, "⏸"); paused != (key == "telegram:rate_limited") || paused != (m.Type == "channel.paused") {
				t.Errorf("%s is told as %s: %q", key, m.Type, m.Title)
			}
		}
	}
}
