import { useEffect, useState } from "react";

import { resume, SessionError, signInWithCode } from "../data/session";
import { useText } from "../i18n";
import { Button, Failed } from "../ui/basics";

/** takeCode returns the code of a sign-in link and removes it from the address bar and the history. */
function takeCode(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (code) history.replaceState(null, "", location.pathname + location.search);
  return code;
}

/** SignIn resumes the session of the cookie, or takes the code of a link. */
export function SignIn() {
  const text = useText();
  const [working, setWorking] = useState(true);
  const [refused, setRefused] = useState(false);
  const [failure, setFailure] = useState<Error | null>(null);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const code = takeCode();
    setWorking(true);
    setFailure(null);
    (code ? signInWithCode(code) : resume())
      .catch((error: Error) => {
        if (error instanceof SessionError && error.code === "unauthorized") setRefused(true);
        else setFailure(error);
      })
      .finally(() => setWorking(false));
  }, [attempt]);

  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-md rounded-xl border border-line bg-panel p-6">
        <img src="/app/icon.svg" alt="" width="44" height="44" className="mb-3" />
        <h1 className="mb-2 text-xl font-semibold">{text("signIn.title")}</h1>
        {working && <p role="status">{text("signIn.working")}</p>}
        {failure && <Failed error={failure} retry={() => setAttempt((n) => n + 1)} />}
        {!working && !failure && (
          <>
            {refused && (
              <p role="alert" className="mb-3 text-loss">
                {text("signIn.badCode")}
              </p>
            )}
            <p>{text("signIn.local")}</p>
            <pre className="my-3 overflow-auto rounded-md bg-raised p-3 font-mono text-sm">atalaya user login you@example.com</pre>
            <p className="mb-3 text-soft">{text("signIn.localHint")}</p>
            <Button onClick={() => setAttempt((n) => n + 1)}>{text("app.retry")}</Button>
          </>
        )}
      </div>
    </main>
  );
}
