import { QueryClient, QueryClientProvider, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Link, Redirect, Route, Router, Switch, useLocation } from "wouter";

import { ApiError } from "./data/client";
import { applyEvents, follow, staleAfter, withArrivals, type Arrival, type LiveEvent } from "./data/live";
import { showNotices } from "./data/notices";
import { useConfig } from "./data/queries";
import { currentSession, onSession, signOut } from "./data/session";
import { formatTime } from "./format";
import { LanguageContext, loadLanguage, useLanguage, useText, type TextKey } from "./i18n";
import { applyPreferences, keepPreferences, PreferencesContext, usePreferences, type Preferences } from "./preferences";
import { SignIn } from "./screens/signIn";
import { Signals } from "./screens/signals/signals";
import { useProgress } from "./screens/start/progress";
import { Button, Loading } from "./ui/basics";
import { Boundary } from "./ui/boundary";
import { Icon, type IconName } from "./ui/icon";
import { DemoBanner } from "./ui/demoBanner";
import { ToastProvider } from "./ui/toast";
import { LiveContext, useLive } from "./ui/live";

const Statistics = lazy(() => import("./screens/statistics"));
const Deliveries = lazy(() => import("./screens/deliveries"));
const Connections = lazy(() => import("./screens/connections"));
const Settings = lazy(() => import("./screens/settings/settings"));
const Start = lazy(() => import("./screens/start/start"));

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // A refusal is final. Requests without an answer are tried again.
      retry: (failures, error) => failures < 3 && !(error instanceof ApiError && error.status < 500 && error.status !== 429),
    },
  },
});

export function App({ preferences }: { preferences: Preferences }) {
  const [value, setValue] = useState(preferences);
  const change = useCallback(async (part: Partial<Preferences>) => {
    if (part.language) await loadLanguage(part.language);
    setValue((before) => {
      const next = { ...before, ...part };
      applyPreferences(next);
      keepPreferences(next);
      return next;
    });
  }, []);
  const shared = useMemo(() => ({ value, change }), [value, change]);
  return (
    <PreferencesContext.Provider value={shared}>
      <LanguageContext.Provider value={value.language}>
        <QueryClientProvider client={queryClient}>
          <ToastProvider>
            <Router base="/app">
              <Gate />
            </Router>
          </ToastProvider>
        </QueryClientProvider>
      </LanguageContext.Provider>
    </PreferencesContext.Provider>
  );
}

/** Gate shows the page to those who are signed in, and the sign-in to everybody else. */
function Gate() {
  const [session, setSession] = useState(currentSession());
  useEffect(() => onSession(setSession), []);
  const client = useQueryClient();
  useEffect(() => {
    if (!session) client.clear();
  }, [session, client]);
  return session ? <Page email={session.email} /> : <SignIn />;
}

const places: { path: string; name: TextKey; icon: IconName }[] = [
  { path: "/", name: "nav.signals", icon: "signals" },
  { path: "/statistics", name: "nav.statistics", icon: "statistics" },
  { path: "/deliveries", name: "nav.deliveries", icon: "deliveries" },
  { path: "/connections", name: "nav.connections", icon: "connections" },
  { path: "/settings", name: "nav.settings", icon: "settings" },
];

/** isAt reports whether a location belongs to a place of the menu. */
function isAt(at: string, path: string): boolean {
  return path === "/" ? at === "/" || at.startsWith("/signals/") : at.startsWith(path);
}

// The list and a signal over it are one place, so that opening a signal leaves the list as it is.
const signalsPath = /^\/(?:signals\/(?<id>[^/]+))?$/;

function Page({ email }: { email: string }) {
  const text = useText();
  const [at] = useLocation();
  const place = places.find(({ path }) => isAt(at, path))?.name ?? "nav.start";
  useEffect(() => {
    document.title = `${text(place)} · ${text("app.name")}`;
  }, [text, place]);
  return (
    <LiveUpdates>
      <a href="#content" className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-30 focus:rounded focus:bg-panel focus:p-2">
        {text("app.skip")}
      </a>
      <div className="flex h-dvh flex-col sm:flex-row">
        <Menu email={email} />
        <main id="content" className="flex min-h-0 min-w-0 flex-1 flex-col">
          <DemoBanner />
          <Stale />
          <div tabIndex={0} className="min-h-0 flex-1 overflow-auto">
            <Boundary at={at}>
              <Suspense fallback={<Loading />}>
                <Switch>
                  <Route path="/statistics" component={Statistics} />
                  <Route path="/deliveries" component={Deliveries} />
                  <Route path="/connections" component={Connections} />
                  <Route path="/settings" component={Settings} />
                  <Route path="/start" component={Start} />
                  <Route path={signalsPath} component={Signals} />
                  <Route>
                    <Redirect to="/" replace />
                  </Route>
                </Switch>
              </Suspense>
            </Boundary>
          </div>
        </main>
      </div>
    </LiveUpdates>
  );
}

/** Stale says that the page may be out of date, because the event stream has been silent for a while. */
function Stale() {
  const text = useText();
  const language = useLanguage();
  const { staleSince } = useLive();
  const zone = useConfig().data?.preferred_timezone ?? "UTC";
  return (
    <div role="status">
      {staleSince !== null && (
        <p className="border-b border-warn bg-panel px-4 py-1.5 text-sm text-warn">{text("app.stale", { time: formatTime(language, zone, new Date(staleSince).toISOString()) })}</p>
      )}
    </div>
  );
}

function Menu({ email }: { email: string }) {
  const text = useText();
  const { startHidden } = usePreferences().value;
  return (
    <nav aria-label={text("nav.main")} className="order-last flex flex-col border-line bg-panel max-sm:border-t sm:order-none sm:w-56 sm:shrink-0 sm:border-r sm:p-3">
      <p className="mb-5 hidden items-center gap-2.5 px-2 pt-1 text-lg font-semibold tracking-tight sm:flex">
        <img src="/app/icon.svg" alt="" width="28" height="28" />
        {text("app.name")}
      </p>
      <ul className="flex justify-around sm:flex-col sm:gap-0.5">
        {places.map((place) => (
          <li key={place.path} className="max-sm:flex-1">
            <Place {...place} />
          </li>
        ))}
      </ul>
      {!startHidden && <StartLink />}
      <div className="mt-auto hidden px-2 text-sm text-soft sm:block">
        <p className="truncate" title={email}>
          {email}
        </p>
        <Button kind="quiet" className="-ml-3" onClick={() => void signOut()}>
          {text("app.signOut")}
        </Button>
      </div>
    </nav>
  );
}

/** StartLink leads to the first steps and shows how many are done, until all of them are. */
function StartLink() {
  const text = useText();
  const progress = useProgress();
  const done = progress ? Object.values(progress).filter(Boolean).length : 0;
  const all = progress ? Object.keys(progress).length : 0;
  if (progress && done === all) return null;
  return (
    <Link href="/start" className="mt-4 hidden rounded-md border border-line p-2.5 text-sm hover:bg-raised sm:block">
      <span className="flex items-center gap-2 font-medium">
        <Icon name="start" /> {text("nav.start")}
      </span>
      {progress && <span className="mt-1 block text-soft">{text("start.progress", { done, all })}</span>}
    </Link>
  );
}

function Place({ path, name, icon }: { path: string; name: TextKey; icon: IconName }) {
  const text = useText();
  const [at] = useLocation();
  const here = isAt(at, path);
  return (
    <Link
      href={path}
      aria-current={here ? "page" : undefined}
      className={`flex min-h-11 items-center gap-3 rounded-md px-2.5 py-1.5 max-sm:flex-col max-sm:justify-center max-sm:gap-0.5 max-sm:px-0 max-sm:text-[0.69rem] ${here ? "bg-raised font-semibold text-brand" : "text-soft hover:bg-raised hover:text-ink"}`}
    >
      <Icon name={icon} size={20} />
      {text(name)}
    </Link>
  );
}

/** LiveUpdates reads the event stream while the page is open and says when it has fallen silent. */
function LiveUpdates({ children }: { children: React.ReactNode }) {
  const client = useQueryClient();
  const [arrivals, setArrivals] = useState<Arrival[]>([]);
  const [staleSince, setStaleSince] = useState<number | null>(null);
  const [, go] = useLocation();
  const text = useText();
  const { notices } = usePreferences().value;
  const tell = useRef<(events: LiveEvent[]) => void>(() => undefined);
  useEffect(() => {
    tell.current = (events) => notices && showNotices(events, text, (id) => go(id ? `/signals/${id}` : "/"));
  }, [notices, text, go]);
  useEffect(() => {
    const stop = new AbortController();
    let heard = Date.now();
    follow((events) => {
      heard = Date.now();
      setStaleSince(null);
      setArrivals((before) => withArrivals(before, events));
      applyEvents(client, events);
      tell.current(events);
    }, stop.signal);
    const timer = setInterval(() => {
      if (Date.now() - heard > staleAfter) setStaleSince((since) => since ?? heard);
    }, 5_000);
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, [client]);
  const value = useMemo(() => ({ arrivals, staleSince }), [arrivals, staleSince]);
  return <LiveContext.Provider value={value}>{children}</LiveContext.Provider>;
}
