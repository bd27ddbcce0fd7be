import { lazy, Suspense, useEffect, useState } from "react";

import { begin, pageConfig, resume, SessionError, type PageConfig } from "../data/session";
import { useText } from "../i18n";
import { Button, Failed } from "../ui/basics";

// The sign-in at Supabase needs a library that other installations never load.
const SupabaseSignIn = lazy(() => import("./supabaseSignIn"));

/** takeReturn returns the sign-in's values in the address and removes them from the address bar and the history. */
function takeReturn(): { code: string | null; callback: URLSearchParams | null } {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  const callback = location.pathname === "/app/callback" ? new URLSearchParams(location.search || location.hash.slice(1)) : null;
  if (callback) history.replaceState(null, "", "/app/");
  else if (code) history.replaceState(null, "", location.pathname + location.search);
  return { code, callback };
}

/** SignIn resumes the session of the cookie, takes the code of a link, or shows how to sign in. */
export function SignIn() {
  const text = useText();
  const [config, setConfig] = useState<PageConfig | null>(null);
  const [returned, setReturned] = useState<URLSearchParams | null>(null);
  const [working, setWorking] = useState(true);
  const [refused, setRefused] = useState(false);
  const [failure, setFailure] = useState<Error | null>(null);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const { code, callback } = takeReturn();
    setWorking(true);
    setFailure(null);
    const session = async () => {
      setConfig(await pageConfig());
      if (callback) setReturned(callback);
      else await (code ? begin({ code }) : resume());
    };
    session()
      .catch((error: Error) => {
        if (error instanceof SessionError && error.code === "unauthorized") setRefused(true);
        else setFailure(error);
      })
      .finally(() => setWorking(false));
  }, [attempt]);

  useEffect(() => {
    document.title = `${text("signIn.title")} · ${text("app.name")}`;
  }, [text]);

  return (
    <main className="grid min-h-dvh grid-cols-[minmax(0,1fr)] place-items-center p-4">
      <div className="w-full max-w-md rounded-xl border border-line bg-panel p-6">
        <div className="mb-6 flex items-center gap-3 border-b border-line pb-5">
          <img src="/app/icon.svg" alt="" width="44" height="44" />
          <div>
            <p className="text-lg font-semibold tracking-tight">{text("app.name")}</p>
            <p className="text-sm text-soft">{text("signIn.about")}</p>
          </div>
        </div>
        <h1 className="mb-3 text-xl font-semibold">{text("signIn.title")}</h1>
        {working && <p role="status">{text("signIn.working")}</p>}
        {failure && <Failed error={failure} retry={() => setAttempt((n) => n + 1)} />}
        {!working && !failure && config?.mode === "supabase" && (
          <Suspense fallback={<p role="status">{text("app.loading")}</p>}>
            <SupabaseSignIn config={config} callback={returned} />
          </Suspense>
        )}
        {!working && !failure && config?.mode === "none" && <p>{text("signIn.none")}</p>}
        {!working && !failure && config?.mode === "local" && <LocalSignIn refused={refused} retry={() => setAttempt((n) => n + 1)} />}
      </div>
    </main>
  );
}

function LocalSignIn({ refused, retry }: { refused: boolean; retry: () => void }) {
  const text = useText();
  return (
    <>
      {refused && (
        <p role="alert" className="mb-3 text-loss">
          {text("signIn.badCode")}
        </p>
      )}
      <p>{text("signIn.local")}</p>
      <pre className="my-3 rounded-md bg-raised p-3 font-mono text-sm whitespace-pre-wrap [overflow-wrap:anywhere]">atalaya user login you@example.com</pre>
      <p className="mb-3 text-soft">{text("signIn.localHint")}</p>
      <Button onClick={retry}>{text("app.retry")}</Button>
    </>
  );
}
