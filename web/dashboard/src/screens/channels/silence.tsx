import { useState, type FormEvent } from "react";

import type { components } from "atalaya-client";

import type { Config } from "../../data/client";
import { useText } from "../../i18n";
import { Button, Check, Input, Panel } from "../../ui/basics";
import { Actions, Dialog } from "../../ui/dialog";
import { useSave } from "../../ui/save";

type Rule = components["schemas"]["SilenceRule"];

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const mostRules = 20;

/** Silence lists the user's own rules for alerts that have gone quiet. Without any, habits are learned. */
export function Silence({ config }: { config: Config }) {
  const text = useText();
  const save = useSave();
  const [adding, setAdding] = useState(false);
  const rules = (config.silence_rules ?? []) as Rule[];
  const keep = (next: Rule[]) => save({ silence_rules: next.length > 0 ? next : null });
  return (
    <Panel
      title={text("silence.title")}
      actions={
        <Button disabled={rules.length >= mostRules} onClick={() => setAdding(true)}>
          + {text("silence.add")}
        </Button>
      }
    >
      <p className="mb-2 text-soft">{text(rules.length > 0 ? "silence.own" : "silence.learned")}</p>
      <ul className="divide-y divide-line">
        {rules.map((rule, i) => (
          <li key={i} className="flex flex-wrap items-center gap-3 py-2">
            <p className="min-w-0 flex-1 basis-48 [overflow-wrap:anywhere]">
              <span className="font-medium">{[rule.ticker, rule.indicator_name, rule.interval].filter(Boolean).join(" · ") || text("silence.any")}</span>
              <span className="block text-sm text-soft">
                {text("silence.every", { hours: rule.every_hours })}
                {rule.days && rule.days.length > 0 && ` · ${rule.days.map((day) => text(`day.${day}`)).join(" ")}`}
              </span>
            </p>
            <Button kind="quiet" className="text-loss" onClick={() => keep(rules.filter((one) => one !== rule))}>
              {text("bulk.delete")}
            </Button>
          </li>
        ))}
      </ul>
      {adding && <RuleForm save={(rule) => keep([...rules, rule])} onClose={() => setAdding(false)} />}
    </Panel>
  );
}

function RuleForm({ save, onClose }: { save: (rule: Rule) => void; onClose: () => void }) {
  const text = useText();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const typed = (name: string) => String(fields.get(name)).trim();
    const chosen = days.filter((day) => fields.get(day) !== null);
    const rule: Rule = { every_hours: Number(typed("hours")) };
    for (const name of ["ticker", "indicator_name", "interval"] as const) if (typed(name)) rule[name] = typed(name);
    if (chosen.length > 0 && chosen.length < days.length) rule.days = chosen;
    onClose();
    save(rule);
  };
  return (
    <Dialog title={text("silence.add")} onClose={onClose}>
      <form onSubmit={submit} className="space-y-4">
        <Input label={text("silence.hours")} name="hours" type="number" min={1} max={168} required defaultValue={24} />
        <div className="grid gap-3 sm:grid-cols-3">
          <Input label={text("filter.ticker")} name="ticker" maxLength={129} placeholder={text("silence.all")} />
          <Input label={text("filter.indicator")} name="indicator_name" maxLength={200} placeholder={text("silence.all")} />
          <Input label={text("filter.interval")} name="interval" maxLength={40} placeholder={text("silence.all")} />
        </div>
        <fieldset>
          <legend className="mb-1 text-sm text-soft">{text("silence.days")}</legend>
          <div className="flex flex-wrap gap-x-4">
            {days.map((day, i) => (
              <Check key={day} name={day} label={text(`day.${day}`)} defaultChecked={i < 5} />
            ))}
          </div>
        </fieldset>
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
