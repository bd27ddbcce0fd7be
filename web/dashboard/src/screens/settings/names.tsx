import type { AlertNames } from "../../data/alerts";
import type { Config } from "../../data/client";
import { useText, type TextKey } from "../../i18n";
import { Panel } from "../../ui/basics";
import { useSave } from "../../ui/save";

/** Names lists the user's own names for fields of alerts, and removes them. */
export function Names({ config }: { config: Config }) {
  const text = useText();
  const save = useSave();
  const names = (config.alert_names ?? {}) as AlertNames;
  const taught = Object.entries(names).flatMap(([field, list]) => list.map((name) => [field, name] as const));
  if (taught.length === 0) return null;
  const forget = (field: string, name: string) => {
    const left = { ...names, [field]: (names[field] ?? []).filter((one) => one !== name) };
    save({ alert_names: Object.fromEntries(Object.entries(left).filter(([, list]) => list.length > 0)) });
  };
  return (
    <Panel title={text("settings.names")}>
      <p className="mb-3 text-sm text-soft">{text("settings.namesHint")}</p>
      <ul className="flex flex-wrap gap-2">
        {taught.map(([field, name]) => (
          <li key={field + "\0" + name}>
            <button
              type="button"
              onClick={() => forget(field, name)}
              aria-label={text("settings.forget", { name })}
              className="rounded-full border border-line bg-raised px-3 py-1 text-sm [overflow-wrap:anywhere]"
            >
              <code className="font-mono">{name}</code> → {text(`field.${field}` as TextKey)} <span aria-hidden>✕</span>
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
