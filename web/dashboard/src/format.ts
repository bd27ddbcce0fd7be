// Showing values. Days and sums are the service's: here they are only formatted, in the user's zone.
import type { Decimal } from "atalaya-client";

import type { Language } from "./i18n";

/**
 * formatDecimal writes a decimal with every digit it has, in the language's way. The part before the point
 * is a BigInt and the rest stays text: engines differ in how many decimals Intl.NumberFormat takes.
 */
export function formatDecimal(language: Language, value: Decimal): string {
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value);
  if (!parts) return value;
  const [, minus, whole, fraction] = parts;
  const format = new Intl.NumberFormat(language);
  const point = format.formatToParts(1.1).find((part) => part.type === "decimal")?.value ?? ".";
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
  return new Intl.DateTimeFormat(language, { timeZone: zone, dateStyle: "medium", timeStyle: "medium" }).format(new Date(at));
}

export function formatShortTime(language: Language, zone: string, at: string): string {
  const options = { timeZone: zone, month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" } as const;
  return new Intl.DateTimeFormat(language, options).format(new Date(at));
}

/** formatInterval writes TradingView's interval as people do: 15 → 15m, 240 → 4h, 1D stays. */
export function formatInterval(interval: string): string {
  const minutes = Number(interval);
  if (!Number.isInteger(minutes)) return interval;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

export function formatCount(language: Language, count: number): string {
  return new Intl.NumberFormat(language).format(count);
}

/** chartID returns the id in a chart's URL, or the text as it is. */
export function chartID(text: string): string {
  return /\/chart\/([A-Za-z0-9]{1,32})/.exec(text)?.[1] ?? text.trim();
}
