import type { ReactNode } from "react";

import type { Signal, SignalChanges } from "../../data/client";
import { fromLocal, toLocal } from "../../format";
import { useText } from "../../i18n";
import { Button, Input, Panel } from "../../ui/basics";
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
          <Saved key={name} label={text(label)} value={signal[name] ?? ""} save={saveDecimal(name)} decimal />
        ))}
      </div>
      <div className="mt-2 space-y-2">
        <Input
          label={text("signal.closed")}
          type="datetime-local"
          step={1}
          defaultValue={signal.closed_at ? toLocal(signal.closed_at, zone) : ""}
          onBlur={(event) => {
            const next = event.target.value ? fromLocal(event.target.value, zone) : null;
            if (event.target.value !== (signal.closed_at ? toLocal(signal.closed_at, zone) : "")) mark({ closed_at: next });
          }}
        />
        <Saved label={text("mark.tagPrompt")} value={(signal.tags ?? []).join(", ")} save={(value) => mark(changesOf("tags", value))} />
        <Notes value={signal.notes ?? ""} save={(value) => mark(changesOf("notes", value))} />
      </div>
    </Panel>
  );
}

function Saved({ label, value, save, decimal = false }: { label: ReactNode; value: string; save: (value: string) => void; decimal?: boolean }) {
  return (
    <Input
      label={label}
      defaultValue={value}
      inputMode={decimal ? "decimal" : undefined}
      onBlur={(event) => {
        if (event.target.value !== value) save(event.target.value);
      }}
    />
  );
}

function Notes({ value, save }: { value: string; save: (value: string) => void }) {
  const text = useText();
  return (
    <label className="block">
      <span className="mb-1 block text-sm text-soft">{text("signals.notes")}</span>
      <textarea
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
