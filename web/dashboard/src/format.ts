// Showing values. Days and sums are the service's: here they are only formatted, in the user's zone.
import type { Decimal } from "atalaya-client";

import type { Language } from "./i18n";

/** remembered makes each formatter once: making one takes longer than a whole row of the list. */
function remembered<Key extends string[], T>(make: (...key: Key) => T): (...key: Key) => T {
  const made = new Map<string, T>();
  return (...key) => {
    const name = key.join(" ");
    const known = made.get(name) ?? make(...key);
    made.set(name, known);
    return known;
  };
}

/** localeOf returns the reader's own form of a language: es-MX writes 1,234.5 where es writes 1234,5, and en-GB has no AM. */
export function localeOf(language: Language, reader: readonly string[] = globalThis.navigator?.languages ?? []): string {
  return reader.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language;
}

const numbers = remembered((language: Language) => {
  const format = new Intl.NumberFormat(localeOf(language));
  const parts = format.formatToParts(-12345.6);
  const sign = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  return { format, point: sign("decimal") || ".", group: sign("group") };
});
const times = remembered((language: Language, timeZone: string) => new Intl.DateTimeFormat(localeOf(language), { timeZone, dateStyle: "medium", timeStyle: "medium" }));
const shortTimes = remembered(
  (language: Language, timeZone: string, year: "year" | "") =>
    new Intl.DateTimeFormat(localeOf(language), { timeZone, year: year ? "numeric" : undefined, month: "short", day: "numeric", hour: "numeric", minute: "2-digit" }),
);
const days = remembered((language: Language) => new Intl.DateTimeFormat(localeOf(language), { timeZone: "UTC", dateStyle: "medium" }));
const percents = remembered((language: Language) => new Intl.NumberFormat(localeOf(language), { style: "percent" }).format(0));

/**
 * formatDecimal writes a decimal with every digit it has, in the language's way. The part before the point
 * is a BigInt and the rest stays text: engines differ in how many decimals Intl.NumberFormat takes.
 */
export function formatDecimal(language: Language, value: Decimal): string {
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value);
  if (!parts) return value;
  const [, minus, whole, fraction] = parts;
  const { format, point } = numbers(language);
  return minus + format.format(BigInt(whole!)) + (fraction ? point + fraction : "");
}

/** formatAmount writes a profit or loss with its sign and the unit that the user chose. */
export function formatAmount(language: Language, value: Decimal, unit: string): string {
  const text = formatDecimal(language, value);
  const signed = sign(value) > 0 ? `+${text}` : text;
  return unit ? `${signed} ${unit}` : signed;
}

/** sign returns -1, 0 or 1 without leaving the string. */
export function sign(value: Decimal): -1 | 0 | 1 {
  if (/^-?[0.]+(e.*)?$/i.test(value)) return 0;
  return value.startsWith("-") ? -1 : 1;
}

export function formatTime(language: Language, zone: string, at: string): string {
  return times(language, zone).format(new Date(at));
}

/** formatShortTime writes an instant to the minute, and its year only if that is not the current one. */
export function formatShortTime(language: Language, zone: string, at: string, now = new Date()): string {
  const year = at.slice(0, 4) === now.toISOString().slice(0, 4) ? "" : "year";
  return shortTimes(language, zone, year).format(new Date(at));
}

/** formatInterval writes TradingView's interval as people do: 15 → 15m, 240 → 4h, 1D stays. */
export function formatInterval(interval: string): string {
  const minutes = Number(interval);
  if (!Number.isInteger(minutes)) return interval;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

export function formatCount(language: Language, count: number): string {
  return numbers(language).format.format(count);
}

/** chartID returns the id in a chart's URL, or the text as it is. */
export function chartID(text: string): string {
  return /\/chart\/([A-Za-z0-9]{1,32})/.exec(text)?.[1] ?? text.trim();
}

/** rounded returns a decimal with at most that many decimals, halves away from zero. It uses no float. */
export function rounded(value: Decimal, decimals: number): Decimal {
  const parts = /^(-?)(\d+)\.(\d+)$/.exec(value);
  if (!parts || parts[3]!.length <= decimals) return value;
  const [, minus, whole, fraction] = parts;
  const scaled = BigInt(whole! + fraction!.slice(0, decimals)) + (fraction![decimals]! >= "5" ? 1n : 0n);
  const digits = scaled.toString().padStart(decimals + 1, "0");
  const cut = digits.length - decimals;
  return (scaled === 0n ? "" : minus) + digits.slice(0, cut) + (decimals > 0 ? `.${digits.slice(cut)}` : "");
}

/** readable rounds a mean, which may have endless digits: to two decimals, or to two significant ones. */
export function readable(value: Decimal): Decimal {
  const zeros = /^-?0\.(0*)/.exec(value)?.[1]!.length ?? 0;
  return rounded(value, zeros + 2);
}

/** formatNumber rounds a decimal for reading, and returns "–" for null. Sums are shown whole, by formatDecimal. */
export function formatNumber(language: Language, value: Decimal | null, decimals = 2): string {
  return value === null ? "–" : formatDecimal(language, rounded(value, decimals));
}

/** formatPercent writes a rate from 0 to 100 as the language does: 31.4%, 31,4 %. */
export function formatPercent(language: Language, value: Decimal | null, decimals = 2): string {
  return value === null ? "–" : percents(language).replace("0", formatNumber(language, value, decimals));
}

/** formatBytes writes a size in bytes or kilobytes. */
export function formatBytes(language: Language, bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return new Intl.NumberFormat(localeOf(language), { style: "unit", unit: "kilobyte", unitDisplay: "short", maximumFractionDigits: 1 }).format(bytes / 1000);
}

/** editable writes a decimal into a field: with the language's point, and without groups. */
export function editable(language: Language, value: Decimal | null): string {
  return (value ?? "").replace(".", numbers(language).point);
}

/**
 * typed reads a decimal as people type it: 1,234.50 in English, 1.234,50 in Spanish. A point that cannot separate
 * thousands is a decimal point in every language. What it cannot read is returned as it is, for the service to refuse.
 */
export function typed(language: Language, text: string): string {
  const { point, group } = numbers(language);
  const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace("−", "-");
  const grouped = new RegExp(`^[-+]?[1-9]\\d{0,2}(\\${group}\\d{3})+(\\${point}\\d*)?$`);
  const whole = /[.,]/.test(group) && grouped.test(plain) ? plain.replaceAll(group, "") : plain;
  return whole.replace(",", ".").replace(/^\+/, "");
}

/** formatDay writes a date such as 2026-01-31, which has no time zone. */
export function formatDay(language: Language, day: string): string {
  return days(language).format(new Date(`${day}T00:00:00Z`));
}

/** formatSpan writes seconds in seconds, minutes, hours or days, whichever reads best. It returns "–" for null. */
export function formatSpan(language: Language, seconds: number | null): string {
  if (seconds === null) return "–";
  const [unit, size] = seconds < 90 ? (["second", 1] as const) : seconds < 5400 ? (["minute", 60] as const) : seconds < 172_800 ? (["hour", 3600] as const) : (["day", 86_400] as const);
  return new Intl.NumberFormat(localeOf(language), { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }).format(seconds / size);
}

/** toLocal writes an instant as a datetime-local field does, by the clock of a zone. */
export function toLocal(at: string, zone: string): string {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).format(new Date(at));
  return parts.replace(" ", "T");
}

/** fromLocal returns the instant at which the clock of a zone shows what a datetime-local field holds. */
export function fromLocal(local: string, zone: string): string {
  const wanted = Date.parse(`${local}Z`);
  let at = wanted;
  // The zone's distance from UTC at the first guess may be that of the other side of a clock change.
  for (let i = 0; i < 2; i++) at += wanted - Date.parse(`${toLocal(new Date(at).toISOString(), zone)}Z`);
  return new Date(at).toISOString();
}
