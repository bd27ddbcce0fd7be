import { expect, test } from "vitest";

import { chartID, formatAmount, formatDecimal, formatInterval, formatNumber, fromLocal, readable, rounded, sign, toLocal } from "./format";

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
