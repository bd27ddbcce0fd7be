// Periods by name. A day is a date of the user's zone: the service decides which signals it holds.

/** today returns the date that the clock of a zone shows. */
export function today(zone: string, now = new Date()): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(now);
}

/** addDays returns the date that many days later. */
export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

export const periods = ["today", "yesterday", "last7", "last30", "month", "year"] as const;
export type Period = (typeof periods)[number];

/** rangeOf returns the first and the last day of a period, both included. */
export function rangeOf(period: Period, now: string): { from: string; to: string } {
  switch (period) {
    case "today":
      return { from: now, to: now };
    case "yesterday":
      return { from: addDays(now, -1), to: addDays(now, -1) };
    case "last7":
      return { from: addDays(now, -6), to: now };
    case "last30":
      return { from: addDays(now, -29), to: now };
    case "month":
      return { from: `${now.slice(0, 7)}-01`, to: now };
    case "year":
      return { from: `${now.slice(0, 4)}-01-01`, to: now };
  }
}

/** periodOf names the period that two days span, or returns null. */
export function periodOf(from: string | undefined, to: string | undefined, now: string): Period | null {
  return periods.find((period) => rangeOf(period, now).from === from && rangeOf(period, now).to === to) ?? null;
}
