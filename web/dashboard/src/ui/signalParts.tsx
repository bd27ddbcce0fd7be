// The parts of a signal that several screens show.
import { Link } from "wouter";

import type { Signal } from "../data/client";
import { formatAmount, formatDecimal, formatInterval, formatTime, sign } from "../format";
import { isTextKey, useLanguage, useText } from "../i18n";
import { usePreferences } from "../preferences";

/** Ticker shows the symbol, and its exchange less prominently. If there is little room, the exchange is cut first. */
export function Ticker({ signal, narrow = false }: { signal: Signal; narrow?: boolean }) {
  const text = useText();
  if (signal.ticker) {
    const [, exchange, symbol] = /^([^:]*:)?(.*)$/s.exec(signal.ticker)!;
    return (
      <span className={narrow ? "flex min-w-0 overflow-clip whitespace-nowrap" : "[overflow-wrap:anywhere]"}>
        {exchange && <span className={`text-soft ${narrow ? "min-w-0 cut" : ""}`}>{exchange}</span>}
        <span className={`font-semibold ${narrow ? "shrink-0" : ""}`}>{symbol}</span>
      </span>
    );
  }
  return (
    <span className="text-warn italic">
      {text("signals.noTicker")}
    </span>
  );
}

export function Direction({ direction }: { direction: string | null }) {
  const text = useText();
  if (direction !== "LONG" && direction !== "SHORT") return null;
  const long = direction === "LONG";
  return (
    <span className={`inline-flex items-center gap-1 text-sm font-medium ${long ? "text-gain" : "text-loss"}`}>
      <span aria-hidden>{long ? "▲" : "▼"}</span>
      {text(long ? "direction.LONG" : "direction.SHORT")}
    </span>
  );
}

const marks: Record<Signal["result"], { sign: string; colour: string }> = {
  pending: { sign: "·", colour: "text-soft border-line" },
  win: { sign: "W", colour: "text-gain border-gain" },
  loss: { sign: "L", colour: "text-loss border-loss" },
  breakeven: { sign: "B", colour: "text-ink border-soft" },
  skip: { sign: "–", colour: "text-soft border-line" },
};

export function ResultBadge({ result, className = "" }: { result: Signal["result"]; className?: string }) {
  const text = useText();
  const mark = marks[result];
  return (
    <span className={`inline-flex items-center gap-1.5 rounded border px-1.5 text-sm ${mark.colour} ${className}`}>
      <span aria-hidden className="font-mono font-semibold">
        {mark.sign}
      </span>
      <span>{text(`result.${result}`)}</span>
    </span>
  );
}

export function Amount({ value }: { value: string | null }) {
  const language = useLanguage();
  const { unit } = usePreferences().value;
  if (value === null) return <span className="text-soft">–</span>;
  const colour = sign(value) > 0 ? "text-gain" : sign(value) < 0 ? "text-loss" : "";
  return <span className={`num ${colour}`}>{formatAmount(language, value, unit)}</span>;
}

/** Tags shows the first two tags, and how many more there are. */
export function Tags({ tags }: { tags: string[] | null }) {
  const all = tags ?? [];
  const more = all.length - 2;
  return (
    <span className="flex min-w-0 items-center gap-1 text-sm text-soft min-[900px]:flex-wrap" title={all.join(", ")}>
      {all.slice(0, 2).map((tag) => (
        <span key={tag} className={`min-w-0 cut rounded bg-soft/10 px-1.5 ${more > 0 ? "max-w-[calc(100%-1.75rem)]" : "max-w-full"}`}>
          {tag}
        </span>
      ))}
      {more > 0 && <span>+{more}</span>}
    </span>
  );
}

export function Price({ value }: { value: string | null }) {
  const language = useLanguage();
  return <span className="num">{value === null ? "–" : formatDecimal(language, value)}</span>;
}

/** usePictureReason returns a function that returns in words why a signal has no picture. */
export function usePictureReason() {
  const text = useText();
  return (signal: Signal): string => {
    const code = signal.screenshot_error;
    if (!code) return text(`picture.${signal.screenshot_status}`);
    const key = `code.${code}`;
    return isTextKey(key) ? text(key) : text("code.other", { code });
  };
}

// The screens that mend a reason. Reasons that TradingView or the operator has to mend are not listed.
const cures: Record<string, string> = {
  no_cookies: "/connections",
  cookies_malformed: "/connections",
  cookies_unreadable: "/connections",
  session_expired: "/connections",
  no_chart: "/settings",
  chart_not_found: "/settings",
  chart_private: "/settings",
  capture_off: "/settings",
  too_large: "/settings",
};

/** Cure leads to the screen that mends the reason why a picture is missing, if there is one. */
export function Cure({ code }: { code: string | null }) {
  const text = useText();
  const cure = cures[code ?? ""];
  return cure ? (
    <Link href={cure} className="font-medium underline underline-offset-4">
      {text("signal.cure")}
    </Link>
  ) : null;
}

/** pictureURL returns the address of a signal's picture, or null if it leads to a page instead. */
export function pictureURL(signal: Signal): string | null {
  const address = signal.screenshot_url;
  return address && !isPageOfTradingView(address) ? address : null;
}

/** Rows of the service before this one hold addresses of pages on TradingView, which no <img> can show. */
export function isPageOfTradingView(address: string): boolean {
  return /^https:\/\/(www\.)?tradingview\.com\/x\//.test(address);
}

export function usePictureAlt() {
  const text = useText();
  const language = useLanguage();
  return (signal: Signal, zone: string): string =>
    text("picture.alt", {
      ticker: signal.ticker ?? text("signals.noTicker"),
      interval: signal.interval ? formatInterval(signal.interval) : "–",
      time: formatTime(language, zone, signal.screenshot_taken_at ?? signal.created_at),
    });
}

export function Thumb({ signal, zone }: { signal: Signal; zone: string }) {
  const alt = usePictureAlt();
  const reason = usePictureReason();
  const address = pictureURL(signal);
  const box = "block h-14 w-28 shrink-0 rounded border border-line bg-raised";
  if (address) {
    return <img key={address} src={address} alt={alt(signal, zone)} loading="lazy" decoding="async" className={`${box} object-cover`} />;
  }
  return (
    <span title={reason(signal)} className={`${box} text-center leading-[3.375rem] text-soft`} aria-hidden>
      {signal.screenshot_status === "pending" || signal.screenshot_status === "processing" ? "…" : "–"}
    </span>
  );
}
