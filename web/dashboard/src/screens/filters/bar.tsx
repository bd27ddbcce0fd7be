import { useState, type ComponentProps, type ReactNode } from "react";

import type { Filters } from "../../data/queries";
import { useText, type TextKey } from "../../i18n";
import { Button, Field, Input, Select } from "../../ui/basics";
import { Icon } from "../../ui/icon";
import { PeriodSelect, type Days } from "../../ui/period";
import { names, useFilterText, type Name, type Values } from "./filters";
import { Views } from "./views";

interface Props {
  filters: Filters;
  setFilters: (next: Values) => void;
  children?: ReactNode; // what else is done with the filtered signals
}

/** FilterBar narrows what a screen shows. Text and period are always shown, the other filters on demand. */
export function FilterBar({ filters, setFilters, children }: Props) {
  const text = useText();
  const [open, setOpen] = useState(false);
  const values = filters as Values;
  const set = (name: Name, value: string) => setFilters({ ...values, [name]: value });
  const period = {
    from: values.from,
    to: values.to,
    other: Boolean(values.day || values.week || values.month),
    choose: (days: Days) => setFilters({ ...values, day: "", week: "", month: "", ...days }),
  };
  return (
    <div className="space-y-2">
      <div className="flex flex-wrap items-center gap-2">
        <form
          role="search"
          className="min-w-0 flex-1 basis-40 sm:max-w-xs"
          onSubmit={(event) => {
            event.preventDefault();
            set("q", String(new FormData(event.currentTarget).get("q") ?? ""));
          }}
        >
          <input
            id="search"
            key={filters.q ?? ""}
            name="q"
            type="search"
            maxLength={200}
            defaultValue={filters.q}
            aria-label={text("signals.search")}
            placeholder={text("signals.search")}
            className="tap w-full rounded-md border border-line bg-page px-2.5"
          />
        </form>
        <PeriodSelect label={text("period.label")} {...period} className="max-sm:hidden" />
        <Button aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name="filter" /> <span className="max-sm:sr-only">{text("signals.filters")}</span>
        </Button>
        <Views values={values} setFilters={setFilters} />
        {children}
      </div>
      <Active values={values} drop={(name) => set(name, "")} clear={() => setFilters({})} />
      {open && <All values={values} set={set} period={period} />}
    </div>
  );
}

/** Active shows the filters that are set, each with a button that removes it. */
function Active({ values, drop, clear }: { values: Values; drop: (name: Name) => void; clear: () => void }) {
  const text = useText();
  const say = useFilterText();
  const set = names.filter((name) => values[name]);
  if (set.length === 0) return null;
  return (
    <ul className="flex flex-wrap items-center gap-1.5 text-sm">
      {set.map((name) => (
        <li key={name} className="max-w-full">
          <button
            type="button"
            onClick={() => drop(name)}
            aria-label={text("signals.dropFilter", { filter: say(name, values[name] ?? "") })}
            className="max-w-full truncate rounded-full border border-line bg-raised px-2.5 py-0.5 hover:border-loss max-sm:py-2"
          >
            {say(name, values[name] ?? "")} <span aria-hidden>✕</span>
          </button>
        </li>
      ))}
      {set.length > 1 && (
        <li>
          <button type="button" onClick={clear} className="px-1 underline max-sm:py-2">
            {text("signals.clear")}
          </button>
        </li>
      )}
    </ul>
  );
}

const results = ["pending", "win", "loss", "breakeven", "skip"];
const states = ["pending", "processing", "completed", "failed", "skipped", "expired"];
const sessions = ["tokyo", "london", "london_new_york", "new_york", "weekend", "other"];
const weekdays = ["1", "2", "3", "4", "5", "6", "7"];

function All({ values, set, period }: { values: Values; set: (name: Name, value: string) => void; period: ComponentProps<typeof PeriodSelect> }) {
  const text = useText();
  const choice = (name: Name, options: string[], prefix: string) => (
    <Select key={name} label={text(`filter.${name}` as TextKey)} value={values[name] ?? ""} onChange={(event) => set(name, event.target.value)}>
      <option value="">{text("signals.all")}</option>
      {options.map((option) => (
        <option key={option} value={option}>
          {text(`${prefix}.${option}` as TextKey)}
        </option>
      ))}
    </Select>
  );
  const typed = (name: Name) => (
    <Input
      key={name + (values[name] ?? "")}
      label={text(`filter.${name}` as TextKey)}
      defaultValue={values[name]}
      maxLength={200}
      onBlur={(event) => {
        if (event.target.value.trim() !== (values[name] ?? "")) set(name, event.target.value.trim());
      }}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
    />
  );
  return (
    <div className="grid grid-cols-2 gap-x-3 gap-y-2 rounded-lg border border-line bg-panel p-3 max-sm:max-h-[45dvh] max-sm:overflow-y-auto sm:grid-cols-4 xl:grid-cols-7">
      {choice("result", results, "result")}
      {choice("direction", ["LONG", "SHORT"], "direction")}
      {typed("ticker")}
      {typed("indicator")}
      {typed("tag")}
      {typed("interval")}
      {choice("status", states, "picture")}
      {choice("session", sessions, "session")}
      {choice("weekday", weekdays, "weekday")}
      {choice("event_kind", ["entry", "exit"], "event")}
      {typed("exchange")}
      <div className="sm:hidden">
        <Field label={text("period.label")}>{(id) => <PeriodSelect id={id} {...period} className="w-full" />}</Field>
      </div>
      <Input label={text("signals.from")} type="date" value={values.from ?? ""} onChange={(event) => set("from", event.target.value)} />
      <Input label={text("signals.to")} type="date" value={values.to ?? ""} onChange={(event) => set("to", event.target.value)} />
    </div>
  );
}
