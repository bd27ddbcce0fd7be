import { useState } from "react";

import { useEquity, useHistogram, type Filters } from "../data/queries";
import { formatAmount, formatCount, formatNumber, formatShortTime } from "../format";
import { useLanguage, useText } from "../i18n";
import { usePreferences } from "../preferences";
import { Failed, Loading, Panel, Select } from "../ui/basics";
import { Amount } from "../ui/signalParts";

// The drawing's own units. Numbers are rounded for drawing alone; what is read is text.
const width = 1000;
const height = 240;

/** Equity draws the running sum of profit and loss, with the falls from its peaks below. */
export function Equity({ filters, zone }: { filters: Filters; zone: string }) {
  const text = useText();
  const language = useLanguage();
  const { startBalance, unit } = usePreferences().value;
  const equity = useEquity(filters);
  if (equity.isPending) return <Loading />;
  if (equity.isError) return <Failed error={equity.error} retry={() => void equity.refetch()} />;
  const { points, drawdown } = equity.data;
  const values = points.map((point) => Number(point.equity));
  const percent = drawdown && startBalance ? fallPercent(drawdown.amount, drawdown.peak, startBalance) : null;
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const last = points.at(-1)?.position ?? 1;
  const x = (position: number) => (last > 1 ? ((position - 1) / (last - 1)) * width : width / 2);
  const y = (value: number) => height - ((value - low) / (high - low || 1)) * height;
  const line = points.map((point, i) => `${x(point.position).toFixed(1)},${y(values[i]!).toFixed(1)}`).join(" ");
  const peaks = points.map((point, i) => `${x(point.position).toFixed(1)},${y(values[i]! - Number(point.drawdown)).toFixed(1)}`);
  return (
    <Panel title={text("stats.equity")}>
      <p className="mb-2 text-sm text-soft">{text("stats.equityHint")}</p>
      <div className="relative">
        <Bound at="top-0">{formatAmount(language, high.toFixed(2), unit)}</Bound>
        {low < 0 && <Bound at="bottom-0">{formatAmount(language, low.toFixed(2), unit)}</Bound>}
        <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" className="h-48 w-full sm:h-64" role="img" aria-label={text("stats.equity")}>
          <polygon points={[line, ...peaks.reverse()].join(" ")} className="fill-loss" opacity="0.2" />
          <line x1="0" x2={width} y1={y(0)} y2={y(0)} className="stroke-line" vectorEffect="non-scaling-stroke" />
          <polygon points={`0,${y(0)} ${line} ${width},${y(0)}`} className="fill-brand" opacity="0.1" />
          <polyline points={line} fill="none" className="stroke-brand" strokeWidth="2" vectorEffect="non-scaling-stroke" />
        </svg>
      </div>
      <p aria-hidden className="flex justify-between text-sm text-soft">
        <span>{points[0] && formatShortTime(language, zone, points[0].timestamp)}</span>
        <span>{points.length > 1 && formatShortTime(language, zone, points.at(-1)!.timestamp)}</span>
      </p>
      {drawdown && (
        <p className="mt-2">
          {text("stats.drawdown")} <Amount value={drawdown.amount} />{" "}
          {percent !== null && <span className="text-sm">({text("stats.drawdownPercent", { percent: formatNumber(language, percent) })}) </span>}
          <span className="text-sm text-soft">
            {drawdown.from ? formatShortTime(language, zone, drawdown.from) : text("stats.fromStart")} →{" "}
            {drawdown.until ? formatShortTime(language, zone, drawdown.until) : text("stats.ongoing")}
          </span>
        </p>
      )}
      <AsTable head={[text("signals.time"), text("stats.equity"), text("stats.drawdown")]} name={text("stats.equity")}>
        {points.map((point) => (
          <tr key={point.position} className="border-t border-line">
            <td className="px-2">{formatShortTime(language, zone, point.timestamp)}</td>
            <td className="px-2">{formatNumber(language, point.equity, 30)}</td>
            <td className="px-2">{formatNumber(language, point.drawdown, 30)}</td>
          </tr>
        ))}
      </AsTable>
    </Panel>
  );
}

/** Bound names an end of the vertical axis. */
function Bound({ at, children }: { at: string; children: string }) {
  return (
    <p aria-hidden className={`num pointer-events-none absolute left-0 rounded bg-panel/80 text-sm text-soft ${at}`}>
      {children}
    </p>
  );
}

/** fallPercent is a fall as a share of the start balance and the peak, rounded to a tenth; null without a base. */
export function fallPercent(amount: string, peak: string, startBalance: string): string | null {
  const base = Number(startBalance) + Number(peak);
  return base > 0 ? ((Number(amount) / base) * 100).toFixed(1) : null;
}

/** Histogram draws how profits and losses are spread. */
export function Histogram({ filters }: { filters: Filters }) {
  const text = useText();
  const language = useLanguage();
  const [of, setOf] = useState<"pnl" | "r">("pnl");
  const histogram = useHistogram(filters, of);
  if (histogram.isPending) return <Loading />;
  if (histogram.isError) return <Failed error={histogram.error} retry={() => void histogram.refetch()} />;
  const { bins, values, count } = histogram.data;
  const low = Number(bins[0]?.from ?? 0);
  const high = Number(bins.at(-1)?.to ?? 1);
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  const x = (value: number) => ((value - low) / (high - low || 1)) * width;
  return (
    <Panel title={text("stats.histogram")}>
      <div className="mb-3 max-w-60">
        <Select label={text("stats.histogramOf")} value={of} onChange={(event) => setOf(event.target.value as "pnl" | "r")}>
          <option value="pnl">{text("signals.pnl")}</option>
          <option value="r">R</option>
        </Select>
      </div>
      {bins.length === 0 ? (
        <p className="text-soft">{count === 0 ? text("stats.noAmounts") : values.map((value) => formatNumber(language, value, 4)).join("   ")}</p>
      ) : (
        <>
          <svg viewBox={`0 0 ${width} 160`} preserveAspectRatio="none" className="h-40 w-full" role="img" aria-label={text("stats.histogram")}>
            {bins.map((bin) => {
              const [from, to] = [x(Number(bin.from)), x(Number(bin.to))];
              const tall = (bin.count / most) * 156;
              return <rect key={bin.from} x={from + 1} y={160 - tall} width={Math.max(to - from - 2, 1)} height={tall} className={Number(bin.to) <= 0 ? "fill-loss" : "fill-gain"} opacity="0.75" />;
            })}
          </svg>
          <p className="flex justify-between text-sm text-soft">
            <span>{formatNumber(language, bins[0]?.from ?? null)}</span>
            <span>{formatNumber(language, bins.at(-1)?.to ?? null)}</span>
          </p>
          <AsTable head={[text("stats.from"), text("stats.to"), text("stats.count")]} name={text("stats.histogram")}>
            {bins.map((bin) => (
              <tr key={bin.from} className="border-t border-line">
                <td className="px-2">{formatNumber(language, bin.from, 30)}</td>
                <td className="px-2">{formatNumber(language, bin.to, 30)}</td>
                <td className="px-2">{formatCount(language, bin.count)}</td>
              </tr>
            ))}
          </AsTable>
        </>
      )}
    </Panel>
  );
}

/** AsTable holds what a chart shows, for those who read rather than look. */
export function AsTable({ head, name, children }: { head: string[]; name: string; children: React.ReactNode }) {
  const text = useText();
  return (
    <details className="mt-3">
      <summary className="cursor-pointer text-sm text-soft">{text("stats.asTable")}</summary>
      <div className="mt-1 max-h-72 overflow-auto" tabIndex={0} role="region" aria-label={name}>
        <table className="num w-full text-left text-sm">
          <thead className="text-soft">
            <tr>
              {head.map((cell) => (
                <th key={cell} scope="col" className="px-2 py-1 font-medium">
                  {cell}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      </div>
    </details>
  );
}
