import { QueryClient, QueryClientProvider, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { Link, Redirect, Route, Router, Switch, useRoute } from "wouter";

import { ApiError } from "./data/client";
import { applyEvent, follow, staleAfter } from "./data/live";
import { currentSession, onSession, signOut } from "./data/session";
import { LanguageContext, loadLanguage, useText, type TextKey } from "./i18n";
import { applyPreferences, keepPreferences, PreferencesContext, type Preferences } from "./preferences";
import { SignIn } from "./screens/signIn";
import { Signals } from "./screens/signals";
import { Button, Loading } from "./ui/basics";
import { Boundary } from "./ui/boundary";
import { ToastProvider } from "./ui/toast";
import { LiveContext } from "./ui/live";

const Statistics = lazy(() => import("./screens/statistics"));
const Deliveries = lazy(() => import("./screens/deliveries"));
const Connections = lazy(() => import("./screens/connections"));
const Settings = lazy(() => import("./screens/settings/settings"));
const Start = lazy(() => import("./screens/start/start"));

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // A refusal stays one; what did not answer is asked again.
      retry: (failures, error) => failures < 3 && !(error instanceof ApiError && error.status < 500),
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

const places: { path: string; name: TextKey; sign: string }[] = [
  { path: "/", name: "nav.signals", sign: "▤" },
  { path: "/statistics", name: "nav.statistics", sign: "◔" },
  { path: "/deliveries", name: "nav.deliveries", sign: "⇣" },
  { path: "/connections", name: "nav.connections", sign: "⚯" },
  { path: "/settings", name: "nav.settings", sign: "⚙" },
];

// The list and a signal over it are one place, so that opening a signal leaves the list as it is.
const signalsPath = /^\/(?:signals\/(?<id>[^/]+))?$/;

function Page({ email }: { email: string }) {
  const text = useText();
  return (
    <LiveUpdates>
      <a href="#content" className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-30 focus:rounded focus:bg-panel focus:p-2">
        {text("app.skip")}
      </a>
      <div className="flex h-dvh flex-col sm:flex-row">
        <nav aria-label={text("nav.main")} className="order-last border-line bg-panel max-sm:border-t sm:order-none sm:w-52 sm:border-r sm:p-3">
          <p className="mb-4 hidden items-center gap-2 px-2 text-lg font-semibold sm:flex">
            <img src="/app/icon.svg" alt="" width="26" height="26" />
            {text("app.name")}
          </p>
          <ul className="flex justify-around sm:flex-col sm:gap-1">
            {places.map((place) => (
              <li key={place.path}>
                <Place {...place} />
              </li>
            ))}
          </ul>
          <div className="mt-6 hidden space-y-2 px-2 text-sm text-soft sm:block">
            <Link href="/start" className="block underline">
              {text("nav.start")}
            </Link>
            <p className="[overflow-wrap:anywhere]">{email}</p>
            <Button kind="quiet" className="px-0" onClick={() => void signOut()}>
              {text("app.signOut")}
            </Button>
          </div>
        </nav>
        <main id="content" tabIndex={0} className="min-h-0 min-w-0 flex-1 overflow-auto">
          <Boundary>
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
        </main>
      </div>
    </LiveUpdates>
  );
}

function Place({ path, name, sign }: { path: string; name: TextKey; sign: string }) {
  const text = useText();
  const [here] = useRoute(path === "/" ? "/" : `${path}/*?`);
  return (
    <Link
      href={path}
      aria-current={here ? "page" : undefined}
      className={`flex min-h-11 items-center gap-2 rounded-md px-2 py-1.5 max-sm:flex-col max-sm:gap-0 max-sm:px-1 max-sm:text-[0.69rem] ${here ? "bg-raised font-semibold text-brand" : "text-soft hover:bg-raised"}`}
    >
      <span aria-hidden className="w-5 text-center text-lg leading-none">
        {sign}
      </span>
      {text(name)}
    </Link>
  );
}

/** LiveUpdates reads the event stream while the page is open and says when it has fallen silent. */
function LiveUpdates({ children }: { children: React.ReactNode }) {
  const client = useQueryClient();
  const [arrived, setArrived] = useState(0);
  const [staleSince, setStaleSince] = useState<number | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    let heard = Date.now();
    follow((event) => {
      heard = Date.now();
      setStaleSince(null);
      if (event.type === "signal.created") setArrived((n) => n + 1);
      applyEvent(client, event);
    }, stop.signal);
    const timer = setInterval(() => {
      if (Date.now() - heard > staleAfter) setStaleSince((since) => since ?? heard);
    }, 5_000);
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, [client]);
  const value = useMemo(() => ({ arrived, staleSince, seen: () => setArrived(0) }), [arrived, staleSince]);
  return <LiveContext.Provider value={value}>{children}</LiveContext.Provider>;
}
