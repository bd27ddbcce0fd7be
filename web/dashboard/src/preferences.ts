// What this browser remembers: how the page looks. Nothing here is secret.
import { createContext, useContext } from "react";

import { browserLanguage, type Language } from "./i18n";

export type Theme = "system" | "light" | "dark";
export type Palette = "green" | "blue"; // of gains; losses are red or orange

export interface Preferences {
  language: Language;
  theme: Theme;
  palette: Palette;
  unit: string; // shown beside P&L; nothing is converted
  keys: boolean; // marking by single keys
  startBalance: string; // a decimal that drawdowns are measured against; empty is none
  notices: boolean; // notifications by the browser itself
  copied: boolean; // the webhook URL, once
  tested: boolean; // a test alert came to its end
  startHidden: boolean; // the first steps are left out of the menu
}

const plain: Preferences = { language: "en", theme: "system", palette: "green", unit: "", keys: true, startBalance: "", notices: false, copied: false, tested: false, startHidden: false };

const place = "atalaya-preferences";

export function readPreferences(): Preferences {
  const defaults: Preferences = { ...plain, language: browserLanguage() };
  try {
    const kept = JSON.parse(localStorage.getItem(place) ?? "{}") as Partial<Preferences>;
    return {
      language: kept.language === "es" || kept.language === "en" ? kept.language : defaults.language,
      theme: kept.theme === "light" || kept.theme === "dark" ? kept.theme : "system",
      palette: kept.palette === "blue" ? "blue" : "green",
      unit: typeof kept.unit === "string" ? kept.unit.slice(0, 8) : "",
      keys: kept.keys !== false,
      startBalance: typeof kept.startBalance === "string" && /^\d{1,30}(\.\d{1,9})?$/.test(kept.startBalance) ? kept.startBalance : "",
      notices: kept.notices === true,
      copied: kept.copied === true,
      tested: kept.tested === true,
      startHidden: kept.startHidden === true,
    };
  } catch {
    return defaults; // no storage, or something else in it
  }
}

export function keepPreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(place, JSON.stringify(preferences));
  } catch {
    // A browser without storage forgets them.
  }
}

/** applyPreferences sets what the document itself shows: its language and its colours. */
export function applyPreferences({ language, theme, palette }: Preferences): void {
  document.documentElement.lang = language;
  document.documentElement.dataset.palette = palette;
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export const PreferencesContext = createContext<{ value: Preferences; change: (part: Partial<Preferences>) => Promise<void> }>({
  value: plain,
  change: () => Promise.resolve(),
});

export function usePreferences() {
  return useContext(PreferencesContext);
}
