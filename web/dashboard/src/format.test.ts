import { expect, test } from "vitest";

import { chartID, editable, formatAmount, formatBytes, formatDecimal, formatInterval, formatNumber, formatPercent, formatShortTime, fromLocal, localeOf, readable, rounded, sign, toLocal, typed } from "./format";

test("a decimal keeps every digit", () => {
  expect(formatDecimal("en", "12345678901234567890.123456789")).toBe("12,345,678,901,234,567,890.123456789");
  expect(formatDecimal("en", "67890.50")).toBe("67,890.50");
  expect(formatDecimal("es", "67890.50")).toBe("67.890,50");
});

test("an amount shows its sign and its unit", () => {
  expect(formatAmount("en", "10.5", "USDT")).toBe("+10.5 USDT");
  expect(formatAmount("en", "-3", "")).toBe("-3");
  expect(formatAmount("en", "0.00", "")).toBe("0.00");
});

test("a number is rounded in its decimals, halves away from zero", () => {
  expect([rounded("9.975", 0), rounded("2.675", 2), rounded("-0.005", 2), rounded("-0.004", 2), rounded("99.999", 2), rounded("7", 2)]).toEqual(["10", "2.68", "-0.01", "0.00", "100.00", "7"]);
  expect(formatNumber("es", "98765432109876543210.126")).toBe("98.765.432.109.876.543.210,13");
  expect(formatNumber("en", null)).toBe("–");
});

test("a mean keeps two decimals, or two digits that say something", () => {
  expect(["12.3456", "-0.126", "0.000012349", "5", "0"].map(readable)).toEqual(["12.35", "-0.13", "0.000012", "5", "0"]);
});

test("the sign is read from the text", () => {
  expect([sign("-0.0"), sign("0"), sign("0.01"), sign("-1e-30")]).toEqual([0, 0, 1, -1]);
});

test("an interval is written as people write it", () => {
  expect(["15", "60", "240", "90", "1D", "30S"].map(formatInterval)).toEqual(["15m", "1h", "4h", "90m", "1D", "30S"]);
});

test("a chart's URL gives its id", () => {
  expect(chartID("https://www.tradingview.com/chart/AbCd1234/?symbol=X")).toBe("AbCd1234");
  expect(chartID(" AbCd1234 ")).toBe("AbCd1234");
});

test("a moment goes into a zone's clock and back, on both sides of a clock change", () => {
  for (const at of ["2026-10-31T12:30:00.000Z", "2026-11-01T05:30:00.000Z", "2026-11-01T12:00:05.000Z", "2026-03-08T06:59:59.000Z", "2026-03-08T07:00:00.000Z"]) {
    expect(fromLocal(toLocal(at, "America/New_York"), "America/New_York")).toBe(at);
  }
  expect(toLocal("2026-06-01T12:00:00Z", "Asia/Kolkata")).toBe("2026-06-01T17:30:00");
});

test("numbers and times take the form of the reader's own country", () => {
  expect(localeOf("es", ["en-GB", "es-MX", "es"])).toBe("es-MX");
  expect(localeOf("en", ["de-DE"])).toBe("en");
});

test("a rate and a size are written as the language does", () => {
  expect([formatPercent("en", "31.416"), formatPercent("es", "31.416"), formatPercent("en", null)]).toEqual(["31.42%", "31,42\u00a0%", "–"]);
  expect([formatBytes("en", 512), formatBytes("en", 70_000), formatBytes("es", 1_250)]).toEqual(["512 B", "70 kB", "1,3 kB"]);
});

test("only a time of another year names its year", () => {
  const now = new Date("2026-11-29T12:00:00Z");
  expect(formatShortTime("en", "UTC", "2026-03-05T14:07:00Z", now).replace(/\s/g, " ")).toBe("Mar 5, 2:07 PM");
  expect(formatShortTime("es", "UTC", "2025-03-05T14:07:00Z", now)).toBe("5 mar 2025, 14:07");
});

test("a decimal is read as the language writes it", () => {
  expect(["1,234.50", "1234.5", "-1,234,567", "12.5", "0.125", "1,5", "+7"].map((text) => typed("en", text))).toEqual(["1234.50", "1234.5", "-1234567", "12.5", "0.125", "1.5", "7"]);
  expect(["1.234,50", "1234,5", "12.5", "0.125", "1.234", "−3", "1 234,5", "x"].map((text) => typed("es", text))).toEqual(["1234.50", "1234.5", "12.5", "0.125", "1234", "-3", "1234.5", "x"]);
  for (const language of ["en", "es"] as const) expect(typed(language, editable(language, "-1234.567"))).toBe("-1234.567");
});
