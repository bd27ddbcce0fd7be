import { createContext, useContext } from "react";

import { en } from "./en";
import { es } from "./es";

export type Language = "en" | "es";
export type TextKey = keyof typeof en;

export const dictionaries: Record<Language, Record<TextKey, string>> = { en, es };

/** translate returns a text with its {placeholders} filled. */
export function translate(language: Language, key: TextKey, values: Record<string, string | number> = {}): string {
  return dictionaries[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function isTextKey(key: string): key is TextKey {
  return key in en;
}

/** browserLanguage returns the first language of the browser that there are texts in. */
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

/** useText returns the function that says a text in the user's language. */
export function useText(): Translate {
  const language = useLanguage();
  return (key, values) => translate(language, key, values);
}
