import { memo, type MouseEvent } from "react";

import type { Signal, SignalChanges } from "../../data/client";
import { formatInterval, formatShortTime } from "../../format";
import { useLanguage, useText } from "../../i18n";
import { Amount, Direction, Price, ResultBadge, Tags, Thumb, Ticker, usePictureReason } from "../../ui/signalParts";

/** columns are those of the table, from 900 px on. */
export const columns =
  "min-[900px]:grid min-[900px]:grid-cols-[1.25rem_7rem_minmax(9rem,1.3fr)_minmax(7rem,1fr)_minmax(8rem,1fr)_minmax(9rem,1fr)_minmax(5rem,0.8fr)_6.75rem] min-[900px]:gap-x-4 min-[900px]:items-center min-[900px]:px-6";

const card = "max-[899px]:grid max-[899px]:grid-cols-[7rem_minmax(0,1fr)_1rem] max-[899px]:content-start max-[899px]:gap-x-3 max-[899px]:px-3 max-[899px]:py-2.5";

interface Props {
  index: number;
  top: number;
  height: number;
  signal: Signal;
  zone: string;
  current: boolean;
  selected: boolean;
  act: RowActions;
}

/** RowActions are the callbacks of a row. They stay the same functions, so that a row is only drawn again if it changed. */
export interface RowActions {
  choose: (index: number, range: boolean) => void;
  select: (index: number, range: boolean) => void;
  open: (signal: Signal) => void;
  mark: (signal: Signal, changes: SignalChanges) => void;
}

/** Row is a line of the table, or a card on a narrow screen. */
export const Row = memo(function Row({ index, top, height, signal, zone, current, selected, act }: Props) {
  const text = useText();
  const language = useLanguage();
  const reason = usePictureReason();
  const ground = selected ? "bg-chosen" : current ? "bg-raised" : "";
  return (
    <div
      id={`signal-${index}`}
      role="row"
      aria-rowindex={index + 1}
      aria-selected={selected}
      onClick={(event) => act.choose(index, event.shiftKey)}
      onDoubleClick={() => act.open(signal)}
      className={`absolute inset-x-0 contain-strict border-b border-line ${card} ${columns} ${ground} ${current ? "shadow-[inset_3px_0_0_var(--color-brand)]" : ""}`}
      style={{ top, height }}
    >
      <div role="gridcell" className="max-[899px]:col-start-3 max-[899px]:row-start-1">
        <label onClick={(event) => event.stopPropagation()} className="-m-3 grid size-10 place-items-center">
          <input
            type="checkbox"
            tabIndex={-1}
            checked={selected}
            aria-label={text("bulk.select", { ticker: signal.ticker ?? text("signals.noTicker") })}
            onChange={(event) => act.select(index, (event.nativeEvent as unknown as MouseEvent).shiftKey)}
            className="size-4 accent-brand"
          />
        </label>
      </div>
      <div role="gridcell" className="max-[899px]:col-start-1 max-[899px]:row-span-2 max-[899px]:row-start-1">
        <button type="button" tabIndex={-1} onClick={() => act.open(signal)} aria-label={text("keys.open")} className="block cursor-zoom-in">
          <Thumb signal={signal} zone={zone} />
        </button>
      </div>
      <div role="gridcell" className="contents">
        <div className="min-w-0 max-[899px]:col-start-2">
          <p className="flex items-baseline gap-1.5">
            <Ticker signal={signal} narrow />
            {signal.interval && <span className="text-sm text-soft">{formatInterval(signal.interval)}</span>}
          </p>
          <p className="flex flex-wrap gap-x-2 leading-snug">
            <Direction direction={signal.direction} /> {signal.price !== null && <Price value={signal.price} />}
          </p>
        </div>
        <p className="cut text-soft max-[899px]:hidden" title={signal.indicator_name ?? undefined}>
          {signal.indicator_name ?? signal.signal_type ?? ""}
        </p>
        <div className="min-w-0 text-sm text-soft max-[899px]:col-span-2 max-[899px]:col-start-2 max-[899px]:cut">
          <time dateTime={signal.timestamp}>{formatShortTime(language, zone, signal.timestamp)}</time>
          {signal.screenshot_status !== "completed" && (
            <>
              <span className="min-[900px]:hidden"> · </span>
              <span className="text-[0.8125rem] leading-tight min-[900px]:line-clamp-2" title={reason(signal)}>
                {reason(signal)}
              </span>
            </>
          )}
        </div>
        <div className="min-w-0 max-[899px]:col-span-3 max-[899px]:mt-2 max-[899px]:flex max-[899px]:items-center max-[899px]:gap-3 min-[900px]:contents">
          <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-0.5 max-[899px]:shrink-0">
            <ResultBadge result={signal.result} className={signal.result === "skip" ? "" : "max-[899px]:hidden"} /> {signal.profit_loss !== null && <Amount value={signal.profit_loss} />}
          </p>
          <Tags tags={signal.tags} />
          <Marks result={signal.result} mark={(changes) => act.mark(signal, changes)} />
        </div>
      </div>
    </div>
  );
});

const marks = [
  ["win", "W", "border-gain bg-gain text-panel"],
  ["loss", "L", "border-loss bg-loss text-panel"],
  ["breakeven", "B", "border-soft bg-soft text-panel"],
] as const;

/** Marks are the buttons that do what the keys do. */
function Marks({ result, mark }: { result: Signal["result"]; mark: (changes: SignalChanges) => void }) {
  const text = useText();
  return (
    <div className="flex gap-1 max-[899px]:order-first max-[899px]:gap-1.5">
      {marks.map(([value, sign, chosen]) => (
        <button
          key={value}
          type="button"
          tabIndex={-1}
          aria-pressed={result === value}
          aria-label={text(`result.${value}`)}
          onClick={(event) => {
            event.stopPropagation();
            mark({ result: result === value ? "pending" : value });
          }}
          className={`size-8 max-[899px]:size-10 rounded-md border font-mono font-semibold ${result === value ? chosen : "border-line bg-panel text-soft hover:border-brand hover:text-ink"}`}
        >
          {sign}
        </button>
      ))}
    </div>
  );
}
