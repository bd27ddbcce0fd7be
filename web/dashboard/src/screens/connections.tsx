import { useState, type FormEvent } from "react";

import type { Config } from "../data/client";
import { useChangeConfig, useCheckCookies, useConfig } from "../data/queries";
import { formatTime } from "../format";
import { useLanguage, useText } from "../i18n";
import { Button, Check, Failed, Input, Loading, Panel } from "../ui/basics";
import { useToast } from "../ui/toast";

/** Connections shows whether the TradingView session works, and takes new cookies. */
export default function Connections() {
  const text = useText();
  const config = useConfig();
  if (config.isPending) return <Loading />;
  if (config.isError) return <Failed error={config.error} retry={() => void config.refetch()} />;
  return (
    <div className="max-w-3xl space-y-4 p-4 sm:p-5">
      <h1 className="text-xl font-semibold">{text("connections.title")}</h1>
      <SessionHealth config={config.data} />
      <Cookies config={config.data} />
    </div>
  );
}

function SessionHealth({ config }: { config: Config }) {
  const text = useText();
  const language = useLanguage();
  const check = useCheckCookies();
  const state = !config.cookies_configured ? "none" : config.cookies_valid ? "valid" : "invalid";
  return (
    <Panel title={text("connections.session")}>
      <p className={state === "valid" ? "text-gain" : state === "invalid" ? "text-loss" : ""}>
        <span aria-hidden>{state === "valid" ? "✓ " : state === "invalid" ? "✕ " : ""}</span>
        {text(`connections.session.${state}`)}
      </p>
      {config.cookies_updated_at && (
        <p className="text-sm text-soft">
          {text("connections.session.stored", { time: formatTime(language, config.preferred_timezone, config.cookies_updated_at) })}
        </p>
      )}
      {config.cookies_configured && (
        <Button className="mt-3" disabled={check.isPending} onClick={() => check.mutate()}>
          {text(check.isPending ? "connections.checking" : "connections.check")}
        </Button>
      )}
      <div role="status">
        {check.data && <p className="mt-2">{text(`connections.state.${check.data.data.state}`)}</p>}
        {check.error && <p className="mt-2 text-loss">{check.error.message}</p>}
      </div>
    </Panel>
  );
}

function Cookies({ config }: { config: Config }) {
  const text = useText();
  const toast = useToast();
  const change = useChangeConfig();
  const [consent, setConsent] = useState(config.consent_at !== null);
  const store = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    change.mutate(
      {
        tv_sessionid_plain: String(fields.get("sessionid")).trim(),
        tv_sessionid_sign_plain: String(fields.get("sign")).trim(),
        ...(consent ? { automation_consent: true } : {}),
      },
      {
        onSuccess: (answer) => {
          form.reset();
          toast.say({ message: answer.message || text("connections.stored") });
        },
      },
    );
  };
  return (
    <Panel title={text("connections.guide")}>
      <ol className="mb-4 list-decimal space-y-1 pl-5">
        <li>{text("connections.guide1")}</li>
        <li>{text("connections.guide2")}</li>
        <li>{text("connections.guide3")}</li>
      </ol>
      <p className="mb-4 text-warn">{text("connections.guide4")}</p>
      <form className="space-y-3" onSubmit={store} autoComplete="off">
        <Input label={text("connections.sessionid")} name="sessionid" required type="password" maxLength={200} autoComplete="off" spellCheck={false} />
        <Input label={text("connections.sign")} name="sign" required type="password" maxLength={400} autoComplete="off" spellCheck={false} />
        <Check label={text("connections.consent")} checked={consent} onChange={(event) => setConsent(event.target.checked)} />
        {change.error && (
          <p role="alert" className="text-loss">
            {change.error.message}
          </p>
        )}
        <div className="flex gap-2">
          <Button type="submit" kind="main" disabled={change.isPending}>
            {text("connections.store")}
          </Button>
          {config.cookies_configured && (
            <Button
              kind="danger"
              onClick={() =>
                change.mutate({ tv_sessionid_plain: null, tv_sessionid_sign_plain: null }, { onSuccess: () => toast.say({ message: text("connections.removed") }) })
              }
            >
              {text("connections.remove")}
            </Button>
          )}
        </div>
      </form>
    </Panel>
  );
}
