import { useConfig } from "../data/queries";
import { useText } from "../i18n";
import { useSave } from "./save";

/** Zone shows the time zone of a screen's times, and offers the browser's if that is another one. */
export function Zone() {
  const text = useText();
  const save = useSave();
  const zone = useConfig().data?.preferred_timezone;
  const browser = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone) return null;
  return (
    <p className="text-sm text-soft">
      {text("app.zone", { zone })}{" "}
      {browser !== zone && (
        <button type="button" className="underline decoration-line underline-offset-4 hover:decoration-current" onClick={() => save({ preferred_timezone: browser })}>
          {text("app.zoneSwitch", { browser })}
        </button>
      )}
    </p>
  );
}
