import { useQueryClient } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useLocation, useParams } from "wouter";

import type { Signal, SignalChanges } from "../data/client";
import { useConfig, useMark, useSignals } from "../data/queries";
import { formatCount, formatInterval, formatShortTime, formatTime } from "../format";
import { useLanguage, useText } from "../i18n";
import { usePreferences } from "../preferences";
import { Button, Failed, Loading } from "../ui/basics";
import { useLive } from "../ui/live";
import { Amount, Direction, Price, ResultBadge, Thumb, Ticker, usePictureReason } from "../ui/signalParts";
import { useToast } from "../ui/toast";
import { Edit, KeyHelp, type Editable } from "./edit";
import { FilterBar, useFilters } from "./filters";
import { actionOf } from "./keys";
import { SignalDialog } from "./signal/signal";

// The rows' heights in CSS pixels: a line of a table from 900 px on, a card below.
const rowHeight = 68;
const cardHeight = 168;
const wide = "(min-width: 900px)";

/** Signals is the list, newest first, marked by keyboard or by buttons. */
export function Signals() {
  const text = useText();
  const language = useLanguage();
  const { filters, setFilters, active } = useFilters();
  const list = useSignals(filters);
  const config = useConfig();
  const zone = config.data?.preferred_timezone ?? "UTC";
  const signals = useMemo(() => list.data?.pages.flatMap((page) => page.data) ?? [], [list.data]);
  const first = list.data?.pages[0];

  if (list.isPending) return <Loading />;
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  return (
    <div className="flex h-full flex-col">
      <header className="space-y-2 border-b border-line p-3 sm:px-5">
        <div className="flex flex-wrap items-baseline gap-x-3">
          <h1 className="text-xl font-semibold">{text("signals.title")}</h1>
          {first?.total != null && (
            <p className="text-soft">
              {text(first.total_capped ? "signals.capped" : first.total === 1 ? "signals.countOne" : "signals.count", { count: formatCount(language, first.total) })}
            </p>
          )}
          <p className="text-sm text-soft">{text("app.zone", { zone })}</p>
          <News />
        </div>
        <FilterBar filters={filters} setFilters={setFilters} />
      </header>
      {signals.length === 0 ? (
        <Empty filtered={active} clear={() => setFilters({})} />
      ) : (
        <List signals={signals} zone={zone} more={list.hasNextPage} loadMore={() => void list.fetchNextPage()} loading={list.isFetchingNextPage} />
      )}
    </div>
  );
}

/** News offers the signals that arrived since the list was read: the list itself never jumps. */
function News() {
  const text = useText();
  const language = useLanguage();
  const client = useQueryClient();
  const { arrived, staleSince, seen } = useLive();
  const zone = useConfig().data?.preferred_timezone ?? "UTC";
  return (
    <>
      {arrived > 0 && (
        <Button
          kind="main"
          className="min-h-7 rounded-full py-0.5"
          onClick={() => {
            seen();
            void client.resetQueries({ queryKey: ["signals"] });
          }}
        >
          {arrived === 1 ? text("signals.newOne") : text("signals.new", { count: arrived })}
        </Button>
      )}
      {staleSince !== null && (
        <p role="status" className="text-sm text-warn">
          {text("app.stale", { time: formatTime(language, zone, new Date(staleSince).toISOString()) })}
        </p>
      )}
    </>
  );
}

function Empty({ filtered, clear }: { filtered: boolean; clear: () => void }) {
  const text = useText();
  const [, go] = useLocation();
  return (
    <div className="grid flex-1 place-items-center p-6 text-center">
      <div>
        <p className="text-lg font-medium">{text(filtered ? "signals.noMatch" : "signals.empty")}</p>
        {!filtered && <p className="mt-1 text-soft">{text("signals.emptyHint")}</p>}
        <Button kind="main" className="mt-4" onClick={filtered ? clear : () => go("/start")}>
          {text(filtered ? "signals.clear" : "nav.start")}
        </Button>
      </div>
    </div>
  );
}

interface ListProps {
  signals: Signal[];
  zone: string;
  more: boolean;
  loading: boolean;
  loadMore: () => void;
}

function List({ signals, zone, more, loading, loadMore }: ListProps) {
  const text = useText();
  const [, go] = useLocation();
  const opened = useParams<{ id?: string }>().id;
  const { keys } = usePreferences().value;
  const toast = useToast();
  const mark = useMarking();
  const [current, setCurrent] = useState(0);
  const [editing, setEditing] = useState<{ signal: Signal; what: Editable } | null>(null);
  const [help, setHelp] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const isWide = useMedia(wide);
  const rows = useVirtualizer({
    count: signals.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (isWide ? rowHeight : cardHeight),
    overscan: 8,
  });
  useEffect(() => rows.measure(), [rows, isWide]);

  const shown = rows.getVirtualItems();
  const end = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && !loading && end >= signals.length - 10) loadMore();
  }, [more, loading, end, signals.length, loadMore]);

  const move = (by: number) => {
    const next = Math.min(Math.max(current + by, 0), signals.length - 1);
    setCurrent(next);
    rows.scrollToIndex(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return; // a button or link in the list has the key
    const action = actionOf(event, keys);
    const signal = signals[current];
    if (!action || !signal) return;
    event.preventDefault();
    switch (action.do) {
      case "move":
        return move(action.by);
      case "mark":
        return mark(signal, action.changes);
      case "edit":
        return setEditing({ signal, what: action.what });
      case "open":
        return go(`/signals/${signal.id}`);
      case "undo":
        return toast.undo();
      case "search":
        return document.getElementById("search")?.focus();
      case "help":
        return setHelp(true);
    }
  };

  return (
    <>
      <div
        ref={scroller}
        role="grid"
        tabIndex={0}
        aria-label={text("signals.title")}
        aria-activedescendant={`signal-${current}`}
        onKeyDown={onKeyDown}
        className="min-h-0 flex-1 overflow-auto focus-visible:outline-offset-[-2px]"
      >
        <div className="relative w-full" style={{ height: rows.getTotalSize() }}>
          {shown.map((row) => {
            const signal = signals[row.index]!;
            return (
              <Row
                key={signal.id}
                index={row.index}
                top={row.start}
                height={row.size}
                signal={signal}
                zone={zone}
                current={row.index === current}
                choose={() => setCurrent(row.index)}
                open={() => go(`/signals/${signal.id}`)}
                mark={(changes) => mark(signal, changes)}
              />
            );
          })}
        </div>
      </div>
      {opened && <SignalDialog id={opened} neighbours={signals} zone={zone} onClose={() => go("/")} mark={mark} />}
      {editing && <Edit {...editing} save={(changes) => mark(editing.signal, changes)} onClose={() => setEditing(null)} />}
      {help && <KeyHelp onClose={() => setHelp(false)} />}
    </>
  );
}

interface RowProps {
  index: number;
  top: number;
  height: number;
  signal: Signal;
  zone: string;
  current: boolean;
  choose: () => void;
  open: () => void;
  mark: (changes: SignalChanges) => void;
}

function Row({ index, top, height, signal, zone, current, choose, open, mark }: RowProps) {
  const text = useText();
  const language = useLanguage();
  const reason = usePictureReason();
  return (
    <div
      id={`signal-${index}`}
      role="row"
      aria-selected={current}
      onClick={choose}
      onDoubleClick={open}
      className={`absolute inset-x-0 flex items-center gap-3 border-b border-line px-3 sm:px-5 ${current ? "bg-raised shadow-[inset_3px_0_0_var(--color-brand)]" : ""}`}
      style={{ top, height }}
    >
      <div role="gridcell" className="contents">
        <button type="button" tabIndex={-1} onClick={open} aria-label={text("keys.open")} className="cursor-zoom-in">
          <Thumb signal={signal} zone={zone} />
        </button>
      </div>
      <div role="gridcell" className="grid min-w-0 flex-1 gap-x-3 min-[900px]:grid-cols-[minmax(9rem,1.4fr)_minmax(7rem,1fr)_minmax(8rem,1.2fr)_minmax(7rem,1fr)_minmax(6rem,0.8fr)] min-[900px]:items-center">
        <div className="min-w-0">
          <p className="truncate">
            <Ticker signal={signal} /> {signal.interval && <span className="text-sm text-soft">{formatInterval(signal.interval)}</span>}
          </p>
          <p className="flex gap-2">
            <Direction direction={signal.direction} /> <Price value={signal.price} />
          </p>
        </div>
        <p className="truncate text-soft">{signal.indicator_name ?? signal.signal_type ?? ""}</p>
        <p className="text-sm text-soft">
          <time dateTime={signal.timestamp}>{formatShortTime(language, zone, signal.timestamp)}</time>
          {signal.screenshot_status !== "completed" && <span className="line-clamp-1">{reason(signal)}</span>}
        </p>
        <p className="flex items-center gap-2">
          <ResultBadge result={signal.result} /> <Amount value={signal.profit_loss} />
        </p>
        <Marks result={signal.result} mark={mark} />
      </div>
    </div>
  );
}

const marks = [
  ["win", "W"],
  ["loss", "L"],
  ["breakeven", "B"],
] as const;

/** Marks are the buttons that do what the keys do. */
function Marks({ result, mark }: { result: Signal["result"]; mark: (changes: SignalChanges) => void }) {
  const text = useText();
  return (
    <div className="flex gap-1">
      {marks.map(([value, sign]) => (
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
          className={`size-8 rounded border font-mono font-semibold ${result === value ? "border-brand bg-brand text-brand-ink" : "border-line text-soft hover:bg-raised"}`}
        >
          {sign}
        </button>
      ))}
    </div>
  );
}

/** useMarking returns the function that records what became of a signal and offers to undo it. */
export function useMarking() {
  const text = useText();
  const toast = useToast();
  const { mutate } = useMark();
  return (signal: Signal, changes: SignalChanges) => {
    const before = Object.fromEntries(Object.keys(changes).map((name) => [name, signal[name as keyof Signal]])) as SignalChanges;
    mutate(
      { id: signal.id, changes },
      { onError: (error) => toast.say({ message: text("mark.failed", { reason: error.message }) }) },
    );
    const result = text(`result.${changes.result ?? signal.result}`);
    toast.say({
      message: text("mark.done", { ticker: signal.ticker ?? text("signals.noTicker"), result }),
      undo: () => mutate({ id: signal.id, changes: before }, { onSuccess: () => toast.say({ message: text("app.undone") }) }),
    });
  };
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const update = () => setMatches(media.matches);
    media.addEventListener("change", update);
    return () => media.removeEventListener("change", update);
  }, [query]);
  return matches;
}
