import { useState } from "react";

import type { Signal, SignalChanges } from "../../data/client";
import { editable, typed } from "../../format";
import { useLanguage, useText, type Language, type TextKey } from "../../i18n";
import { Button, Input, Key } from "../../ui/basics";
import { Actions, Dialog } from "../../ui/dialog";

export type Editable = "profit_loss" | "tags" | "notes";

const prompts: Record<Editable, TextKey> = { profit_loss: "mark.pnlPrompt", tags: "mark.tagPrompt", notes: "mark.notePrompt" };

function valueOf(language: Language, signal: Signal, what: Editable): string {
  if (what === "tags") return (signal.tags ?? []).join(", ");
  return what === "notes" ? (signal.notes ?? "") : editable(language, signal.profit_loss);
}

export function changesOf(language: Language, what: Editable, value: string): SignalChanges {
  const trimmed = value.trim();
  switch (what) {
    case "tags":
      return { tags: [...new Set(trimmed.split(",").map((tag) => tag.trim()).filter(Boolean))] };
    case "notes":
      return { notes: trimmed === "" ? null : value };
    case "profit_loss":
      return { profit_loss: typed(language, value) || null };
  }
}

/** Edit asks for one value of a signal. Enter saves it. */
export function Edit({ signal, what, save, onClose }: { signal: Signal; what: Editable; save: (changes: SignalChanges) => void; onClose: () => void }) {
  const text = useText();
  const language = useLanguage();
  const [value, setValue] = useState(valueOf(language, signal, what));
  return (
    <Dialog title={signal.ticker ?? text("signals.noTicker")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onClose();
          save(changesOf(language, what, value));
        }}
      >
        <Input label={text(prompts[what])} autoFocus value={value} inputMode={what === "profit_loss" ? "decimal" : undefined} onChange={(event) => setValue(event.target.value)} />
        <Actions>
          <Button onClick={onClose}>{text("app.cancel")}</Button>
          <Button type="submit" kind="main">
            {text("app.save")}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}

const keys: [string[], TextKey][] = [
  [["j", "k", "↓", "↑"], "keys.move"],
  [["w", "l", "b", "s"], "keys.results"],
  [["0"], "keys.pending"],
  [["p"], "keys.pnl"],
  [["t"], "keys.tag"],
  [["n"], "keys.note"],
  [["x"], "keys.select"],
  [["⇧ x"], "keys.range"],
  [["Esc"], "keys.all"],
  [["Enter"], "keys.open"],
  [["u"], "keys.undo"],
  [["/"], "keys.search"],
  [["?"], "keys.help"],
];

export function KeyHelp({ onClose }: { onClose: () => void }) {
  const text = useText();
  return (
    <Dialog title={text("keys.title")} onClose={onClose}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2">
        {keys.map(([names, meaning]) => (
          <div key={meaning} className="contents">
            <dt className="flex gap-1">
              {names.map((name) => (
                <Key key={name}>{name}</Key>
              ))}
            </dt>
            <dd>{text(meaning)}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-4 text-sm text-soft">{text("keys.scope")}</p>
    </Dialog>
  );
}
