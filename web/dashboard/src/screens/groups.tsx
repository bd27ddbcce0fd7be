import { Link } from "wouter";

import type { Figures, StatsGroup } from "../data/client";
import { formatCount, formatNumber } from "../format";
import { isTextKey, useLanguage, useText, type TextKey } from "../i18n";
import { Panel, Select } from "../ui/basics";
import { Amount } from "../ui/signalParts";
import { formatRounded, IntervalBar, type Filters, type GroupBy } from "./statistics";

const groupings: GroupBy[] = ["ticker", "exchange", "indicator", "signal_type", "direction", "interval", "hour", "weekday", "month", "session", "us_session", "tag", "result"];

// Under so many wins and losses a rate says little; from so many groups on some look special by chance.
const few = 20;
const many = 10;

interface Props {
  by: GroupBy;
  choose: (by: GroupBy) => void;
  groups: StatsGroup[];
  other: Figures | undefined;
  filters: Filters;
}

/** Groups compares the values of one column, the surest win rate first. */
export function Groups({ by, choose, groups, other, filters }: Props) {
  const text = useText();
  return (
    <Panel title={text("stats.groups")}>
      <div className="mb-3 max-w-60">
        <Select label={text("stats.groupBy")} value={by} onChange={(event) => choose(event.target.value as GroupBy)}>
          {groupings.map((name) => (
            <option key={name} value={name}>
              {text(`group.${name}` as TextKey)}
            </option>
          ))}
        </Select>
      </div>
      {groups.length >= many && <p className="mb-2 text-sm text-warn">{text("stats.byChance")}</p>}
      {by === "tag" && <p className="mb-2 text-sm text-soft">{text("stats.tagSums")}</p>}
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={text("stats.groups")}>
        <table className="num w-full min-w-3xl text-left whitespace-nowrap">
          <thead className="text-sm text-soft">
            <tr>
              {(["stats.value", "stats.wlbShort", "stats.winRate", "stats.total", "stats.expectancy", "stats.profitFactor", "stats.r"] as const).map((name) => (
                <th key={name} scope="col" className="px-2 py-1 font-medium">
                  {text(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {groups.map((group) => (
              <Row key={group.key ?? "\0"} figures={group}>
                <Link href={addressOf(by, group.key, filters)} className="inline-block max-w-56 truncate align-bottom underline">
                  {nameOf(text, by, group.key)}
                </Link>
              </Row>
            ))}
            {other && <Row figures={other}>{text("stats.other")}</Row>}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function nameOf(text: ReturnType<typeof useText>, by: GroupBy, key: string | null): string {
  if (key === null) return text("stats.nothing");
  const known = `${by}.${key}`;
  return isTextKey(known) ? text(known) : key;
}

/** addressOf leads to the signals that a group counts. */
function addressOf(by: GroupBy, key: string | null, filters: Filters): string {
  const query = new URLSearchParams(filters as Record<string, string>);
  if (by === "month" && key) {
    const [year, month] = key.split("-").map(Number) as [number, number];
    query.set("from", `${key}-01`);
    query.set("to", `${key}-${String(new Date(Date.UTC(year, month, 0)).getUTCDate()).padStart(2, "0")}`);
  } else {
    query.set(by, key ?? "none");
  }
  return `/?${query}`;
}

function Row({ figures: f, children }: { figures: Figures; children: React.ReactNode }) {
  const text = useText();
  const language = useLanguage();
  const faint = f.wins + f.losses < few;
  return (
    <tr className="border-t border-line">
      <th scope="row" className="px-2 py-1.5 font-medium">
        {children}
      </th>
      <td className="px-2">
        {[f.wins, f.losses, f.breakevens].map((n) => formatCount(language, n)).join(" / ")}
        {faint && <span className="ml-1 text-sm text-soft">({text("stats.few")})</span>}
      </td>
      <td className={`px-2 ${faint ? "text-soft" : ""}`}>
        {f.win_rate === null ? "–" : `${formatNumber(language, f.win_rate)} %`}
        <IntervalBar figures={f} />
      </td>
      <td className="px-2">
        <Amount value={f.total_profit_loss} />
      </td>
      <td className="px-2">
        <Amount value={f.expectancy && formatRounded(f.expectancy)} />
      </td>
      <td className="px-2">{formatNumber(language, f.profit_factor)}</td>
      <td className="px-2">{formatNumber(language, f.expectancy_r)}</td>
    </tr>
  );
}
