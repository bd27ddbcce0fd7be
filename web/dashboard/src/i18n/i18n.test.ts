import { expect, test } from "vitest";

import { en } from "./en";
import { es } from "./es";
import { browserLanguage, translate } from "./index";

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

test("both languages have the same keys and the same placeholders", () => {
  expect(Object.keys(es).sort()).toEqual(Object.keys(en).sort());
  for (const [key, text] of Object.entries(en)) {
    expect(placeholders(es[key as keyof typeof en]), key).toEqual(placeholders(text));
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
