import { beforeAll, expect, test } from "vitest";

import { dictionary as english } from "./english";
import { browserLanguage, loadLanguage, translate } from "./index";
import { dictionary as spanish } from "./spanish";

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

beforeAll(() => Promise.all([loadLanguage("en"), loadLanguage("es")]));

test("both languages have the same keys and the same placeholders", () => {
  expect(Object.keys(spanish).sort()).toEqual(Object.keys(english).sort());
  for (const [key, text] of Object.entries(english)) {
    const translated = spanish[key as keyof typeof english];
    expect(placeholders(translated), key).toEqual(placeholders(text));
    for (const [, name] of `${text}${translated}`.matchAll(/\{(\w+)\?/g)) expect(placeholders(text), key).toContain(`{${name}}`);
  }
});

test("placeholders are filled, and unknown ones stay visible", () => {
  expect(translate("en", "signals.count", { count: 3 })).toBe("3 signals");
  expect(translate("es", "signals.count")).toBe("{count} señales");
  expect([translate("en", "signals.count", { count: 1 }), translate("es", "stats.wlb", { wins: "1", losses: 0, breakevens: 2 })]).toEqual(["1 signal", "1 ganada, 0 perdidas, 2 en tablas"]);
});

test("the first language that there are texts in is chosen", () => {
  expect(browserLanguage(["de-DE", "es-AR", "en"])).toBe("es");
  expect(browserLanguage(["de"])).toBe("en");
});
