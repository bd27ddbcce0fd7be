import type { ReactNode } from "react";

import type { Signal, SignalChanges } from "../../data/client";
import { editable, fromLocal, toLocal, typed } from "../../format";
import { useLanguage, useText } from "../../i18n";
import { Button, Capital, Input, Panel } from "../../ui/basics";
import { useShown } from "../../ui/shown";
import { Amount, ResultBadge } from "../../ui/signalParts";
import { changesOf } from "../signals/edit";

// Two rows: what counts, and what does not.
const results: [Signal["result"], string][] = [
  ["win", "col-span-2"],
  ["loss", "col-span-2"],
  ["breakeven", "col-span-2"],
  ["pending", "col-span-3"],
  ["skip", "col-span-3"],
];
const decimals = [
  ["entry_price", "signal.entry"],
  ["exit_price", "signal.exit"],
  ["stop_price", "signal.stop"],
  ["risk_amount", "signal.risk"],
  ["profit_loss", "signals.pnl"],
  ["profit_loss_percent", "signal.pnlPercent"],
] as const;

/** Outcome records the outcome of the trade. A field is saved when it loses the focus. */
export function Outcome({ signal, zone, mark }: { signal: Signal; zone: string; mark: (changes: SignalChanges) => void }) {
  const text = useText();
  const language = useLanguage();
  const saveDecimal = (name: (typeof decimals)[number][0]) => (value: string) => {
    const next = typed(language, value) || null;
    if (next !== signal[name]) mark({ [name]: next });
  };
  return (
    <Panel
      title={text("signals.result")}
      actions={
        <span className="flex items-center gap-2">
          {signal.profit_loss !== null && <Amount value={signal.profit_loss} />}
          <ResultBadge result={signal.result} />
        </span>
      }
    >
      <div className="mb-4 grid grid-cols-6 gap-1.5">
        {results.map(([result, span]) => (
          <Button key={result} kind={signal.result === result ? "main" : "plain"} className={`px-1! ${span}`} aria-pressed={signal.result === result} onClick={() => mark({ result })}>
            <Capital>{text(`result.${result}`)}</Capital>
          </Button>
        ))}
      </div>
      <div className="grid grid-cols-2 gap-x-3 gap-y-2">
        {decimals.map(([name, label]) => (
          <Saved key={name} label={text(label)} value={editable(language, signal[name])} save={saveDecimal(name)} inputMode="decimal" data-edit={name} />
        ))}
      </div>
      <div className="mt-2 space-y-2">
        <Saved
          label={text("signal.closed")}
          type="datetime-local"
          value={signal.closed_at ? toLocal(signal.closed_at, zone) : ""}
          save={(value) => mark({ closed_at: value ? fromLocal(value, zone) : null })}
        />
        <Saved label={text("mark.tagPrompt")} value={(signal.tags ?? []).join(", ")} save={(value) => mark(changesOf(language, "tags", value))} data-edit="tags" />
        <Notes value={signal.notes ?? ""} save={(value) => mark(changesOf(language, "notes", value))} />
      </div>
    </Panel>
  );
}

interface SavedProps {
  label: ReactNode;
  value: string;
  save: (value: string) => void;
  type?: "datetime-local";
  inputMode?: "decimal";
  "data-edit"?: string; // what a key of the list edits here
}

function Saved({ value, save, ...rest }: SavedProps) {
  return (
    <Input
      ref={useShown(value)}
      defaultValue={value}
      step={rest.type && 1}
      onBlur={(event) => {
        if (event.target.value !== value) save(event.target.value);
      }}
      {...rest}
    />
  );
}

function Notes({ value, save }: { value: string; save: (value: string) => void }) {
  const text = useText();
  const field = useShown<HTMLTextAreaElement>(value);
  return (
    <label className="block">
      <span className="mb-1 block text-sm text-soft">{text("signals.notes")}</span>
      <textarea
        ref={field}
        data-edit="notes"
        rows={3}
        maxLength={10_000}
        defaultValue={value}
        className="w-full rounded-md border border-line bg-page px-2.5 py-1.5"
        onBlur={(event) => {
          if (event.target.value !== value) save(event.target.value);
        }}
      />
    </label>
  );
}
