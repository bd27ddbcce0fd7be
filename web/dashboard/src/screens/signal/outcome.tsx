import type { ReactNode } from "react";

import type { Signal, SignalChanges } from "../../data/client";
import { fromLocal, toLocal } from "../../format";
import { useText } from "../../i18n";
import { Button, Input, Panel } from "../../ui/basics";
import { useShown } from "../../ui/shown";
import { Amount, ResultBadge } from "../../ui/signalParts";
import { changesOf } from "../signals/edit";

const results: Signal["result"][] = ["pending", "win", "loss", "breakeven", "skip"];
const decimals = [
  ["entry_price", "signal.entry"],
  ["exit_price", "signal.exit"],
  ["stop_price", "signal.stop"],
  ["risk_amount", "signal.risk"],
  ["profit_loss", "signals.pnl"],
  ["profit_loss_percent", "signal.pnlPercent"],
] as const;

/** Outcome records what became of the trade. A field is saved when it is left. */
export function Outcome({ signal, zone, mark }: { signal: Signal; zone: string; mark: (changes: SignalChanges) => void }) {
  const text = useText();
  const saveDecimal = (name: (typeof decimals)[number][0]) => (value: string) => {
    const next = value.trim() === "" ? null : value.trim().replace(",", ".");
    if (next !== signal[name]) mark({ [name]: next });
  };
  return (
    <Panel
      title={text("signals.result")}
      actions={
        <span className="flex items-center gap-2">
          <Amount value={signal.profit_loss} />
          <ResultBadge result={signal.result} />
        </span>
      }
    >
      <div className="mb-4 grid grid-cols-3 gap-1.5 sm:grid-cols-5 lg:grid-cols-3">
        {results.map((result) => (
          <Button key={result} kind={signal.result === result ? "main" : "plain"} className="px-1" aria-pressed={signal.result === result} onClick={() => mark({ result })}>
            {text(`result.${result}`)}
          </Button>
        ))}
      </div>
      <div className="grid grid-cols-2 gap-x-3 gap-y-2">
        {decimals.map(([name, label]) => (
          <Saved key={name} label={text(label)} value={signal[name] ?? ""} save={saveDecimal(name)} inputMode="decimal" />
        ))}
      </div>
      <div className="mt-2 space-y-2">
        <Saved
          label={text("signal.closed")}
          type="datetime-local"
          value={signal.closed_at ? toLocal(signal.closed_at, zone) : ""}
          save={(value) => mark({ closed_at: value ? fromLocal(value, zone) : null })}
        />
        <Saved label={text("mark.tagPrompt")} value={(signal.tags ?? []).join(", ")} save={(value) => mark(changesOf("tags", value))} />
        <Notes value={signal.notes ?? ""} save={(value) => mark(changesOf("notes", value))} />
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
