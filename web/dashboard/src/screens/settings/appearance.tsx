import { useState } from "react";
import { Link } from "wouter";

import { askForNotices, noticesAllowed } from "../../data/notices";
import { editable, typed } from "../../format";
import { useText } from "../../i18n";
import { usePreferences } from "../../preferences";
import { Check, Input, Panel, Select } from "../../ui/basics";

const units = ["USD", "EUR", "USDT", "R"];
const decimal = /^\d{1,30}(\.\d{1,9})?$/;

/** Appearance is how the page looks in this browser. */
export function Appearance() {
  const text = useText();
  const { value, change } = usePreferences();
  return (
    <Panel title={text("settings.appearance")}>
      <div className="grid gap-x-6 gap-y-4 sm:grid-cols-2">
        <Select label={text("settings.language")} value={value.language} onChange={(event) => void change({ language: event.target.value as "en" | "es" })}>
          <option value="en">English</option>
          <option value="es">Español</option>
        </Select>
        <Select label={text("settings.theme")} value={value.theme} onChange={(event) => void change({ theme: event.target.value as typeof value.theme })}>
          {(["system", "light", "dark"] as const).map((theme) => (
            <option key={theme} value={theme}>
              {text(`settings.theme.${theme}`)}
            </option>
          ))}
        </Select>
        <Select label={text("settings.palette")} value={value.palette} onChange={(event) => void change({ palette: event.target.value as typeof value.palette })}>
          {(["green", "blue"] as const).map((palette) => (
            <option key={palette} value={palette}>
              {text(`settings.palette.${palette}`)}
            </option>
          ))}
        </Select>
        <Input
          label={text("settings.unit")}
          hint={text("settings.unitHint")}
          list="units"
          maxLength={8}
          defaultValue={value.unit}
          onBlur={(event) => void change({ unit: event.target.value.trim() })}
        />
        <datalist id="units">
          {[...units, text("settings.unit.points")].map((unit) => (
            <option key={unit} value={unit} />
          ))}
        </datalist>
        <Input
          label={text("settings.balance")}
          hint={text("settings.balanceHint")}
          inputMode="decimal"
          maxLength={40}
          defaultValue={editable(value.language, value.startBalance)}
          onBlur={(event) => {
            const balance = typed(value.language, event.target.value);
            const kept = balance === "" || decimal.test(balance) ? balance : value.startBalance;
            void change({ startBalance: kept });
            event.target.value = editable(value.language, kept);
          }}
        />
        <Notices />
        <Check label={text("settings.keys")} checked={value.keys} onChange={(event) => void change({ keys: event.target.checked })} />
        <div className="flex flex-wrap items-center gap-x-3">
          <Check label={text("settings.start")} checked={!value.startHidden} onChange={(event) => void change({ startHidden: !event.target.checked })} />
          <Link href="/start" className="text-sm underline">
            {text("nav.start")}
          </Link>
        </div>
      </div>
    </Panel>
  );
}

/** Notices switches the browser's own notifications on, once the user has allowed them. */
function Notices() {
  const text = useText();
  const { value, change } = usePreferences();
  const [allowed, setAllowed] = useState(noticesAllowed);
  const wish = async (on: boolean) => {
    const granted = on && (await askForNotices());
    setAllowed(noticesAllowed());
    await change({ notices: granted });
  };
  const refused = allowed === "denied" || allowed === "unsupported";
  return (
    <div className="sm:col-span-2">
      <Check label={text("settings.notices")} checked={value.notices && allowed === "granted"} disabled={refused} onChange={(event) => void wish(event.target.checked)} />
      <p className="text-sm text-soft">{text(refused ? `settings.notices.${allowed}` : "settings.noticesHint")}</p>
    </div>
  );
}
