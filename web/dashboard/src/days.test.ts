import { expect, test } from "vitest";

import { addDays, periodOf, rangeOf, today } from "./days";

test("today is the zone's own", () => {
  const now = new Date("2026-03-01T03:30:00Z");
  expect(today("America/New_York", now)).toBe("2026-02-28");
  expect(today("Asia/Tokyo", now)).toBe("2026-03-01");
});

test("days are counted over months and leap years", () => {
  expect(addDays("2028-03-01", -1)).toBe("2028-02-29");
  expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
});

test("a period has both its days, and is found again by them", () => {
  expect(rangeOf("last7", "2026-03-03")).toEqual({ from: "2026-02-25", to: "2026-03-03" });
  expect(periodOf("2026-03-01", "2026-03-03", "2026-03-03")).toBe("month");
  expect(periodOf("2026-03-02", undefined, "2026-03-03")).toBeNull();
});
