// Finds texts of one language on a page that is shown in the other.
import { readdir, readFile } from "node:fs/promises";

const folder = new URL("../src/i18n/", import.meta.url);

/** textsOf reads every text of a language from its dictionaries. */
async function textsOf(language) {
  const files = (await readdir(folder)).filter((name) => name === `${language}.ts` || name.endsWith(`.${language}.ts`));
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, folder), "utf8")));
  return sources.flatMap((source) => [...source.matchAll(/^ {2}"[\w.]+": ("(?:[^"\\]|\\.)*"),$/gm)].map(([, text]) => JSON.parse(text).replace(/\s+/g, " ")));
}

const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** patternOf matches a text whatever stands in its {placeholders}, in either number; null if little else is in it. */
function patternOf(text) {
  const parts = text.split(/(\{[^}]*\})/).map((part) => {
    const either = /^\{\w+\?(.*)\|(.*)\}$/.exec(part);
    return either ? `(?:${literal(either[1])}|${literal(either[2])})` : part.startsWith("{") ? ".+" : literal(part);
  });
  return parts.join("").replace(/[^\p{L}]/gu, "").length < 4 ? null : parts.join("");
}

const all = { en: await textsOf("en"), es: await textsOf("es") };
if (all.en.length < 300 || all.en.length !== all.es.length) throw new Error(`the dictionaries were not read: ${all.en.length} and ${all.es.length} texts`);

/** foreign is, for each language, a pattern of the other's texts that are none of its own. */
const foreign = Object.fromEntries(
  [["en", "es"], ["es", "en"]].map(([own, other]) => {
    const mine = new Set(all[own]);
    const patterns = all[other].filter((text) => !mine.has(text)).map(patternOf).filter(Boolean);
    return [own, new RegExp(`^(?:${[...new Set(patterns)].join("|")})$`, "u")];
  }),
);

/** untranslated returns what a page shows or says in the wrong language. What users wrote is left out. */
export async function untranslated(page, language) {
  const shown = await page.evaluate(() => {
    const found = new Set();
    const add = (text) => text?.trim() && found.add(text.trim().replace(/\s+/g, " "));
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement;
      if (!parent?.closest("script, style, pre, code, textarea, datalist")) add(walker.currentNode.data);
    }
    for (const element of document.body.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
      for (const name of ["aria-label", "placeholder", "title", "alt"]) add(element.getAttribute(name));
    }
    return [...found];
  });
  return shown.filter((text) => foreign[language].test(text));
}
