package operator

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"

	"atalaya"
)

// failureCount is a code with its cure, in answers.
type failureCount struct {
	Code     atalaya.CaptureCode `json:"code"`
	Attempts int64               `json:"attempts"`
	Users    int64               `json:"users"`
	LastAt   time.Time           `json:"last_at"`
	Cure     string              `json:"cure"`
}

// attempt is a failed attempt, in answers.
type attempt struct {
	ID       string              `json:"id"`
	SignalID atalaya.SignalID    `json:"signal_id"`
	UserID   atalaya.UserID      `json:"user_id"`
	At       time.Time           `json:"captured_at"`
	Code     atalaya.CaptureCode `json:"code"`
	Step     string              `json:"step"`
	Detail   string              `json:"detail"`
	Seen     json.RawMessage     `json:"seen"`
	Picture  *string             `json:"picture"` // path of the small PNG, null if none is kept
}

// captures lists the failed attempts of the last seven days: all of them, or those with a code.
func (s *server) captures(r *http.Request) (listing, error) {
	l := listing{
		Title: "Failed captures", Note: "Every failed attempt of the last seven days, at most a hundred of a user. The pictures show users' charts.",
		Columns: []string{"When", "Code", "Step", "Detail", "Signal", "User", "Picture"},
	}
	limit, err := part(r)
	if err != nil {
		return l, err
	}
	before, err := beforeTime(r)
	if err != nil {
		return l, err
	}
	counts, err := s.Rows.CountFailures(r.Context())
	if err != nil {
		return l, err
	}
	code := atalaya.CaptureCode(r.URL.Query().Get("code"))
	found, err := s.Rows.Failures(r.Context(), code, before, limit)
	if err != nil {
		return l, err
	}
	codes := make([]failureCount, len(counts))
	for i, c := range counts {
		codes[i] = failureCount{c.Code, c.Attempts, c.Users, c.LastAt.UTC(), atalaya.Cure(atalaya.ScreenshotFailed, string(c.Code), atalaya.English)}
		l.Summary = append(l.Summary, []cell{
			{Text: moment(&c.LastAt)}, {Text: string(c.Code), Link: "/captures?code=" + url.QueryEscape(string(c.Code))},
			{Text: strconv.FormatInt(c.Attempts, 10) + " attempts"}, {Text: codes[i].Cure}, {}, {Text: strconv.FormatInt(c.Users, 10) + " users"}, {},
		})
	}
	if code != "" || !before.IsZero() {
		l.Summary = nil
	}
	if code != "" {
		l.Note = string(code) + ": " + atalaya.Cure(atalaya.ScreenshotFailed, string(code), atalaya.English)
	}
	data := make([]attempt, len(found))
	for i, f := range found {
		data[i] = attempt{f.ID, f.SignalID, f.UserID, f.CapturedAt.UTC(), f.Code, f.Step, f.Detail, f.Seen, nil}
		picture := cell{}
		if f.HasPicture {
			path := "/admin/captures/" + f.ID + "/picture"
			data[i].Picture, picture = &path, cell{Text: "what was seen", Image: path}
		}
		l.Rows = append(l.Rows, append(cells(moment(&f.CapturedAt), string(f.Code), f.Step, f.Detail, string(f.SignalID), string(f.UserID)), picture))
		if i == limit-1 {
			l.More = more("before", f.CapturedAt.UTC().Format(time.RFC3339Nano), limit)
			if code != "" {
				l.More += "&code=" + url.QueryEscape(string(code))
			}
		}
	}
	l.Data, l.Extra = data, map[string]any{"codes": codes}
	return l, nil
}

// more returns the query of a list's next part.
func more(name, value string, limit int) string {
	return "?" + url.Values{name: {value}, "limit": {strconv.Itoa(limit)}}.Encode()
}

// picture answers the small picture of a failed attempt.
func (s *server) picture(w http.ResponseWriter, r *http.Request) error {
	if _, err := atalaya.ParseSignalID(r.PathValue("id")); err != nil { // of the same form
		return atalaya.Errorf(atalaya.CodeNotFound, "No picture of this attempt is kept.")
	}
	png, err := s.Rows.FailurePicture(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(png)
	return nil
}

// delivery is what arrived at a user's webhook, in answers.
type delivery struct {
	ID         string            `json:"id"`
	ReceivedAt time.Time         `json:"received_at"`
	Outcome    atalaya.Outcome   `json:"outcome"`
	Reason     *string           `json:"reason"`
	SignalID   *atalaya.SignalID `json:"signal_id"`
	Sender     *netip.Addr       `json:"sender"`
	BodySize   int64             `json:"body_size"`
	Body       *string           `json:"body"`                  // null if it was not kept, or is no text
	Base64     *string           `json:"body_base64,omitempty"` // of a body that is no text
}

// deliveries lists what arrived at the webhook of one user who lets the operator read it.
func (s *server) deliveries(r *http.Request) (listing, error) {
	l := listing{Title: "Deliveries", Columns: []string{"Received", "Outcome", "Reason", "Signal", "Body"}}
	id, err := atalaya.ParseUserID(r.PathValue("id"))
	if err != nil {
		return l, atalaya.Errorf(atalaya.CodeNotFound, "There is no such user.")
	}
	limit, err := part(r)
	if err != nil {
		return l, err
	}
	before, err := beforeTime(r)
	if err != nil {
		return l, err
	}
	found, err := s.Rows.SupportDeliveries(r.Context(), id, before, limit)
	if err != nil {
		return l, err
	}
	s.Log.InfoContext(r.Context(), "the operator read a user's deliveries, by the user's consent", "user_id", id, "deliveries", len(found))
	l.Title, l.Note = "Deliveries of "+string(id), "The user lets you read them: support_access."
	data := make([]delivery, len(found))
	for i, d := range found {
		data[i] = deliveryView(d)
		signal, body := "", "(not kept)"
		if d.SignalID != nil {
			signal = string(*d.SignalID)
		}
		if text := data[i].Body; text != nil {
			body = *text
		} else if d.Body != nil {
			body = "(no text)"
		}
		l.Rows = append(l.Rows, cells(moment(&d.ReceivedAt), string(d.Outcome), orEmpty(d.Reason), signal, body))
		if i == limit-1 {
			l.More = more("before", d.ReceivedAt.UTC().Format(time.RFC3339Nano), limit)
		}
	}
	l.Data = data
	return l, nil
}

func deliveryView(d atalaya.Delivery) delivery {
	v := delivery{ID: d.ID, ReceivedAt: d.ReceivedAt.UTC(), Outcome: d.Outcome, Reason: d.Reason, SignalID: d.SignalID, BodySize: d.BodySize}
	if d.Sender.IsValid() {
		v.Sender = &d.Sender
	}
	switch {
	case d.Body == nil:
	case utf8.Valid(d.Body):
		text := string(d.Body)
		v.Body = &text
	default:
		text := base64.StdEncoding.EncodeToString(d.Body)
		v.Base64 = &text
	}
	return v
}

func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
