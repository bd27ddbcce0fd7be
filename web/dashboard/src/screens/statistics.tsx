import { useState, type ReactNode } from "react";

import { useCounted } from "../data/demo";
import { useConfig, useStatistics, type Filters } from "../data/queries";
import type { Figures, StatsDetails } from "../data/client";
import { formatCount, formatDecimal, formatNumber, formatPercent, formatSpan, readable } from "../format";
import { useLanguage, useText, type TextKey } from "../i18n";
import { Failed, Loading, Panel } from "../ui/basics";
import { Amount } from "../ui/signalParts";
import { Zone } from "../ui/zone";
import { Calendar } from "./calendar";
import { Counted } from "./counted";
import { Equity } from "./equity";
import { FilterBar } from "./filters/bar";
import { useFilters, type Values } from "./filters/filters";
import { Groups } from "./groups";
import { Histogram } from "./histogram";

/** Statistics shows the user's own record. How much of it is decided comes first. */
export default function Statistics() {
  const text = useText();
  const { filters: chosen, setFilters, active } = useFilters();
  const filters = useCounted(chosen);
  const [groupBy, setGroupBy] = useState<GroupBy>("ticker");
  const zone = useConfig().data?.preferred_timezone ?? "UTC";
  const stats = useStatistics(filters, groupBy);
  return (
    <div className="mx-auto max-w-7xl space-y-4 p-4 sm:p-6">
      <header className="space-y-2">
        <div className="flex flex-wrap items-baseline gap-x-3">
          <h1 className="text-2xl font-semibold tracking-tight">{text("stats.title")}</h1>
          <Zone />
        </div>
        <FilterBar filters={chosen} setFilters={setFilters} />
      </header>
      {stats.isPending && <Loading />}
      {stats.isError && <Failed className="" error={stats.error} retry={() => void stats.refetch()} />}
      {stats.data?.details?.signals === 0 && (
        <p className="rounded-lg border border-dashed border-line p-8 text-center text-soft">{text(active ? "signals.noMatch" : "signals.empty")}</p>
      )}
      {stats.data?.details && stats.data.details.signals > 0 && (
        <>
          <Coverage d={stats.data.details} filters={filters} />
          {stats.data.details.decided === 0 ? (
            <p className="rounded-lg border border-dashed border-line p-8 text-center text-soft">
              {text("stats.none")}{" "}
              <Counted filters={filters} of={{ result: "pending" }}>
                {text("stats.showPending")}
              </Counted>
            </p>
          ) : (
            <>
              <Tiles d={stats.data.details} filters={filters} />
              <Equity filters={filters} zone={zone} />
            </>
          )}
          <Calendar filters={filters} zone={zone} />
          <Groups by={groupBy} choose={setGroupBy} groups={stats.data.groups ?? []} other={stats.data.other} filters={filters} zone={zone} />
          {stats.data.details.decided > 0 && <Histogram filters={filters} />}
        </>
      )}
    </div>
  );
}

export type GroupBy = "ticker" | "exchange" | "indicator" | "signal_type" | "direction" | "interval" | "hour" | "weekday" | "day" | "week" | "month" | "session" | "us_session" | "tag" | "result";
export type { Filters };

function Coverage({ d, filters }: { d: StatsDetails; filters: Filters }) {
  const text = useText();
  const language = useLanguage();
  const count = (n: number) => formatCount(language, n);
  return (
    <Panel title={text("stats.coverage", { decided: count(d.decided), all: count(d.signals) })}>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" className="h-2 w-full rounded" aria-hidden>
        <rect width="100" height="4" className="fill-raised" />
        <rect width={d.signals ? (d.decided / d.signals) * 100 : 0} height="4" className="fill-brand" />
      </svg>
      <p className="mt-2 text-sm text-soft">
        <Counted filters={filters} of={{ result: "pending" }}>
          {text("stats.pendingCount", { count: count(d.pending) })}
        </Counted>
        {", "}
        <Counted filters={filters} of={{ result: "skip" }}>
          {text("stats.skippedCount", { count: count(d.skipped) })}
        </Counted>
        {". "}
        {text("stats.coverageHint")}
      </p>
      <p className="text-sm text-soft">
        {text("stats.captured")}:{" "}
        <Counted filters={filters} of={{ status: "completed" }}>
          {text("stats.ofAll", { count: count(d.captured), all: count(d.signals) })}
        </Counted>
        {d.capture_median !== null && `, ${text("stats.captureMedian", { time: formatSpan(language, d.capture_median) })}`}
      </p>
      {d.without_amount > 0 && (
        <p className="text-sm text-soft">
          <Counted filters={filters} of={{ counted: "without_amount" }}>
            {text("stats.withoutAmount", { count: count(d.without_amount) })}
          </Counted>
        </p>
      )}
      {d.clashes > 0 && (
        <p className="text-sm text-warn">
          <span aria-hidden>⚠ </span>
          <Counted filters={filters} of={{ counted: "clashes" }}>
            {text("stats.clashes", { count: count(d.clashes) })}
          </Counted>
        </p>
      )}
    </Panel>
  );
}

function Tiles({ d, filters }: { d: StatsDetails; filters: Filters }) {
  const text = useText();
  const language = useLanguage();
  const count = (n: number) => formatCount(language, n);
  const streak = (n: number) => text(n >= 0 ? "stats.wins" : "stats.losses", { count: count(Math.abs(n)) });
  const counted = (of: Values, shown: ReactNode) => (
    <Counted filters={filters} of={of}>
      {shown}
    </Counted>
  );
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4 xl:grid-cols-5">
      <WinRate d={d} filters={filters} />
      <Tile name="stats.total">{counted({ counted: "decided" }, <Amount value={d.total_profit_loss} />)}</Tile>
      <Tile name="stats.profitFactor" below={d.profit_factor === null && d.losses === 0 ? text("stats.noLosses") : undefined}>
        {counted({ counted: "with_amount" }, formatNumber(language, d.profit_factor))}
      </Tile>
      <Tile name="stats.expectancy" below={d.expectancy_margin ? `± ${formatDecimal(language, readable(d.expectancy_margin))}` : undefined}>
        {counted({ counted: "with_amount" }, <Mean value={d.expectancy} />)}
      </Tile>
      <Tile name="stats.r" below={d.count_r > 0 ? text("stats.ofSignals", { count: count(d.count_r) }) : text("stats.noR")}>
        {d.expectancy_r === null ? "–" : counted({ counted: "with_r" }, `${formatDecimal(language, readable(d.expectancy_r))} R`)}
      </Tile>
      <Tile name="stats.avgs" below={d.payoff ? text("stats.payoff", { payoff: formatNumber(language, d.payoff) }) : undefined}>
        {counted({ result: "win", counted: "with_amount" }, <Mean value={d.average_win} />)} / {counted({ result: "loss", counted: "with_amount" }, <Mean value={d.average_loss} />)}
      </Tile>
      <Tile name="stats.largest">
        {counted({ result: "win", counted: "with_amount" }, <Amount value={d.largest_win} />)} / {counted({ result: "loss", counted: "with_amount" }, <Amount value={d.largest_loss} />)}
      </Tile>
      <Tile
        name="stats.streak"
        below={
          <>
            {text("stats.longest")} {d.max_win_streak > 0 ? counted({ counted: "longest_win_streak" }, streak(d.max_win_streak)) : streak(0)},{" "}
            {d.max_loss_streak > 0 ? counted({ counted: "longest_loss_streak" }, streak(-d.max_loss_streak)) : text("stats.losses", { count: 0 })}
          </>
        }
      >
        {d.current_streak === 0 ? streak(0) : counted({ counted: "current_streak" }, streak(d.current_streak))}
        {d.expected_losing_run && (
          <span className="block text-sm font-normal text-soft">{text("stats.expectedRun", { count: formatNumber(language, d.expected_losing_run, 0) })}</span>
        )}
      </Tile>
      <Tile
        name="stats.held"
        below={d.held > 0 ? text("stats.heldRange", { count: count(d.held), low: formatSpan(language, d.held_q1), high: formatSpan(language, d.held_q3) }) : text("stats.noEnds")}
      >
        {d.held > 0 ? counted({ counted: "held" }, formatSpan(language, d.held_median)) : "–"}
      </Tile>
    </div>
  );
}

/** Mean shows an amount that may have endless digits. */
export function Mean({ value }: { value: string | null }) {
  return <Amount value={value && readable(value)} />;
}

function Tile({ name, below, span = "", children }: { name: TextKey; below?: ReactNode; span?: string; children: ReactNode }) {
  const text = useText();
  return (
    <div className={`rounded-lg border border-line bg-panel p-3 sm:p-4 ${span}`}>
      <p className="text-sm text-soft">{text(name)}</p>
      <p className="num mt-1 text-lg font-semibold [overflow-wrap:anywhere]">{children}</p>
      {below && <p className="text-sm text-soft">{below}</p>}
    </div>
  );
}

function WinRate({ d, filters }: { d: StatsDetails; filters: Filters }) {
  const text = useText();
  const language = useLanguage();
  const count = (n: number) => formatCount(language, n);
  return (
    <Tile
      name="stats.winRate"
      span="max-xl:col-span-full xl:row-span-2" // so that the tiles fill their rows
      below={
        <>
          <Counted filters={filters} of={{ result: "win" }}>
            {text("stats.wins", { count: count(d.wins) })}
          </Counted>
          {", "}
          <Counted filters={filters} of={{ result: "loss" }}>
            {text("stats.losses", { count: count(d.losses) })}
          </Counted>
          {", "}
          <Counted filters={filters} of={{ result: "breakeven" }}>
            {text("stats.breakevens", { count: count(d.breakevens) })}
          </Counted>
        </>
      }
    >
      {d.win_rate === null ? (
        "–"
      ) : (
        <>
          {formatPercent(language, d.win_rate)}
          <IntervalBar figures={d} />
          <span className="block text-sm font-normal text-soft">{text("stats.interval", { low: formatPercent(language, d.win_rate_low), high: formatPercent(language, d.win_rate_high) })}</span>
          {d.break_even_win_rate !== null && (
            <span className="block text-sm font-normal text-soft">
              <span aria-hidden className="mr-1.5 inline-block h-2.5 w-0.5 bg-loss" />
              {text("stats.breakEven", { rate: formatPercent(language, d.break_even_win_rate) })}
            </span>
          )}
        </>
      )}
    </Tile>
  );
}

/** IntervalBar draws the 95 % interval of a win rate from 0 to 100 %, with the break-even rate as a tick. */
export function IntervalBar({ figures: f }: { figures: Figures }) {
  const text = useText();
  const language = useLanguage();
  if (f.win_rate === null) return null;
  const [low, high, rate] = [Number(f.win_rate_low), Number(f.win_rate_high), Number(f.win_rate)];
  return (
    <svg viewBox="0 0 100 8" preserveAspectRatio="none" className="my-1 h-2 w-full min-w-20" role="img" aria-label={text("stats.interval", { low: formatPercent(language, f.win_rate_low), high: formatPercent(language, f.win_rate_high) })}>
      <rect y="3" width="100" height="2" className="fill-raised" />
      <rect x={low} y="2" width={Math.max(high - low, 0.5)} height="4" className="fill-brand" opacity="0.55" />
      <rect x={Math.min(rate, 99)} width="1" height="8" className="fill-ink" />
      {f.break_even_win_rate !== null && <rect x={Math.min(Number(f.break_even_win_rate), 99)} width="1" height="8" className="fill-loss" />}
    </svg>
  );
}
