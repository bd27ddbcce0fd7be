import { useVirtualizer } from "@tanstack/react-virtual";
import { lazy, Suspense, useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useLocation, useParams, useSearch } from "wouter";

import type { Signal } from "../../data/client";
import type { Filters } from "../../data/queries";
import { useText, type TextKey } from "../../i18n";
import { usePreferences } from "../../preferences";
import { useToast } from "../../ui/toast";
import { BulkBar } from "./bulk";
import { Edit, KeyHelp, type Editable } from "./edit";
import { actionOf, type Action } from "./keys";
import { useMarking } from "./marking";
import { columns, Row, type RowActions } from "./row";
import { useSelection } from "./selection";

const SignalDialog = lazy(() => import("../signal/signal"));

// The rows' heights in CSS pixels: a line of a table from 900 px on, a card below.
const rowHeight = 76;
const cardHeight = 134;
const wide = "(min-width: 900px)";

interface Props {
  signals: Signal[];
  busy: boolean; // these are the signals of the filter before
  filters: Filters;
  total: number | null; // how many the filters let through, null if nobody counted
  zone: string;
  more: boolean;
  loading: boolean;
  loadMore: () => void;
}

/** List is a virtual list of the loaded signals. It is a grid with a current row, on which keys act. */
export function List({ signals, busy, filters, total, zone, more, loading, loadMore }: Props) {
  const text = useText();
  const [, go] = useLocation();
  const search = useSearch();
  const opened = useParams<{ id?: string }>().id;
  const { keys } = usePreferences().value;
  const toast = useToast();
  const mark = useMarking();
  const [current, setCurrent] = useState(0);
  const [editing, setEditing] = useState<{ signal: Signal; what: Editable } | null>(null);
  const [help, setHelp] = useState(false);
  const selection = useSelection(signals, filters);
  const scroller = useRef<HTMLDivElement>(null);
  const isWide = useMedia(wide);
  const rows = useVirtualizer({
    count: signals.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (isWide ? rowHeight : cardHeight),
    overscan: 6,
  });
  useEffect(() => rows.measure(), [rows, isWide]);

  const key = useMemo(() => JSON.stringify(filters), [filters]);
  const [of, setOf] = useState(key);
  if (of !== key) {
    // Another filter's list may not have a row of that number: keys would do nothing.
    setOf(key);
    setCurrent(0);
  }
  useEffect(() => {
    scroller.current?.scrollTo(0, 0);
  }, [key]);

  const shown = rows.getVirtualItems();
  const end = shown.at(-1)?.index ?? 0;
  const slots = useSlots(shown.map((row) => row.index));
  // Moving elements costs as much as making them, so they are put in the order of the rows once scrolling has ended.
  const placed = rows.isScrolling ? shown.toSorted((a, b) => slots.get(a.index)! - slots.get(b.index)!) : shown;
  useEffect(() => {
    if (more && !loading && end >= signals.length - 20) loadMore();
  }, [more, loading, end, signals.length, loadMore]);

  const address = (path: string) => (search ? `${path}?${search}` : path);
  const open = (signal: Signal) => go(address(`/signals/${signal.id}`));
  const act = useStable<RowActions>({
    choose: (index, range) => {
      setCurrent(index);
      if (range) selection.range(index);
    },
    select: (index, range) => (range ? selection.range(index) : selection.toggle(index)),
    open,
    mark,
  });
  const perform = (action: Action, signal: Signal) => {
    switch (action.do) {
      case "move": {
        const next = Math.min(Math.max(current + action.by, 0), signals.length - 1);
        setCurrent(next);
        return rows.scrollToIndex(next);
      }
      case "mark":
        return selection.count > 0 ? selection.edit({ set: action.changes }) : mark(signal, action.changes);
      case "edit":
        return setEditing({ signal, what: action.what });
      case "select":
        return action.range ? selection.range(current) : selection.toggle(current);
      case "clear":
        return selection.clear();
      case "open":
        return open(signal);
      case "undo":
        return toast.undo();
      case "search":
        return document.getElementById("search")?.focus();
      case "help":
        return setHelp(true);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return; // a button or link in the list has the key
    const action = actionOf(event, keys);
    const signal = signals[current];
    if (!action || !signal) return;
    event.preventDefault();
    perform(action, signal);
  };

  return (
    <>
      <div
        ref={scroller}
        role="grid"
        tabIndex={0}
        aria-label={text("signals.title")}
        aria-multiselectable
        aria-busy={busy}
        aria-rowcount={total ?? -1}
        aria-activedescendant={`signal-${current}`}
        onKeyDown={onKeyDown}
        className="min-h-0 flex-1 overflow-auto focus-visible:outline-offset-[-2px]"
      >
        <Head />
        <div className="relative w-full" style={{ height: rows.getTotalSize() }}>
          {placed.map((row) => {
            const signal = signals[row.index]!;
            return (
              <Row
                key={slots.get(row.index)}
                index={row.index}
                top={row.start}
                height={row.size}
                signal={signal}
                zone={zone}
                current={row.index === current}
                selected={selection.has(signal.id)}
                act={act}
              />
            );
          })}
        </div>
      </div>
      {selection.count > 0 && <BulkBar selection={selection} total={total} />}
      {opened && (
        <Suspense>
          <SignalDialog id={opened} neighbours={signals} zone={zone} onClose={() => go(address("/"))} mark={mark} />
        </Suspense>
      )}
      {editing && <Edit {...editing} save={(changes) => mark(editing.signal, changes)} onClose={() => setEditing(null)} />}
      {help && <KeyHelp onClose={() => setHelp(false)} />}
    </>
  );
}

const heads: (TextKey | null)[] = [null, "signals.picture", "signals.ticker", "signals.indicator", "signals.time", "signals.result", "signals.tags", "signals.mark"];

function Head() {
  const text = useText();
  return (
    <div role="row" className={`sticky top-0 z-10 hidden border-b border-line bg-page py-1.5 text-sm text-soft ${columns}`}>
      {heads.map((head, i) => (
        <span key={i} role="columnheader">
          {head ? text(head) : <span className="sr-only">{text("bulk.bar")}</span>}
        </span>
      ))}
    </div>
  );
}

/**
 * useSlots numbers the elements of the rows that are shown. A row keeps its element while it is shown; one that scrolls
 * in takes over the element of one that scrolled out, which is cheaper than making one.
 */
function useSlots(shown: number[]): Map<number, number> {
  const last = useRef(new Map<number, number>());
  const slots = new Map(shown.filter((row) => last.current.has(row)).map((row) => [row, last.current.get(row)!]));
  const taken = new Set(slots.values());
  let free = 0;
  for (const row of shown) {
    if (slots.has(row)) continue;
    while (taken.has(free)) free++;
    taken.add(free);
    slots.set(row, free);
  }
  last.current = slots;
  return slots;
}

/** useStable returns functions that stay the same and do what the newest ones do. */
function useStable<T extends object>(newest: T): T {
  const latest = useRef(newest);
  useLayoutEffect(() => {
    latest.current = newest;
  });
  return useMemo(() => {
    const call = (name: keyof T) => (...given: unknown[]) => (latest.current[name] as (...given: unknown[]) => unknown)(...given);
    return Object.fromEntries(Object.keys(latest.current).map((name) => [name, call(name as keyof T)])) as T;
  }, []);
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
