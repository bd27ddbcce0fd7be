import { useState, type FormEvent } from "react";

import type { Config } from "../data/client";
import { useChangeConfig, useCheckCookies } from "../data/queries";
import { formatTime } from "../format";
import { useLanguage, useText } from "../i18n";
import { Badge, Button, Check, Input, Panel } from "../ui/basics";
import { useProblem } from "../ui/problem";
import { useToast } from "../ui/toast";

/** SessionHealth says whether the TradingView session works, and asks TradingView. */
export function SessionHealth({ config }: { config: Config }) {
  const text = useText();
  const language = useLanguage();
  const problem = useProblem();
  const check = useCheckCookies();
  const zone = config.preferred_timezone;
  const state = !config.cookies_configured ? "none" : config.cookies_valid ? "valid" : "invalid";
  const tone = ({ none: "plain", valid: "good", invalid: "bad" } as const)[state];
  const last = check.data?.data;
  return (
    <Panel title={text("connections.session")} actions={<Badge tone={tone}>{text(`connections.badge.${state}`)}</Badge>}>
      <p>{text(`connections.session.${state}`)}</p>
      {config.cookies_problem === "malformed" && <p className="mt-1 text-loss">{text("cookies.malformed")}</p>}
      {config.cookies_updated_at && (
        <p className="mt-1 text-sm text-soft">{text("connections.session.stored", { time: formatTime(language, zone, config.cookies_updated_at) })}</p>
      )}
      {config.cookies_configured && (
        <Button className="mt-3" disabled={check.isPending} onClick={() => check.mutate()}>
          {text(check.isPending ? "connections.checking" : "connections.check")}
        </Button>
      )}
      <div role="status">
        {last && (
          <p className="mt-2">
            {text(`connections.state.${last.state}`)}{" "}
            {last.checked_at && <span className="text-sm text-soft">{text("cookies.checked", { time: formatTime(language, zone, last.checked_at) })}</span>}
          </p>
        )}
        {check.error && <p className="mt-2 text-loss">{problem(check.error)}</p>}
      </div>
    </Panel>
  );
}

/** Cookies guides to the two cookies and stores them. */
export function Cookies({ config }: { config: Config }) {
  const text = useText();
  return (
    <Panel title={text("connections.guide")}>
      <Guide />
      <p className="my-4 rounded-md bg-raised p-3 text-warn">⚠ {text("connections.guide4")}</p>
      <CookieForm config={config} />
    </Panel>
  );
}

const browsers = ["chrome", "firefox", "safari"] as const;
type Browser = (typeof browsers)[number];

function thisBrowser(agent = navigator.userAgent): Browser {
  if (agent.includes("Firefox/")) return "firefox";
  return agent.includes("Safari/") && !agent.includes("Chrome/") ? "safari" : "chrome";
}

const labels: Record<Browser, string> = { chrome: "Chrome", firefox: "Firefox", safari: "Safari" };

function Guide() {
  const text = useText();
  const [browser, setBrowser] = useState<Browser>(thisBrowser);
  return (
    <>
      <div role="group" aria-label={text("cookies.browser")} className="mb-3 inline-flex rounded-md border border-line p-0.5">
        {browsers.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={browser === name}
            onClick={() => setBrowser(name)}
            className={`tap rounded px-3 text-sm font-medium ${browser === name ? "bg-brand text-brand-ink" : "text-soft hover:bg-raised"}`}
          >
            {labels[name]}
          </button>
        ))}
      </div>
      <div className="grid gap-4 md:grid-cols-[1fr_20rem]">
        <ol className="list-decimal space-y-1.5 pl-5">
          <li>{text("cookies.step1")}</li>
          <li>{text(`cookies.${browser}2`)}</li>
          <li>{text(`cookies.${browser}3`)}</li>
          <li>{text("cookies.step4")}</li>
          <li>{text("cookies.step5")}</li>
        </ol>
        <DeveloperTools browser={browser} />
      </div>
    </>
  );
}

const tabs: Record<Browser, string[]> = {
  chrome: ["Elements", "Console", "Application"],
  firefox: ["Inspector", "Console", "Storage"],
  safari: ["Elements", "Console", "Storage"],
};

/** DeveloperTools draws the place at which a browser shows its cookies. */
function DeveloperTools({ browser }: { browser: Browser }) {
  const text = useText();
  const rows = [
    ["sessionid", "a1b2c3…", true],
    ["sessionid_sign", "v3:Ab9…", true],
    ["device_t", "…", false],
  ] as const;
  return (
    <svg viewBox="0 0 320 150" role="img" aria-label={text("cookies.where")} className="w-full rounded-lg border border-line bg-page font-mono">
      {tabs[browser].map((tab, i) => (
        <g key={tab}>
          {i === 2 && <rect x={12 + i * 96} y="6" width="96" height="20" rx="4" className="fill-brand" />}
          <text x={20 + i * 96} y="20" fontSize="11" className={i === 2 ? "fill-brand-ink" : "fill-soft"}>
            {tab}
          </text>
        </g>
      ))}
      <path d="M0 32H320M106 32V150M106 54H320" className="stroke-line" />
      {["▸ Local Storage", "▾ Cookies", "  tradingview.com"].map((line, i) => (
        <text key={line} x={i === 2 ? 18 : 8} y={50 + i * 18} fontSize="9.5" className={i === 0 ? "fill-soft" : "fill-ink"}>
          {line.trim()}
        </text>
      ))}
      <text x="114" y="47" fontSize="10" className="fill-soft">
        {text("cookies.name")}
      </text>
      <text x="222" y="47" fontSize="10" className="fill-soft">
        {text("cookies.value")}
      </text>
      {rows.map(([name, value, wanted], i) => (
        <g key={name}>
          {wanted && <rect x="110" y={58 + i * 28} width="204" height="22" rx="4" fill="none" className="stroke-brand" strokeWidth="1.5" />}
          <text x="116" y={73 + i * 28} fontSize="11" className={wanted ? "fill-ink" : "fill-soft"}>
            {name}
          </text>
          <text x="224" y={73 + i * 28} fontSize="11" className={wanted ? "fill-ink" : "fill-soft"}>
            {value}
          </text>
        </g>
      ))}
    </svg>
  );
}

/** CookieForm stores both cookies, with the consent that captures need, or removes them. */
export function CookieForm({ config }: { config: Config }) {
  const text = useText();
  const toast = useToast();
  const problem = useProblem();
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
        onSuccess: () => {
          form.reset();
          toast.say({ message: text("connections.stored") });
        },
      },
    );
  };
  const remove = () => change.mutate({ tv_sessionid_plain: null, tv_sessionid_sign_plain: null }, { onSuccess: () => toast.say({ message: text("connections.removed") }) });
  return (
    <form className="space-y-3" onSubmit={store} autoComplete="off">
      <div className="grid gap-3 sm:grid-cols-2">
        <Input label={text("connections.sessionid")} name="sessionid" required type="password" maxLength={200} autoComplete="off" spellCheck={false} />
        <Input label={text("connections.sign")} name="sign" required type="password" maxLength={400} autoComplete="off" spellCheck={false} />
      </div>
      <Check label={text("connections.consent")} checked={consent} onChange={(event) => setConsent(event.target.checked)} />
      {change.error && (
        <p role="alert" className="text-loss">
          {problem(change.error)}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" kind="main" disabled={change.isPending}>
          {text("connections.store")}
        </Button>
        {config.cookies_configured && (
          <Button kind="danger" onClick={remove}>
            {text("connections.remove")}
          </Button>
        )}
      </div>
    </form>
  );
}
