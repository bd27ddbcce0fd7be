import { createContext, useCallback, useContext } from "react";

import type { dictionary as english } from "./english";

export type Language = "en" | "es";
export type TextKey = keyof typeof english;
export type Dictionary = Readonly<Record<TextKey, string>>;

// A browser fetches the texts of the language that it shows, and no others.
const sources: Record<Language, () => Promise<{ dictionary: Dictionary }>> = {
  en: () => import("./english"),
  es: () => import("./spanish"),
};
const loaded: Partial<Record<Language, Dictionary>> = {};

/** loadLanguage fetches a language's texts. translate needs them. */
export async function loadLanguage(language: Language): Promise<void> {
  loaded[language] ??= (await sources[language]()).dictionary;
}

/** translate returns a text with its {placeholders} filled. {count?signal|signals} is the first if count is 1, else the second. */
export function translate(language: Language, key: TextKey, values: Record<string, string | number> = {}): string {
  const text = loaded[language]?.[key] ?? key;
  return text.replace(/\{(\w+)(?:\?([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, other?: string) => {
    const value = String(values[name] ?? whole);
    return one === undefined || other === undefined ? value : value === "1" ? one : other;
  });
}

export function isTextKey(key: string): key is TextKey {
  return Object.values(loaded).some((dictionary) => key in dictionary);
}

/** browserLanguage returns the browser's first language that has texts. */
export function browserLanguage(languages: readonly string[] = navigator.languages): Language {
  for (const tag of languages) {
    if (tag.startsWith("es")) return "es";
    if (tag.startsWith("en")) return "en";
  }
  return "en";
}

export const LanguageContext = createContext<Language>("en");

export function useLanguage(): Language {
  return useContext(LanguageContext);
}

export type Translate = (key: TextKey, values?: Record<string, string | number>) => string;

/** useText returns a function that returns a text in the user's language. */
export function useText(): Translate {
  const language = useLanguage();
  return useCallback<Translate>((key, values) => translate(language, key, values), [language]);
}
