import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useLocation } from "wouter";

import { useCalendar, type Filters } from "../data/queries";
import { today } from "../days";
import { formatAmount, formatCount, formatDay, localeOf, sign } from "../format";
import { useLanguage, useText } from "../i18n";
import { usePreferences } from "../preferences";
import { AsTable } from "../ui/asTable";
import { Button, Failed, Loading, Panel } from "../ui/basics";
import { Amount } from "../ui/signalParts";
import { Counted, listOf } from "./counted";

const cell = 16; // of the drawing, for a day

/** Calendar shows the profit or loss of each day of a year. A day leads to its signals. The service decides what a day is. */
export function Calendar({ filters, zone }: { filters: Filters; zone: string }) {
  const text = useText();
  const language = useLanguage();
  const { unit } = usePreferences().value;
  const [, go] = useLocation();
  const [year, setYear] = useState<number | undefined>(undefined);
  const calendar = useCalendar(filters, year);
  const [chosen, setChosen] = useState("");
  const scroller = useRef<HTMLDivElement>(null);
  const last = calendar.data?.days.at(-1)?.day;
  useEffect(() => {
    // A narrow screen shows a part of the year: the newest days first.
    const box = scroller.current;
    if (box && last) box.scrollLeft = (dayOfYear(last) / 366) * box.scrollWidth - box.clientWidth * 0.8;
  }, [last]);
  if (calendar.isPending) return <Loading />;
  if (calendar.isError) return <Failed className="" error={calendar.error} retry={() => void calendar.refetch()} />;
  const shown = calendar.data.year;
  const most = Math.max(1e-9, ...calendar.data.days.map((day) => Math.abs(Number(day.total_profit_loss))));
  const first = (new Date(Date.UTC(shown, 0, 1)).getUTCDay() + 6) % 7; // Monday is 0
  const days = calendar.data.days.map((day) => day.day);
  const reached = days.includes(chosen) ? chosen : last; // the one day that Tab comes to; arrows lead on from it
  const onKeyDown = (event: KeyboardEvent<SVGSVGElement>) => {
    const now = days.indexOf(reached ?? "");
    const places: Record<string, number> = { ArrowLeft: now - 1, ArrowUp: now - 1, ArrowRight: now + 1, ArrowDown: now + 1, Home: 0, End: days.length - 1 };
    const to = places[event.key];
    const day = to === undefined ? undefined : days[Math.min(Math.max(to, 0), days.length - 1)];
    if (!day) return;
    event.preventDefault();
    setChosen(day);
    event.currentTarget.querySelector<SVGElement>(`[data-day="${day}"]`)?.focus();
  };
  const open = (day: string) => go(listOf(filters, { day }));
  return (
    <Panel
      title={text("stats.calendar", { year: shown })}
      actions={
        <div className="flex gap-1">
          <Button aria-label={text("stats.yearBefore")} onClick={() => setYear(shown - 1)}>
            ←
          </Button>
          <Button aria-label={text("stats.yearAfter")} disabled={String(shown) >= today(zone).slice(0, 4)} onClick={() => setYear(shown + 1)}>
            →
          </Button>
        </div>
      }
    >
      <div ref={scroller} className="overflow-x-auto" tabIndex={0} role="region" aria-label={text("stats.calendar", { year: shown })}>
        <svg viewBox={`0 -14 ${54 * cell} ${7 * cell + 14}`} className="w-full min-w-3xl" onKeyDown={onKeyDown}>
          <Months year={shown} first={first} />
          <Blanks year={shown} first={first} />
          {calendar.data.days.map((day) => {
            const at = dayOfYear(day.day) + first;
            const way = sign(day.total_profit_loss);
            const name = `${formatDay(language, day.day)}: ${formatAmount(language, day.total_profit_loss, unit)}, ${text("stats.wlb", { wins: day.wins, losses: day.losses, breakevens: day.breakevens })}`;
            return (
              <rect
                key={day.day}
                data-day={day.day}
                role="link"
                tabIndex={day.day === reached ? 0 : -1}
                onFocus={() => setChosen(day.day)}
                aria-label={name}
                x={Math.floor(at / 7) * cell + 1}
                y={(at % 7) * cell + 1}
                width={cell - 2}
                height={cell - 2}
                rx="2"
                className={`cursor-pointer stroke-line ${way > 0 ? "fill-gain" : way < 0 ? "fill-loss" : "fill-soft"}`}
                fillOpacity={way === 0 ? 0.35 : 0.35 + 0.65 * (Math.abs(Number(day.total_profit_loss)) / most)}
                onClick={() => open(day.day)}
                onKeyDown={(event) => event.key === "Enter" && open(day.day)}
              >
                <title>{name}</title>
              </rect>
            );
          })}
        </svg>
      </div>
      <AsTable head={[text("stats.day"), text("stats.count"), text("stats.wlbShort"), text("stats.total")]} name={text("stats.calendar", { year: shown })}>
        {calendar.data.days.map((day) => (
          <tr key={day.day} className="border-t border-line">
            <td className="px-2">
              <Counted filters={filters} of={{ day: day.day }}>
                {formatDay(language, day.day)}
              </Counted>
            </td>
            <td className="px-2 text-right">{formatCount(language, day.signals)}</td>
            <td className="px-2 text-right">{[day.wins, day.losses, day.breakevens].join(" / ")}</td>
            <td className="px-2 text-right">
              <Amount value={day.total_profit_loss} />
            </td>
          </tr>
        ))}
      </AsTable>
    </Panel>
  );
}

function dayOfYear(day: string): number {
  return Math.round((Date.parse(day) - Date.UTC(Number(day.slice(0, 4)), 0, 1)) / 86_400_000);
}

/** Months names each month above the week in which it begins. */
function Months({ year, first }: { year: number; first: number }) {
  const language = useLanguage();
  const name = new Intl.DateTimeFormat(localeOf(language), { timeZone: "UTC", month: "short" });
  return Array.from({ length: 12 }, (_, month) => {
    const begin = Date.UTC(year, month, 1);
    const day = Math.round((begin - Date.UTC(year, 0, 1)) / 86_400_000) + first;
    return (
      <text key={month} x={Math.floor(day / 7) * cell + 1} y={-4} fontSize="10" className="fill-soft">
        {name.format(begin)}
      </text>
    );
  });
}

function Blanks({ year, first }: { year: number; first: number }) {
  const days = (Date.UTC(year + 1, 0, 1) - Date.UTC(year, 0, 1)) / 86_400_000;
  return Array.from({ length: days }, (_, i) => i + first).map((at) => (
    <rect key={at} x={Math.floor(at / 7) * cell + 1} y={(at % 7) * cell + 1} width={cell - 2} height={cell - 2} rx="2" className="fill-raised" />
  ));
}
