import { useEffect, useMemo, useState, type FormEvent } from "react";

import { begin, SessionError, type Fresh, type PageConfig } from "../data/session";
import { signInAt, SignInError } from "../data/supabase";
import { isTextKey, useText, type Translate } from "../i18n";
import { Button, Input } from "../ui/basics";

const names: Record<string, string> = {
  azure: "Microsoft", github: "GitHub", gitlab: "GitLab", linkedin_oidc: "LinkedIn", slack_oidc: "Slack", workos: "WorkOS", x: "X",
};
const nameOf = (provider: string) => names[provider] ?? provider.charAt(0).toUpperCase() + provider.slice(1);

/** explain returns what went wrong, in the user's language. */
function explain(text: Translate, error: Error): string {
  if (error instanceof SessionError) {
    if (error.code === "forbidden") return text("signIn.anonymous");
    return error.code === "unavailable" ? text("signIn.error.unreachable") : error.message;
  }
  if (!(error instanceof SignInError)) return text("signIn.error.unreachable");
  const key = `signIn.error.${error.code}`;
  return isTextKey(key) ? text(key) : text("signIn.error.other", { code: error.code });
}

/** SupabaseSignIn signs in at the project: by password, mail or provider. callback is what a provider or a mail's link returned with. */
export default function SupabaseSignIn({ config, callback }: { config: PageConfig; callback: URLSearchParams | null }) {
  const text = useText();
  const project = useMemo(() => signInAt(config.supabaseUrl ?? "", config.anonKey ?? ""), [config]);
  const [providers, setProviders] = useState<string[]>([]);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [mailed, setMailed] = useState(false);
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState("");
  const [pending, setPending] = useState<Fresh | null>(null); // signed in there, not yet here

  const attempt = async (act: () => Promise<Fresh | void>) => {
    setWorking(true);
    setProblem("");
    try {
      const fresh = await act();
      if (!fresh) return;
      setPending(fresh);
      await begin(fresh);
    } catch (error) {
      if (!(error instanceof SessionError && error.code === "unavailable")) setPending(null);
      setProblem(explain(text, error as Error));
    } finally {
      setWorking(false);
    }
  };

  useEffect(() => {
    project.providers().then(setProviders, (error: Error) => setProblem(explain(text, error)));
    if (callback) void attempt(() => project.afterCallback(callback));
    // Once for a project: what a callback returned with works once.
  }, [project, callback]);

  const askForMail = async () => {
    setCode("");
    try {
      await project.mail(email);
    } catch (error) {
      // An earlier mail may have arrived, whose code can be typed.
      if (error instanceof SignInError && error.code === "over_email_send_rate_limit") setMailed(true);
      throw error;
    }
    setMailed(true);
  };

  const submit = (act: () => Promise<Fresh | void>) => (event: FormEvent) => {
    event.preventDefault();
    void attempt(act);
  };

  if (pending && problem) {
    return (
      <>
        <Problem>{problem}</Problem>
        <Button kind="main" disabled={working} onClick={() => void attempt(async () => pending)}>
          {text("app.retry")}
        </Button>
      </>
    );
  }
  return (
    <div className="space-y-4">
      <Problem>{problem}</Problem>
      {mailed ? (
        <form className="space-y-3" onSubmit={submit(() => project.withCode(email, code.replace(/\s/g, "")))}>
          {!problem && <p role="status">{text("signIn.magicSent", { email })}</p>}
          <Input label={text("signIn.code")} value={code} onChange={(event) => setCode(event.target.value)} inputMode="numeric" autoComplete="one-time-code" required autoFocus />
          <div className="flex flex-wrap gap-2">
            <Button type="submit" kind="main" disabled={working}>
              {text("signIn.withCode")}
            </Button>
            <Button kind="quiet" onClick={() => setMailed(false)}>
              {text("signIn.otherWay")}
            </Button>
          </div>
        </form>
      ) : (
        <>
          <form className="space-y-3" onSubmit={submit(() => project.withPassword(email, password))}>
            <Input label={text("signIn.email")} type="email" value={email} onChange={(event) => setEmail(event.target.value)} autoComplete="username" required />
            <Input label={text("signIn.password")} type="password" value={password} onChange={(event) => setPassword(event.target.value)} autoComplete="current-password" required />
            <Button type="submit" kind="main" className="w-full" disabled={working}>
              {text("signIn.withPassword")}
            </Button>
          </form>
          <Button className="w-full" disabled={working || !email.includes("@")} onClick={() => void attempt(askForMail)}>
            {text("signIn.magic")}
          </Button>
        </>
      )}
      {providers.map((provider) => (
        <Button key={provider} className="w-full" disabled={working} onClick={() => void attempt(() => project.withProvider(provider))}>
          {text("signIn.with", { provider: nameOf(provider) })}
        </Button>
      ))}
    </div>
  );
}

function Problem({ children }: { children: string }) {
  return children ? (
    <p role="alert" className="text-loss">
      {children}
    </p>
  ) : null;
}
