import type { ReactNode } from "react";

import type { Figures, StatsGroup } from "../data/client";
import { formatCount, formatDay, formatDecimal, formatNumber, formatPercent, formatShortTime, readable } from "../format";
import { isTextKey, useLanguage, useText, type Language, type TextKey } from "../i18n";
import { Panel, Select } from "../ui/basics";
import { Amount } from "../ui/signalParts";
import { Counted } from "./counted";
import type { Values } from "./filters/filters";
import { IntervalBar, Mean, type Filters, type GroupBy } from "./statistics";

const groupings: GroupBy[] = ["ticker", "exchange", "indicator", "signal_type", "direction", "interval", "hour", "weekday", "day", "week", "month", "session", "us_session", "tag", "result"];

// With fewer wins and losses than few, a rate means little. With as many groups as many, some look special by chance.
const few = 20;
const many = 10;

const columns = ["stats.value", "stats.wlbShort", "stats.winRate", "stats.total", "stats.expectancy", "stats.profitFactor", "stats.r", "stats.last"] as const;
const narrow: readonly string[] = ["stats.value", "stats.winRate", "stats.total"]; // the columns on a phone

interface Props {
  by: GroupBy;
  choose: (by: GroupBy) => void;
  groups: StatsGroup[];
  other: Figures | undefined;
  filters: Filters;
  zone: string;
}

/** Groups compares the values of one column, the surest win rate first. */
export function Groups({ by, choose, groups, other, filters, zone }: Props) {
  const text = useText();
  const language = useLanguage();
  return (
    <Panel
      title={text("stats.groups")}
      actions={
        <div className="w-44">
          <Select label={<span className="sr-only">{text("stats.groupBy")}</span>} value={by} onChange={(event) => choose(event.target.value as GroupBy)}>
            {groupings.map((name) => (
              <option key={name} value={name}>
                {text(`group.${name}` as TextKey)}
              </option>
            ))}
          </Select>
        </div>
      }
    >
      {groups.length >= many && <p className="mb-2 text-sm text-warn">{text("stats.byChance")}</p>}
      {by === "tag" && <p className="mb-2 text-sm text-soft">{text("stats.tagSums")}</p>}
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={text("stats.groups")}>
        <table className="num w-full text-left sm:min-w-3xl sm:whitespace-nowrap">
          <thead className="text-sm text-soft">
            <tr>
              {columns.map((name, i) => (
                <th key={name} scope="col" className={`py-1 pr-2 font-medium sm:px-2 ${i > 2 ? "text-right" : ""} ${narrow.includes(name) ? "" : "max-sm:hidden"}`}>
                  {text(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {groups.map((group) => (
              <Row key={group.key ?? "\0"} figures={group} filters={narrowed(by, group.key, filters)} name={nameOf(text, language, by, group.key)} zone={zone} />
            ))}
            {other && <Row figures={other} name={text("stats.other")} zone={zone} />}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function nameOf(text: ReturnType<typeof useText>, language: Language, by: GroupBy, key: string | null): string {
  if (key === null) return text("stats.nothing");
  if (by === "day") return formatDay(language, key);
  const known = `${by}.${key}`;
  return isTextKey(known) ? text(known) : key;
}

/** narrowed returns the filters that let through what a group counts. */
function narrowed(by: GroupBy, key: string | null, filters: Filters): Filters {
  return { ...filters, [by]: key ?? "none" } as Filters;
}

/** Row shows a group's figures, each with a link to what it counts. Several groups in one have no filter. */
function Row({ figures: f, filters, name, zone }: { figures: Figures; filters?: Filters; name: string; zone: string }) {
  const text = useText();
  const language = useLanguage();
  const faint = f.wins + f.losses < few;
  const counted = (of: Values, shown: ReactNode) =>
    filters ? (
      <Counted filters={filters} of={of}>
        {shown}
      </Counted>
    ) : (
      shown
    );
  const outcomes = (
    <>
      {counted({ result: "win" }, formatCount(language, f.wins))} / {counted({ result: "loss" }, formatCount(language, f.losses))} /{" "}
      {counted({ result: "breakeven" }, formatCount(language, f.breakevens))}
      {faint && <span className="ml-1 text-sm text-soft">({text("stats.few")})</span>}
    </>
  );
  return (
    <tr className="border-t border-line">
      <th scope="row" className="py-2 pr-2 font-medium sm:px-2">
        <span className="inline-block max-w-56 align-bottom break-words sm:truncate">{counted({}, <Breakable>{name}</Breakable>)}</span>
        <span className="block text-sm font-normal whitespace-nowrap text-soft sm:hidden">{outcomes}</span>
      </th>
      <td className="px-2 max-sm:hidden">{outcomes}</td>
      <td className={`py-1.5 pr-2 sm:px-2 ${faint ? "text-soft" : ""}`}>
        {formatPercent(language, f.win_rate)}
        <IntervalBar figures={f} />
      </td>
      <td className="text-right sm:px-2">{counted({ counted: "decided" }, <Amount value={f.total_profit_loss} />)}</td>
      <td className="px-2 text-right max-sm:hidden">{counted({ counted: "with_amount" }, <Mean value={f.expectancy} />)}</td>
      <td className="px-2 text-right max-sm:hidden">{counted({ counted: "with_amount" }, formatNumber(language, f.profit_factor))}</td>
      <td className="px-2 text-right max-sm:hidden">{f.expectancy_r === null ? "–" : counted({ counted: "with_r" }, formatDecimal(language, readable(f.expectancy_r)))}</td>
      <td className="px-2 text-right text-sm text-soft max-sm:hidden">{f.last_signal_at ? formatShortTime(language, zone, f.last_signal_at) : "–"}</td>
    </tr>
  );
}

/** Breakable lets a line end after the exchange of EXCHANGE:SYMBOL. */
function Breakable({ children }: { children: string }) {
  const colon = children.indexOf(":") + 1;
  return (
    <>
      {children.slice(0, colon)}
      <wbr />
      {children.slice(colon)}
    </>
  );
}
