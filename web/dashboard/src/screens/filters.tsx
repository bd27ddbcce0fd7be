import { useMemo, useState } from "react";
import { useSearchParams } from "wouter";

import type { Filters } from "../data/queries";
import { useText, type TextKey } from "../i18n";
import { Button, Input, Select } from "../ui/basics";

// prettier-ignore
const names = ["result", "ticker", "exchange", "indicator", "signal_type", "direction", "interval", "tag", "event_kind",
  "hour", "weekday", "session", "day", "status", "from", "to", "q"] as const;
type Name = (typeof names)[number];

/** useFilters reads and writes the filters of the page's URL, so that a view can be kept as a bookmark. */
export function useFilters() {
  const [params, setParams] = useSearchParams();
  const query = params.toString();
  const filters = useMemo(() => {
    const all = new URLSearchParams(query);
    return Object.fromEntries(names.flatMap((name) => (all.get(name) ? [[name, all.get(name)]] : []))) as Filters;
  }, [query]);
  const setFilters = (next: Partial<Record<Name, string>>) => {
    setParams(new URLSearchParams(Object.entries(next).filter(([, value]) => value)), { replace: true });
  };
  return { filters, setFilters, active: Object.keys(filters).length > 0 };
}

interface Props {
  filters: Filters;
  setFilters: (next: Partial<Record<Name, string>>) => void;
}

export function FilterBar({ filters, setFilters }: Props) {
  const text = useText();
  const [open, setOpen] = useState(false);
  const set = (name: Name, value: string) => setFilters({ ...(filters as Partial<Record<Name, string>>), [name]: value });
  return (
    <div className="space-y-2">
      <form
        role="search"
        className="flex gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          set("q", String(new FormData(event.currentTarget).get("q") ?? ""));
        }}
      >
        <input
          id="search"
          name="q"
          type="search"
          maxLength={200}
          defaultValue={filters.q}
          aria-label={text("signals.search")}
          placeholder={text("signals.search")}
          className="min-h-9 min-w-0 flex-1 rounded-md border border-line bg-page px-2.5 sm:max-w-sm"
        />
        <Button aria-expanded={open} onClick={() => setOpen(!open)}>
          {text("signals.filters")}
        </Button>
      </form>
      <Active filters={filters as Partial<Record<Name, string>>} drop={(name) => set(name, "")} />
      {open && (
        <div className="grid grid-cols-2 gap-2 sm:grid-cols-4 lg:grid-cols-7">
          <Choice label="signals.result" value={filters.result} options={["pending", "win", "loss", "breakeven", "skip"]} prefix="result" set={(v) => set("result", v)} />
          <Choice label="signals.direction" value={filters.direction} options={["LONG", "SHORT"]} prefix="direction" set={(v) => set("direction", v)} />
          <Choice label="signals.status" value={filters.status} options={["pending", "processing", "completed", "failed", "skipped", "expired"]} prefix="picture" set={(v) => set("status", v)} />
          <Input label={text("signals.ticker")} defaultValue={filters.ticker} onBlur={(event) => set("ticker", event.target.value.trim())} />
          <Input label={text("signals.indicator")} defaultValue={filters.indicator} onBlur={(event) => set("indicator", event.target.value.trim())} />
          <Input label={text("signals.from")} type="date" value={filters.from ?? ""} onChange={(event) => set("from", event.target.value)} />
          <Input label={text("signals.to")} type="date" value={filters.to ?? ""} onChange={(event) => set("to", event.target.value)} />
        </div>
      )}
    </div>
  );
}

/** Active shows what narrows the list, each with a button that takes it away. */
function Active({ filters, drop }: { filters: Partial<Record<Name, string>>; drop: (name: Name) => void }) {
  const text = useText();
  const set = names.filter((name) => filters[name]);
  if (set.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-1.5 text-sm">
      {set.map((name) => (
        <li key={name}>
          <button
            type="button"
            onClick={() => drop(name)}
            aria-label={text("signals.dropFilter", { filter: `${name}: ${filters[name]}` })}
            className="rounded-full border border-line bg-raised px-2 py-0.5 [overflow-wrap:anywhere]"
          >
            {name}: {filters[name]} <span aria-hidden>✕</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

interface ChoiceProps {
  label: TextKey;
  value: string | undefined;
  options: string[];
  prefix: string;
  set: (value: string) => void;
}

function Choice({ label, value, options, prefix, set }: ChoiceProps) {
  const text = useText();
  return (
    <Select label={text(label)} value={value ?? ""} onChange={(event) => set(event.target.value)}>
      <option value="">{text("signals.all")}</option>
      {options.map((option) => (
        <option key={option} value={option}>
          {text(`${prefix}.${option}` as TextKey)}
        </option>
      ))}
    </Select>
  );
}
