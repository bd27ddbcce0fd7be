import { useState, type KeyboardEvent, type PointerEvent } from "react";
import { Link, useLocation } from "wouter";

import { useEquity, type Filters } from "../data/queries";
import { formatAmount, formatNumber, formatPercent, formatShortTime } from "../format";
import { useLanguage, useText } from "../i18n";
import { usePreferences } from "../preferences";
import { AsTable } from "../ui/asTable";
import { Failed, Loading, Panel } from "../ui/basics";
import { Amount } from "../ui/signalParts";
import { Counted } from "./counted";
import { axisOf, fallPercent, nearest, type Point } from "./equityAxis";

/** Equity shows the running sum of profit and loss, with the falls from its peaks. Each point leads to its signal. */
export function Equity({ filters, zone }: { filters: Filters; zone: string }) {
  const text = useText();
  const language = useLanguage();
  const equity = useEquity(filters);
  if (equity.isPending) return <Loading />;
  if (equity.isError) return <Failed className="" error={equity.error} retry={() => void equity.refetch()} />;
  const { points, drawdown } = equity.data;
  const last = points.at(-1);
  if (!last) return null;
  return (
    <Panel
      title={text("stats.equity")}
      actions={
        <span className="text-lg font-semibold">
          <Counted filters={filters} of={{ counted: "decided" }}>
            <Amount value={last.equity} />
          </Counted>
        </span>
      }
    >
      <Chart points={points} zone={zone} />
      {drawdown && <Fall fall={drawdown} points={points} zone={zone} />}
      <AsTable head={[text("signals.time"), text("stats.equity"), text("stats.drawdown")]} name={text("stats.equity")}>
        {points.map((point) => (
          <tr key={point.position} className="border-t border-line">
            <td className="px-2">
              <Link href={`/signals/${point.signal_id}`} className="underline decoration-line underline-offset-4 hover:decoration-current">
                {formatShortTime(language, zone, point.timestamp)}
              </Link>
            </td>
            <td className="px-2 text-right">{formatNumber(language, point.equity, 30)}</td>
            <td className="px-2 text-right">{formatNumber(language, point.drawdown, 30)}</td>
          </tr>
        ))}
      </AsTable>
    </Panel>
  );
}

// The drawing's own units. Numbers are only rounded for drawing; what people read is text.
const width = 1000;
const height = 240;

/** Chart draws the points. The one under the pointer, or that arrows chose, is read out above and opened by a click or Enter. */
function Chart({ points, zone }: { points: Point[]; zone: string }) {
  const text = useText();
  const language = useLanguage();
  const { unit } = usePreferences().value;
  const [, go] = useLocation();
  const [chosen, setChosen] = useState<number | null>(null);
  const { low, high, x, y } = axisOf(points, width, height);
  const line = points.map((point) => `${x(point).toFixed(1)},${y(Number(point.equity)).toFixed(1)}`).join(" ");
  const peaks = points.map((point) => `${x(point).toFixed(1)},${y(Number(point.equity) - Number(point.drawdown)).toFixed(1)}`);
  const at = chosen === null ? undefined : points[chosen];
  const read = (point: Point) => `${formatShortTime(language, zone, point.timestamp)} · ${formatAmount(language, point.equity, unit)} · ${text("stats.drawdown")} ${formatNumber(language, point.drawdown)}`;
  const onPointerMove = (event: PointerEvent) => {
    const frame = event.currentTarget.getBoundingClientRect();
    setChosen(nearest(points, (event.clientX - frame.left) / frame.width));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const now = chosen ?? points.length - 1;
    const places: Record<string, number> = { ArrowLeft: now - 1, ArrowRight: now + 1, ArrowDown: now - 1, ArrowUp: now + 1, PageDown: now - 20, PageUp: now + 20, Home: 0, End: points.length - 1 };
    const to = places[event.key];
    if (to !== undefined) setChosen(Math.min(Math.max(to, 0), points.length - 1));
    else if (event.key === "Enter" && at) go(`/signals/${at.signal_id}`);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <p className="num mb-2 min-h-6 text-sm text-soft">{at ? <span className="font-medium text-ink">{read(at)}</span> : text("stats.equityHint")}</p>
      <div
        role="slider"
        tabIndex={0}
        aria-label={text("stats.equity")}
        aria-valuemin={1}
        aria-valuemax={points.length}
        aria-valuenow={(chosen ?? points.length - 1) + 1}
        aria-valuetext={read(at ?? points.at(-1)!)}
        className="relative cursor-crosshair"
        onPointerMove={onPointerMove}
        onPointerLeave={() => setChosen(null)}
        onBlur={() => setChosen(null)}
        onKeyDown={onKeyDown}
        onClick={() => at && go(`/signals/${at.signal_id}`)}
      >
        <Bound at="top-0">{formatAmount(language, high.toFixed(2), unit)}</Bound>
        {low < 0 && <Bound at="bottom-0">{formatAmount(language, low.toFixed(2), unit)}</Bound>}
        <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" className="h-48 w-full sm:h-64" aria-hidden>
          <polygon points={[line, ...peaks.reverse()].join(" ")} className="fill-loss" opacity="0.1" />
          <polygon points={`${x(points[0]!)},${y(0)} ${line} ${x(points.at(-1)!)},${y(0)}`} className="fill-brand" opacity="0.1" />
          <line x1="0" x2={width} y1={y(0)} y2={y(0)} className="stroke-soft" strokeDasharray="3 4" strokeWidth="1" vectorEffect="non-scaling-stroke" />
          <polyline points={line} fill="none" className="stroke-brand" strokeWidth="2" strokeLinejoin="round" vectorEffect="non-scaling-stroke" />
          {at && <line x1={x(at)} x2={x(at)} y1="0" y2={height} className="stroke-ink" strokeWidth="1" vectorEffect="non-scaling-stroke" opacity="0.5" />}
        </svg>
        {at && (
          <span
            aria-hidden
            className="pointer-events-none absolute size-2.5 -translate-x-1/2 -translate-y-1/2 rounded-full border-2 border-panel bg-brand"
            style={{ left: `${(x(at) / width) * 100}%`, top: `${(y(Number(at.equity)) / height) * 100}%` }}
          />
        )}
      </div>
      <p aria-hidden className="mt-1 flex justify-between text-sm text-soft">
        <span>{formatShortTime(language, zone, points[0]!.timestamp)}</span>
        <span>{points.length > 1 && formatShortTime(language, zone, points.at(-1)!.timestamp)}</span>
      </p>
    </>
  );
}

/** Bound names an end of the vertical axis. */
function Bound({ at, children }: { at: string; children: string }) {
  return (
    <p aria-hidden className={`num pointer-events-none absolute left-0 rounded bg-panel/80 px-1 text-xs text-soft ${at}`}>
      {children}
    </p>
  );
}

interface Deepest {
  amount: string;
  peak: string;
  from: string | null;
  lowest: string;
  until: string | null;
}

/** Fall describes the deepest fall from a peak. Its beginning and end lead to their signals, which are among the points. */
function Fall({ fall, points, zone }: { fall: Deepest; points: Point[]; zone: string }) {
  const text = useText();
  const language = useLanguage();
  const { startBalance } = usePreferences().value;
  const percent = startBalance ? fallPercent(fall.amount, fall.peak, startBalance) : null;
  const moment = (at: string, is: (point: Point) => boolean = () => true) => {
    const point = points.find((one) => one.timestamp === at && is(one));
    const time = formatShortTime(language, zone, at);
    return point ? (
      <Link href={`/signals/${point.signal_id}`} className="underline decoration-line underline-offset-4 hover:decoration-current">
        {time}
      </Link>
    ) : (
      time
    );
  };
  return (
    <p className="mt-2">
      {text("stats.drawdown")} <Amount value={fall.amount} />{" "}
      {percent !== null && <span className="text-sm">({text("stats.drawdownPercent", { percent: formatPercent(language, percent) })}) </span>}
      <span className="text-sm text-soft">
        {fall.from ? moment(fall.from) : text("stats.fromStart")} → {moment(fall.lowest, (point) => point.drawdown === fall.amount)} → {fall.until ? moment(fall.until) : text("stats.ongoing")}
      </span>
    </p>
  );
}
