import { useState } from "react";
import { useLocation } from "wouter";

import { useHistogram, type Filters } from "../data/queries";
import { formatCount, formatNumber, sign } from "../format";
import { useLanguage, useText } from "../i18n";
import { AsTable } from "../ui/asTable";
import { Failed, Loading, Panel, Select } from "../ui/basics";
import { Counted, listOf } from "./counted";
import type { Values } from "./filters/filters";

type Of = "pnl" | "r";
type Bin = NonNullable<ReturnType<typeof useHistogram>["data"]>["bins"][number];

/** narrowed returns the filters that let through the signals of a bin. */
function narrowed(of: Of, bin: Bin): Values {
  return of === "pnl" ? { counted: "with_amount", pnl_from: bin.from, pnl_to: bin.to } : { counted: "with_r", r_from: bin.from, r_to: bin.to };
}

/** Histogram shows how profits and losses are spread, or their multiples of the risk. A bar leads to its signals. */
export function Histogram({ filters }: { filters: Filters }) {
  const text = useText();
  const language = useLanguage();
  const [of, setOf] = useState<Of>("pnl");
  const histogram = useHistogram(filters, of);
  if (histogram.isPending) return <Loading />;
  if (histogram.isError) return <Failed className="" error={histogram.error} retry={() => void histogram.refetch()} />;
  const { bins, values, count } = histogram.data;
  return (
    <Panel
      title={text("stats.histogram")}
      actions={
        <span className="w-28">
          <Select label={<span className="sr-only">{text("stats.histogramOf")}</span>} value={of} onChange={(event) => setOf(event.target.value as Of)}>
            <option value="pnl">{text("signals.pnl")}</option>
            <option value="r">R</option>
          </Select>
        </span>
      }
    >
      {count === 0 && <p className="text-soft">{text(of === "r" ? "stats.noR" : "stats.noAmounts")}</p>}
      {values.length > 0 && <Dots values={values.map(String)} />}
      {bins.length > 0 && (
        <>
          <Bars bins={bins} of={of} filters={filters} />
          <AsTable head={[text("stats.from"), text("stats.to"), text("stats.count")]} numbers={0} name={text("stats.histogram")}>
            {bins.map((bin) => (
              <tr key={bin.from} className="border-t border-line">
                <td className="px-2 text-right">{formatNumber(language, bin.from, 30)}</td>
                <td className="px-2 text-right">{formatNumber(language, bin.to, 30)}</td>
                <td className="px-2 text-right">
                  <Counted filters={filters} of={narrowed(of, bin)}>
                    {formatCount(language, bin.count)}
                  </Counted>
                </td>
              </tr>
            ))}
          </AsTable>
        </>
      )}
    </Panel>
  );
}

// The drawing's own units.
const width = 1000;
const height = 160;

/** Bars draws the bins. For the keyboard there is the table below, whose counts lead to the same signals. */
function Bars({ bins, of, filters }: { bins: Bin[]; of: Of; filters: Filters }) {
  const text = useText();
  const language = useLanguage();
  const [, go] = useLocation();
  const low = Math.min(0, Number(bins[0]!.from));
  const high = Math.max(0, Number(bins.at(-1)!.to));
  const most = Math.max(...bins.map((bin) => bin.count));
  const x = (value: number) => ((value - low) / (high - low || 1)) * width;
  return (
    <>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" className="h-40 w-full" role="img" aria-label={text("stats.histogram")}>
        {bins.map((bin) => {
          const [from, to] = [x(Number(bin.from)), x(Number(bin.to))];
          const tall = Math.max((bin.count / most) * (height - 4), 2);
          const name = `${formatNumber(language, bin.from)} – ${formatNumber(language, bin.to)}: ${formatCount(language, bin.count)}`;
          return (
            <g key={bin.from} data-bin={bin.from} className={`cursor-pointer hover:opacity-80 ${sign(bin.to) <= 0 ? "fill-loss" : "fill-gain"}`} onClick={() => go(listOf(filters, narrowed(of, bin)))}>
              <title>{name}</title>
              <rect x={from} y="0" width={to - from} height={height} opacity="0" />
              <rect x={from + 1} y={height - tall} width={Math.max(to - from - 2, 1)} height={tall} opacity="0.8" />
            </g>
          );
        })}
        <line x1={x(0)} x2={x(0)} y1="0" y2={height} className="stroke-soft" strokeDasharray="3 4" vectorEffect="non-scaling-stroke" />
      </svg>
      <p className="num relative mt-1 flex min-h-5 justify-between text-sm text-soft">
        <span>{formatNumber(language, sign(bins[0]!.from) > 0 ? "0" : bins[0]!.from)}</span>
        {x(0) > 80 && x(0) < 920 && (
          <span aria-hidden className="absolute -translate-x-1/2" style={{ left: `${(x(0) / width) * 100}%` }}>
            0
          </span>
        )}
        <span>{formatNumber(language, sign(bins.at(-1)!.to) < 0 ? "0" : bins.at(-1)!.to)}</span>
      </p>
    </>
  );
}

/** Dots draws values that are too few for bins, on a line that includes 0. */
function Dots({ values }: { values: string[] }) {
  const language = useLanguage();
  const numbers = values.map(Number);
  const low = Math.min(0, ...numbers);
  const high = Math.max(0, ...numbers);
  const place = (value: number) => ({ left: `${4 + ((value - low) / (high - low || 1)) * 92}%` });
  return (
    <div className="num relative h-16 text-sm">
      <span aria-hidden className="absolute inset-x-0 top-4 border-t border-line" />
      <span aria-hidden className="absolute top-2 h-4 border-l border-soft" style={place(0)} />
      {values.map((value, i) => (
        <span key={i} className="absolute top-2.5 flex -translate-x-1/2 flex-col items-center gap-1.5" style={place(Number(value))}>
          <span aria-hidden className={`size-3 rounded-full opacity-80 ${sign(value) < 0 ? "bg-loss" : "bg-gain"}`} />
          {formatNumber(language, value, 4)}
        </span>
      ))}
    </div>
  );
}
