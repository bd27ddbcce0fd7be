import type { ReactNode } from "react";

import { useStats } from "../data/queries";
import { formatCount } from "../format";
import { useLanguage, useText } from "../i18n";
import { Failed, Loading, Panel } from "../ui/basics";
import { Amount, Price } from "../ui/signalParts";
import { wilson } from "./wilson";

/** Statistics shows the user's own record, with how much of it is decided above everything. */
export default function Statistics() {
  const text = useText();
  const language = useLanguage();
  const stats = useStats();
  if (stats.isPending) return <Loading />;
  if (stats.isError) return <Failed error={stats.error} retry={() => void stats.refetch()} />;
  const s = stats.data;
  const count = (n: number) => formatCount(language, n);
  return (
    <div className="space-y-4 p-4 sm:p-5">
      <h1 className="text-xl font-semibold">{text("stats.title")}</h1>
      <Panel title={text("stats.coverage", { decided: count(s.signals_with_result), all: count(s.total_signals) })}>
        <Bar share={s.total_signals ? s.signals_with_result / s.total_signals : 0} />
        <p className="mt-2 text-sm text-soft">{text("stats.coverageHint")}</p>
      </Panel>
      {s.signals_with_result === 0 ? (
        <p className="text-soft">{text("stats.none")}</p>
      ) : (
        <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
          <WinRate wins={s.wins} losses={s.losses} breakevens={s.breakevens} rate={s.win_rate} />
          <Tile name={text("stats.total")}>
            <Amount value={s.total_profit_loss} />
          </Tile>
          <Tile name={text("stats.profitFactor")}>{s.profit_factor === null ? text("stats.noLosses") : <Price value={s.profit_factor} />}</Tile>
          <Tile name={text("stats.avgWin")}>
            <Amount value={s.avg_profit_per_win} />
          </Tile>
          <Tile name={text("stats.avgLoss")}>
            <Amount value={s.avg_loss_per_loss} />
          </Tile>
          <Tile name={`${text("stats.largestWin")} / ${text("stats.largestLoss")}`}>
            <Amount value={s.largest_win} /> / <Amount value={s.largest_loss} />
          </Tile>
          <Tile name={text("stats.streak")}>
            {s.current_streak >= 0 ? text("stats.wins", { count: count(s.current_streak) }) : text("stats.losses", { count: count(-s.current_streak) })}
          </Tile>
          <Tile name={text("stats.streaks")}>
            {text("stats.wins", { count: count(s.max_win_streak) })}, {text("stats.losses", { count: count(s.max_loss_streak) })}
          </Tile>
        </div>
      )}
    </div>
  );
}

function Tile({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="rounded-lg border border-line bg-panel p-4">
      <p className="text-sm text-soft">{name}</p>
      <p className="num mt-1 text-lg font-semibold">{children}</p>
    </div>
  );
}

function WinRate({ wins, losses, breakevens, rate }: { wins: number; losses: number; breakevens: number; rate: string }) {
  const text = useText();
  const interval = wilson(wins, wins + losses);
  return (
    <Tile name={text("stats.winRate")}>
      {interval ? (
        <>
          <Price value={rate} /> %
          <span className="block text-sm font-normal text-soft">
            {text("stats.interval", { low: interval.low.toFixed(2), high: interval.high.toFixed(2) })}
          </span>
        </>
      ) : (
        "–"
      )}
      <span className="block text-sm font-normal text-soft">{text("stats.wlb", { wins, losses, breakevens })}</span>
    </Tile>
  );
}

function Bar({ share }: { share: number }) {
  return (
    <svg viewBox="0 0 100 4" preserveAspectRatio="none" className="h-2 w-full rounded" aria-hidden>
      <rect width="100" height="4" className="fill-raised" />
      <rect width={share * 100} height="4" className="fill-brand" />
    </svg>
  );
}
