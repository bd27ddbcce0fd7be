package operator

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"atalaya"
	"atalaya/internal/respond"
)

// listing is a list: programs get its data, people its table.
type listing struct {
	Title   string
	Note    string
	Data    any
	Extra   map[string]any // further members beside the data
	Columns []string
	Rows    [][]cell
	Summary [][]cell // rows above the list's own, in its first part
	More    string   // the next part's query, from its question mark on; "" at the end
}

// cell is a cell of a table.
type cell struct {
	Text  string
	Link  string
	Image string
}

// lister reads a list.
type lister func(r *http.Request) (listing, error)

// asData answers {success, data, count, next} with the list's further members.
func (s *server) asData(list lister) respond.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		l, err := list(r)
		if err != nil {
			return err
		}
		body := map[string]any{"success": true, "data": l.Data, "count": len(l.Rows)}
		if l.More != "" {
			body["next"] = l.More
		}
		for name, value := range l.Extra {
			body[name] = value
		}
		respond.JSON(w, http.StatusOK, body)
		return nil
	}
}

// asPage shows the list.
func (s *server) asPage(list lister) respond.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		l, err := list(r)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		return s.pages.ExecuteTemplate(w, "page.html", l)
	}
}

// taking returns list, refusing queries with other parameters.
func taking(parameters []string, list lister) lister {
	return func(r *http.Request) (listing, error) {
		if err := respond.RefuseParameters(respond.UnknownParameters(r.URL.Query(), parameters), parameters); err != nil {
			return listing{}, err
		}
		return list(r)
	}
}

const (
	usualPart = 100
	maxPart   = 500
)

// part reads limit.
func part(r *http.Request) (int, error) {
	text := r.URL.Query().Get("limit")
	if text == "" {
		return usualPart, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxPart {
		return 0, atalaya.Errorf(atalaya.CodeInvalid, "limit has to be between 1 and %d.", maxPart)
	}
	return n, nil
}

// afterUser reads after, the id that a part begins after.
func afterUser(r *http.Request) (atalaya.UserID, error) {
	after := r.URL.Query().Get("after")
	if after == "" {
		return "", nil
	}
	id, err := atalaya.ParseUserID(after)
	if err != nil {
		return "", atalaya.Errorf(atalaya.CodeInvalid, "after: %s.", err)
	}
	return id, nil
}

// beforeTime reads before, the moment that a part ends before.
func beforeTime(r *http.Request) (time.Time, error) {
	text := r.URL.Query().Get("before")
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}, atalaya.Errorf(atalaya.CodeInvalid, "before has to be a time such as 2026-01-31T08:00:00Z.")
	}
	return at, nil
}

// user is a user in answers.
type user struct {
	ID             atalaya.UserID `json:"user_id"`
	Email          string         `json:"email"`
	Plan           atalaya.Plan   `json:"plan"`
	SignalsUsed    int64          `json:"signals_used"`
	SignalsQuota   int64          `json:"signals_quota"`
	TotalSignals   int64          `json:"total_signals"`
	WebhookEnabled bool           `json:"webhook_enabled"`
	SupportAccess  bool           `json:"support_access"`
	CreatedAt      time.Time      `json:"created_at"`
}

func (s *server) users(r *http.Request) (listing, error) {
	l := listing{Title: "Users", Columns: []string{"User", "Email", "Plan", "Used", "Quota", "Signals", "Webhook", "Since", "Deliveries"}}
	after, limit, err := page(r)
	if err != nil {
		return l, err
	}
	found, err := s.Rows.PageUsers(r.Context(), after, limit)
	if err != nil {
		return l, err
	}
	data := make([]user, len(found))
	for i, u := range found {
		data[i] = user{u.ID, u.Email, u.Plan, u.Quota.Used, u.Quota.Total, u.TotalSignals, u.WebhookEnabled, u.SupportAccess, u.Since.UTC()}
		deliveries := cell{Text: "no consent"}
		if u.SupportAccess {
			deliveries = cell{Text: "read", Link: "/users/" + string(u.ID) + "/deliveries"}
		}
		quota := strconv.FormatInt(u.Quota.Total, 10)
		if u.Quota.Total == atalaya.Unlimited {
			quota = "unlimited"
		}
		l.Rows = append(l.Rows, append(cells(string(u.ID), u.Email, string(u.Plan), strconv.FormatInt(u.Quota.Used, 10), quota,
			strconv.FormatInt(u.TotalSignals, 10), onOff(u.WebhookEnabled), day(u.Since)), deliveries))
		if i == limit-1 {
			l.More = more("after", string(u.ID), limit)
		}
	}
	l.Data = data
	return l, nil
}

// page reads the two parameters of lists in the order of users.
func page(r *http.Request) (after atalaya.UserID, limit int, err error) {
	if limit, err = part(r); err != nil {
		return "", 0, err
	}
	after, err = afterUser(r)
	return after, limit, err
}

// setPlan sets a user's plan: {"plan": "pro", "quota": 20000}. Without a quota it is the plan's own.
func (s *server) setPlan(w http.ResponseWriter, r *http.Request) error {
	id, err := atalaya.ParseUserID(r.PathValue("id"))
	if err != nil {
		return atalaya.Errorf(atalaya.CodeNotFound, "There is no such user.")
	}
	var in struct {
		Plan  atalaya.Plan `json:"plan"`
		Quota *int64       `json:"quota"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return atalaya.Errorf(atalaya.CodeInvalid, `Send {"plan": "pro"}, with "quota" for another number of signals than the plan's.`)
	}
	quota, known := s.Quotas[in.Plan]
	if !known {
		return atalaya.Errorf(atalaya.CodeInvalid, "plan can be free, pro or lifetime.")
	}
	if in.Quota != nil {
		quota = *in.Quota
	}
	if err := s.Rows.SetPlan(r.Context(), id, in.Plan, quota); err != nil {
		return err
	}
	s.Log.InfoContext(r.Context(), "the operator set a plan", "user_id", id, "plan", in.Plan, "quota", quota)
	respond.JSON(w, http.StatusOK, map[string]any{"success": true, "data": map[string]any{"user_id": id, "plan": in.Plan, "signals_quota": quota}})
	return nil
}

// session is the state of a user's TradingView session, in answers.
type session struct {
	UserID    atalaya.UserID      `json:"user_id"`
	Email     string              `json:"email"`
	Valid     bool                `json:"cookies_valid"`
	Problem   *string             `json:"cookies_problem"`
	UpdatedAt *time.Time          `json:"cookies_updated_at"`
	Check     atalaya.CookieState `json:"check"`
	CheckedAt *time.Time          `json:"checked_at"`
}

func (s *server) sessionsOfUsers(r *http.Request) (listing, error) {
	l := listing{Title: "TradingView sessions", Columns: []string{"User", "Email", "Session", "Cookies stored", "Last check", "Checked"}}
	after, limit, err := page(r)
	if err != nil {
		return l, err
	}
	found, err := s.Rows.PageSessions(r.Context(), after, limit)
	if err != nil {
		return l, err
	}
	data := make([]session, len(found))
	for i, h := range found {
		data[i] = session(h)
		state := "alive"
		switch {
		case h.Problem != nil:
			state = *h.Problem
		case !h.Valid:
			state = "refused"
		}
		l.Rows = append(l.Rows, cells(string(h.UserID), h.Email, state, moment(h.UpdatedAt), string(h.Check), moment(h.CheckedAt)))
		if i == limit-1 {
			l.More = more("after", string(h.UserID), limit)
		}
	}
	l.Data = data
	return l, nil
}

// channel is the state of a notification channel, in answers.
type channel struct {
	ID        atalaya.ChannelID     `json:"id"`
	UserID    atalaya.UserID        `json:"user_id"`
	Kind      atalaya.ChannelKind   `json:"kind"`
	Enabled   bool                  `json:"enabled"`
	Status    atalaya.ChannelStatus `json:"status"`
	Code      string                `json:"code"`
	ResumeAt  *time.Time            `json:"resume_at"`
	UpdatedAt time.Time             `json:"updated_at"`
}

func (s *server) channels(r *http.Request) (listing, error) {
	l := listing{Title: "Notification channels", Columns: []string{"Channel", "User", "Kind", "On", "Status", "Code", "Rests until", "Changed"}}
	after, limit, err := page(r)
	if err != nil {
		return l, err
	}
	found, err := s.Rows.PageChannels(r.Context(), atalaya.ChannelID(after), limit)
	if err != nil {
		return l, err
	}
	data := make([]channel, len(found))
	for i, h := range found {
		data[i] = channel(h)
		l.Rows = append(l.Rows, cells(string(h.ID), string(h.UserID), string(h.Kind), onOff(h.Enabled), string(h.Status), h.Code, moment(h.ResumeAt), moment(&h.UpdatedAt)))
		if i == limit-1 {
			l.More = more("after", string(h.ID), limit)
		}
	}
	l.Data = data
	return l, nil
}

// overview is the first page.
func (s *server) overview(r *http.Request) (listing, error) {
	l := listing{Title: "Overview", Columns: []string{"", ""}}
	counts, err := s.Figures.Jobs(r.Context())
	if err != nil {
		return l, err
	}
	f, err := s.signalFigures(r.Context())
	if err != nil {
		return l, err
	}
	for _, row := range []struct {
		name  string
		value int64
	}{
		{"users", f.Users}, {"signals", f.Signals}, {"signals today (UTC)", f.SignalsToday}, {"screenshots today (UTC)", f.TakenToday},
		{"captures waiting", counts.Waiting}, {"captures active", counts.Active}, {"captures delayed", counts.Delayed}, {"captures that failed, of a day", counts.Failed},
	} {
		l.Rows = append(l.Rows, cells(row.name, strconv.FormatInt(row.value, 10)))
	}
	return l, nil
}

func cells(texts ...string) []cell {
	row := make([]cell, len(texts))
	for i, text := range texts {
		row[i].Text = text
	}
	return row
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func moment(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}
