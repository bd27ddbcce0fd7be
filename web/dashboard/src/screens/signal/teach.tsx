import { useMemo, useState } from "react";

import { useReading, type AlertNames, type Reading } from "../../data/alerts";
import type { Signal } from "../../data/client";
import { useChangeConfig, useConfig } from "../../data/queries";
import { useText } from "../../i18n";
import { Button, Loading, Select } from "../../ui/basics";
import { Actions, Dialog } from "../../ui/dialog";
import { useProblem } from "../../ui/problem";
import { useToast } from "../../ui/toast";
import { namesIn } from "./names";
import { useValue } from "./value";

const fields = ["ticker", "exchange", "price", "direction", "signal_type", "indicator_name", "interval", "chart_id", "timestamp"] as const;
type Field = (typeof fields)[number];

/** Teach assigns a name of the message to a field, after showing how the message would then be read. */
export function Teach({ signal, onClose }: { signal: Signal; onClose: () => void }) {
  const text = useText();
  const toast = useToast();
  const problem = useProblem();
  const config = useConfig().data;
  const save = useChangeConfig();
  const names = useMemo(() => namesIn(signal.parsed_data), [signal.parsed_data]);
  const [field, setField] = useState<Field>(fields.find((one) => signal.missing?.includes(one)) ?? "ticker");
  const [name, setName] = useState(names[0]?.name ?? "");
  const proposed = useMemo(() => {
    const known = (config?.alert_names ?? {}) as AlertNames;
    return name ? { ...known, [field]: [...new Set([...(known[field] ?? []), name])] } : known;
  }, [config, field, name]);
  const teach = () =>
    save.mutate(
      { alert_names: proposed },
      {
        onSuccess: () => {
          toast.say({ message: text("teach.done", { name }) });
          onClose();
        },
      },
    );
  return (
    <Dialog title={text("teach.title")} onClose={onClose}>
      {names.length === 0 ? (
        <p>{text("teach.nothing")}</p>
      ) : (
        <>
          <p className="mb-4 text-soft">{text("teach.lead")}</p>
          <div className="grid gap-3 sm:grid-cols-2">
            <Select label={text("teach.name")} value={name} onChange={(event) => setName(event.target.value)}>
              {names.map((one) => (
                <option key={one.name} value={one.name}>
                  {one.name} = {one.value}
                </option>
              ))}
            </Select>
            <Select label={text("teach.field")} value={field} onChange={(event) => setField(event.target.value as Field)}>
              {fields.map((one) => (
                <option key={one} value={one}>
                  {text(`field.${one}`)}
                </option>
              ))}
            </Select>
          </div>
          <Preview body={signal.raw_message ?? ""} names={proposed} />
        </>
      )}
      {save.error && (
        <p role="alert" className="mt-3 text-loss">
          {problem(save.error)}
        </p>
      )}
      <Actions>
        <Button onClick={onClose}>{text(names.length > 0 ? "app.cancel" : "app.close")}</Button>
        {names.length > 0 && (
          <Button kind="main" disabled={save.isPending || !name} onClick={teach}>
            {text("teach.save")}
          </Button>
        )}
      </Actions>
    </Dialog>
  );
}

/** Preview compares how the message is read now with how it would be read. */
function Preview({ body, names }: { body: string; names: AlertNames }) {
  const text = useText();
  const show = useValue();
  const problem = useProblem();
  const now = useReading(body);
  const then = useReading(body, names);
  if (now.isPending || then.isPending) return <Loading />;
  const error = now.error ?? then.error;
  if (error)
    return (
      <p role="alert" className="mt-4 text-loss">
        {problem(error)}
      </p>
    );
  const value = (reading: Reading | undefined, field: Field) => show(reading?.data[field]) || "–";
  return (
    <table className="mt-4 w-full text-left text-sm">
      <thead className="text-soft">
        <tr>
          <th scope="col" className="py-1 font-medium">{text("teach.field")}</th>
          <th scope="col" className="py-1 font-medium">{text("teach.now")}</th>
          <th scope="col" className="py-1 font-medium">{text("teach.then")}</th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => {
          const changed = value(now.data, field) !== value(then.data, field);
          return (
            <tr key={field} className="border-t border-line">
              <th scope="row" className="py-1 pr-2 font-normal text-soft">{text(`field.${field}`)}</th>
              <td className="py-1 pr-2 [overflow-wrap:anywhere]">{value(now.data, field)}</td>
              <td className={`py-1 [overflow-wrap:anywhere] ${changed ? "font-semibold text-gain" : ""}`}>
                {changed && <span aria-hidden>→ </span>}
                {value(then.data, field)}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
