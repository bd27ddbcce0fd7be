import { periodOf, periods, rangeOf, today, type Period } from "../days";
import { useConfig } from "../data/queries";
import { useText, type TextKey } from "../i18n";

const texts: Record<Period, TextKey> = {
  today: "signals.today",
  yesterday: "period.yesterday",
  last7: "signals.last7",
  last30: "signals.last30",
  month: "period.month",
  year: "period.year",
};

export interface Days {
  from: string;
  to: string;
}

interface Props {
  from: string | undefined;
  to: string | undefined;
  other?: boolean; // something else than two days narrows the time
  choose: (days: Days) => void; // both are empty for any time
  id?: string;
  label?: string;
  className?: string;
}

/** Period chooses days by a name, by the clock of the user's zone. */
export function PeriodSelect({ from, to, other = false, choose, id, label, className = "" }: Props) {
  const text = useText();
  const now = today(useConfig().data?.preferred_timezone ?? "UTC");
  return (
    <select
      id={id}
      aria-label={label}
      value={periodOf(from, to, now) ?? (from || to || other ? "other" : "")}
      onChange={(event) => choose(event.target.value ? rangeOf(event.target.value as Period, now) : { from: "", to: "" })}
      className={`tap rounded-md border border-line bg-page px-2 ${className}`}
    >
      <option value="">{text("signals.anyTime")}</option>
      {periods.map((period) => (
        <option key={period} value={period}>
          {text(texts[period])}
        </option>
      ))}
      <option value="other" hidden>
        {text("period.other")}
      </option>
    </select>
  );
}
