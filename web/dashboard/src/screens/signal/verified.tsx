import type { Signal } from "../../data/client";
import { formatInterval, formatSpan } from "../../format";
import { isTextKey, useLanguage, useText } from "../../i18n";
import { Panel } from "../../ui/basics";

/** Verified shows what the picture was verified to show, and its warnings. */
export function Verified({ signal }: { signal: Signal }) {
  const text = useText();
  const language = useLanguage();
  if (signal.screenshot_status !== "completed") return null;
  const seconds = signal.screenshot_taken_at ? (Date.parse(signal.screenshot_taken_at) - Date.parse(signal.created_at)) / 1000 : null;
  const interval = signal.screenshot_interval ?? signal.interval;
  return (
    <Panel title={text("signal.verified")}>
      <ul className="space-y-1">
        {(signal.screenshot_symbol ?? signal.ticker) && <Verdict name={text("signal.verifiedSymbol")} value={signal.screenshot_symbol ?? signal.ticker ?? ""} />}
        {interval && <Verdict name={text("signal.verifiedInterval")} value={formatInterval(interval)} />}
        {(signal.screenshot_kind === "user_chart" || signal.screenshot_kind === "public_chart") && (
          <Verdict name={text("signal.kind")} value={text(`signal.kind.${signal.screenshot_kind}`)} />
        )}
        {(signal.screenshot_source === "client" || signal.screenshot_source === "viewport") && (
          <Verdict name={text("signals.picture")} value={`${text(`signal.source.${signal.screenshot_source}`)}, ${signal.screenshot_width}×${signal.screenshot_height}`} />
        )}
        {seconds !== null && <Verdict name={text("signal.afterName")} value={formatSpan(language, seconds)} />}
      </ul>
      {(signal.screenshot_warnings ?? []).map((warning) => (
        <p key={warning} className="mt-2 text-warn">
          ⚠ {isTextKey(`warning.${warning}`) ? text(`warning.${warning}` as "warning.study_error") : warning}
        </p>
      ))}
    </Panel>
  );
}

function Verdict({ name, value }: { name: string; value: string }) {
  return (
    <li className="flex gap-2">
      <span aria-hidden className="text-gain">
        ✓
      </span>
      <span className="text-soft">{name}</span>
      <strong className="ml-auto text-right font-medium [overflow-wrap:anywhere]">{value}</strong>
    </li>
  );
}
