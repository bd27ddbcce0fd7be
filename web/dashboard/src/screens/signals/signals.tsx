import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState, type ReactNode } from "react";
import { useLocation } from "wouter";

import { unseen } from "../../data/live";
import { useConfig, useSignals } from "../../data/queries";
import { formatCount } from "../../format";
import { useLanguage, useText } from "../../i18n";
import { Button, Failed, Loading } from "../../ui/basics";
import { Icon } from "../../ui/icon";
import { Zone } from "../../ui/zone";
import { useLive } from "../../ui/live";
import { Export } from "../export";
import { FilterBar } from "../filters/bar";
import { useFilters } from "../filters/filters";
import { KeyHelp } from "./edit";
import { List } from "./list";

/** Signals is the list, newest first, marked by keyboard or by buttons. */
export function Signals() {
  const text = useText();
  const language = useLanguage();
  const [help, setHelp] = useState(false);
  const { filters, setFilters, active } = useFilters();
  const list = useSignals(filters);
  const zone = useConfig().data?.preferred_timezone ?? "UTC";
  const signals = useMemo(() => list.data?.pages.flatMap((page) => page.data) ?? [], [list.data]);
  const first = list.data?.pages[0];
  const { arrivals } = useLive();
  const news = useMemo(() => (first ? unseen(arrivals, signals, first.asked) : 0), [arrivals, signals, first]);
  const total = first?.total ?? null;
  return (
    <div className="flex h-full flex-col">
      <header className="space-y-3 border-b border-line bg-panel px-3 py-3 sm:px-6 sm:py-4">
        <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <h1 className="text-2xl font-semibold tracking-tight">{text("signals.title")}</h1>
          {total !== null && (
            <p className="text-soft">
              {text(first?.total_capped ? "signals.capped" : "signals.count", { count: formatCount(language, total) })}
            </p>
          )}
          <Zone />
          <News count={news} />
        </div>
        <FilterBar filters={filters} setFilters={setFilters}>
          <span className="flex gap-2 max-sm:hidden">
            <Export filters={filters} />
            <Button kind="quiet" onClick={() => setHelp(true)} aria-label={text("signals.help")} title={text("signals.help")}>
              <Icon name="keyboard" size={20} />
            </Button>
          </span>
        </FilterBar>
        {help && <KeyHelp onClose={() => setHelp(false)} />}
      </header>
      {list.isPending && <Loading />}
      {list.isError && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess &&
        (signals.length === 0 ? (
          <Empty filtered={active} clear={() => setFilters({})} />
        ) : (
          <List
            signals={signals}
            busy={list.isPlaceholderData}
            filters={filters}
            total={first?.total_capped ? null : total}
            zone={zone}
            more={list.hasNextPage}
            loadMore={() => void list.fetchNextPage()}
            loading={list.isFetchingNextPage}
          />
        ))}
    </div>
  );
}

/** News offers the signals that arrived since the list was read: the list itself never jumps. */
function News({ count }: { count: number }) {
  const text = useText();
  const language = useLanguage();
  const client = useQueryClient();
  if (count === 0) return null;
  return (
    <Button
      kind="main"
      className="rounded-full py-0.5! sm:min-h-7!"
      onClick={() => void client.resetQueries({ queryKey: ["signals"] })}
    >
      {text("signals.new", { count: formatCount(language, count) })}
    </Button>
  );
}

function Empty({ filtered, clear }: { filtered: boolean; clear: () => void }): ReactNode {
  const text = useText();
  const [, go] = useLocation();
  return (
    <div className="grid flex-1 place-items-center p-6 text-center">
      <div className="max-w-md">
        <svg aria-hidden viewBox="0 0 120 60" className="mx-auto mb-4 w-40">
          {[18, 30, 24, 40, 34, 46, 38].map((height, i) => (
            <g key={i} className={i % 3 === 1 ? "fill-loss stroke-loss" : "fill-gain stroke-gain"} opacity="0.55">
              <line x1={12 + i * 16} x2={12 + i * 16} y1={56 - height - 8} y2={60 - height + 20} />
              <rect x={8 + i * 16} y={56 - height} width="8" height="18" rx="1" />
            </g>
          ))}
        </svg>
        <p className="text-lg font-medium">{text(filtered ? "signals.noMatch" : "signals.empty")}</p>
        {!filtered && <p className="mt-1 text-soft">{text("signals.emptyHint")}</p>}
        <Button kind="main" className="mt-4" onClick={filtered ? clear : () => go("/start")}>
          {text(filtered ? "signals.clear" : "nav.start")}
        </Button>
      </div>
    </div>
  );
}
