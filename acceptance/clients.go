package acceptance

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"

	"atalaya/internal/auth/authtest"
)

// story is the input of the script.
type story struct {
	URL      string            `json:"url"` // of the gateway
	API      string            `json:"api"` // of the program
	AnonKey  string            `json:"anonKey"`
	Service  string            `json:"serviceKey"`
	Ana      account           `json:"ana"`
	Bruno    account           `json:"bruno"`
	Late     account           `json:"late"`   // has no settings row yet, and an address that is not confirmed
	Guest    account           `json:"guest"`  // signed in anonymously
	Forged   map[string]string `json:"forged"` // tokens in the name of ana
	Webhooks map[string]string `json:"webhooks"`
	Pictures map[string]string `json:"pictures"` // paths
}

// clients runs the real clients against a whole project.
func (r *run) clients(ctx context.Context) error {
	database, g, told, err := r.wholeProject(ctx)
	if err != nil {
		return err
	}
	if told.API, err = r.startAtalaya(ctx, database, g, "web"); err != nil {
		return err
	}
	if err := r.slot(ctx, database); err != nil {
		return err
	}
	if err := r.script(ctx, "acceptance/checks.mjs", told); err != nil {
		return err
	}
	r.check("realtime publishes trading_signals alone", r.published(ctx, database))
	return nil
}

// wholeProject starts a migrated database with users, PostgREST, and the gateway in front of them.
func (r *run) wholeProject(ctx context.Context) (database string, g *gateway, told story, err error) {
	if database, err = r.project(ctx, "project"); err != nil {
		return "", nil, told, err
	}
	if _, err = r.migrate(ctx, database); err != nil {
		return "", nil, told, err
	}
	g = newGateway()
	r.ends = append(r.ends, func() error {
		g.Close()
		http.DefaultClient.CloseIdleConnections()
		return nil
	})
	keys, err := newSigner(g.URL + "/auth/v1")
	if err != nil {
		return "", nil, told, err
	}
	g.signer = keys
	if g.keys, err = keys.keySet(); err != nil {
		return "", nil, told, err
	}
	if told, err = r.people(ctx, database, keys, g); err != nil {
		return "", nil, told, err
	}
	if err := r.storePictures(ctx, database, keys, g, &told); err != nil {
		return "", nil, told, err
	}
	postgrest, err := r.startPostgREST(ctx, database, g.keys)
	if err != nil {
		return "", nil, told, err
	}
	g.rest = rest(postgrest)
	return database, g, told, nil
}

// people makes the users and everything that their tokens need.
func (r *run) people(ctx context.Context, database string, keys *signer, g *gateway) (story, error) {
	told := story{URL: g.URL, Webhooks: map[string]string{}}
	for name, who := range map[string]*account{"ana": &told.Ana, "bruno": &told.Bruno, "late": &told.Late, "guest": &told.Guest} {
		who.Email, who.Password = name+"@example.com", rand.Text()
		ids, err := texts(ctx, database, "insert into auth.users (email, is_anonymous) values ($1, $2) returning id::text", who.Email, name == "guest")
		if err != nil {
			return told, err
		}
		who.ID = ids[0]
		claims := keys.claims(who.ID)
		claims["is_anonymous"] = name == "guest"
		if who.Token, err = keys.sign(claims); err != nil {
			return told, err
		}
		tokens, err := texts(ctx, database, "select webhook_token from public.trading_signals_config where user_id = $1", who.ID)
		if err != nil {
			return told, err
		}
		told.Webhooks[name] = strings.Join(tokens, "")
	}
	if err := execute(ctx, database, "delete from public.trading_signals_config where user_id = $1", told.Late.ID); err != nil {
		return told, err
	}
	var err error
	if told.AnonKey, err = keys.role("anon"); err != nil {
		return told, err
	}
	if told.Service, err = keys.role("service_role"); err != nil {
		return told, err
	}
	g.storage.AnonKey, g.storage.ServiceKey = told.AnonKey, told.Service
	g.auth = told.signIns(keys, authtest.Options{})
	told.Forged, err = keys.forged(told.Ana.ID)
	return told, err
}

// signIns makes the project's Auth with the story's people.
func (s *story) signIns(keys *signer, o authtest.Options) *authtest.Project {
	o.Issuer, o.APIKey, o.Providers = keys.issuer, s.AnonKey, []string{"github"}
	o.Sign = func(claims map[string]any) (string, error) { return keys.sign(claims) }
	var users []authtest.User
	for _, a := range []account{s.Ana, s.Bruno, s.Late, s.Guest} {
		users = append(users, authtest.User{ID: a.ID, Email: a.Email, Password: a.Password, Anonymous: a.ID == s.Guest.ID, Unconfirmed: a.ID == s.Late.ID})
	}
	return authtest.New(o, users...)
}

// report is one line of the script.
type report struct {
	Group   string `json:"group"`
	Name    string `json:"name"`
	Refused bool   `json:"forbidden"` // a thing that has to be refused
	Problem string `json:"problem"`   // "" is a pass

	Figures *DashboardFigures `json:"figures"` // of the dashboard's last line, which is not a check
}

// script runs a script of the repository and counts what it reports. Keys are passed on standard input, since
// other users can read arguments and environments.
func (r *run) script(ctx context.Context, path string, told any) error {
	input, err := json.Marshal(told)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, r.node(), filepath.Join(r.opt.Root, path))
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), r.opt.Progress
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	group, count := "", 0
	var problem error
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var got report
		if err := json.Unmarshal(lines.Bytes(), &got); err != nil {
			problem = fmt.Errorf("the script printed %q: %w", lines.Text(), err)
			break
		}
		if got.Figures != nil {
			r.result.Dashboard = *got.Figures
			continue
		}
		if got.Group != group {
			if group != "" {
				r.say("%s: %d checks", group, count)
			}
			group, count = got.Group, 0
		}
		count++
		r.count(got)
	}
	r.say("%s: %d checks", group, count)
	problem = errors.Join(problem, lines.Err())
	if problem != nil {
		_ = cmd.Cancel() // nobody reads it any more
	}
	if err := cmd.Wait(); err != nil && problem == nil {
		problem = fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return problem
}

func (r *run) count(got report) {
	var problem error
	if got.Problem != "" {
		problem = fmt.Errorf("%s", got.Problem)
	}
	if got.Refused {
		r.result.ForbiddenTried++
		if problem != nil {
			r.result.ForbiddenAllowed++
		}
	}
	r.check(got.Group+": "+got.Name, problem)
}

const slotName = "acceptance"

// slot makes a replication slot that reads what Realtime would read.
func (r *run) slot(ctx context.Context, database string) error {
	r.ends = append(r.ends, func() error {
		return execute(context.WithoutCancel(ctx), database, "select pg_drop_replication_slot('"+slotName+"')")
	})
	return execute(ctx, database, "select pg_create_logical_replication_slot('"+slotName+"', 'pgoutput')")
}

// published fails unless exactly the signals' changes went through the publication. A relation message of pgoutput
// is R, four bytes of id, and the schema and the table, each ended by a zero.
func (r *run) published(ctx context.Context, database string) error {
	tables, err := texts(ctx, database, `
		select distinct convert_from(substring(data from 6 for position('\x00'::bytea in substring(data from 6)) - 1), 'UTF8') || '.' ||
		  convert_from(substring(rest from 1 for position('\x00'::bytea in rest) - 1), 'UTF8')
		from pg_logical_slot_get_binary_changes('`+slotName+`', null, null, 'proto_version', '1', 'publication_names', 'supabase_realtime'),
		  lateral (select substring(data from 6 + position('\x00'::bytea in substring(data from 6))) as rest) r
		where get_byte(data, 0) = ascii('R')`)
	if err != nil {
		return err
	}
	if got := strings.Join(tables, " "); got != "public.trading_signals" {
		return fmt.Errorf("published are %q", got)
	}
	return nil
}
