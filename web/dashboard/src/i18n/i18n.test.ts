import { beforeAll, expect, test } from "vitest";

import { dictionary as english } from "./english";
import { browserLanguage, loadLanguage, translate } from "./index";
import { dictionary as spanish } from "./spanish";

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

beforeAll(() => Promise.all([loadLanguage("en"), loadLanguage("es")]));

test("both languages have the same keys and the same placeholders", () => {
  expect(Object.keys(spanish).sort()).toEqual(Object.keys(english).sort());
  for (const [key, text] of Object.entries(english)) {
    expect(placeholders(spanish[key as keyof typeof english]), key).toEqual(placeholders(text));
  }
});

test("placeholders are filled, and unknown ones stay visible", () => {
  expect(translate("en", "signals.count", { count: 3 })).toBe("3 signals");
  expect(translate("es", "signals.count")).toBe("{count} señales");
});

test("the first language that there are texts in is chosen", () => {
  expect(browserLanguage(["de-DE", "es-AR", "en"])).toBe("es");
  expect(browserLanguage(["de"])).toBe("en");
});
