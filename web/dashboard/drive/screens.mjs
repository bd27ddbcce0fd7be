// Every screen in both languages, both themes, on a desk and on a phone.
import { check, expect, findings, first, pageTools, until } from "./kit.mjs";
import { hostile } from "./story.mjs";
import { untranslated } from "./texts.mjs";

const sizes = [
  { width: 1440, height: 900 },
  { width: 360, height: 740 },
];
const headings = {
  en: { signals: "Signals", statistics: "Statistics", deliveries: "Deliveries", connections: "Connections", settings: "Settings", start: "Get started" },
  es: { signals: "Señales", statistics: "Estadísticas", deliveries: "Entregas", connections: "Conexiones", settings: "Ajustes", start: "Primeros pasos" },
};
const showing = ["signals", "deliveries", "statistics", "signal"]; // where the hostile text stands

/** inspect looks at what is shown, and counts what is wrong with it. Another theme of the same changes its colours alone. */
async function inspect(page, language, figures, coloursAlone = false) {
  const found = await findings(page, coloursAlone ? ["color-contrast"] : undefined);
  const foreign = coloursAlone ? [] : await untranslated(page, language);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  figures.screens++;
  figures.axe_findings += found.length;
  figures.untranslated += foreign.length;
  return first(expect(found.length === 0, found), expect(foreign.length === 0, foreign), expect(wide <= 0, `${wide} px too wide`));
}

/** screens inspects every screen; id is a signal whose alert was hostile. */
export async function screens(page, told, id, figures, picture) {
  const { loaded } = pageTools(page);
  const go = (path) => page.evaluate((to) => history.pushState(null, "", to), path);
  for (const language of ["en", "es"]) {
    await go("/app/settings");
    await page.getByLabel(/^(Language|Idioma)$/).selectOption(language);
    await page.getByRole("heading", { level: 1, name: headings[language].settings, exact: true }).waitFor();
    for (const size of sizes) {
      await page.setViewportSize(size);
      for (const name of [...Object.keys(headings[language]), "signal"]) {
        await go(name === "signals" ? "/app/" : name === "signal" ? `/app/signals/${id}` : `/app/${name}`);
        if (name === "signal") await page.getByRole("dialog").getByText(hostile).first().waitFor();
        else await page.getByRole("heading", { level: 1, name: headings[language][name], exact: true }).waitFor();
        if (name === "statistics") await page.getByLabel(/^(Group by|Agrupar por)$/).selectOption("indicator");
        await loaded();
        for (const colorScheme of ["light", "dark"]) {
          await check(`${name}, ${language}, ${colorScheme}, ${size.width} px: accessible, in one language, not too wide, alerts shown literally`, async () => {
            await page.emulateMedia({ colorScheme });
            if (language === "en") await picture(`${name}-${colorScheme}-${size.width}`);
            const literal = showing.includes(name) ? await until(() => page.getByText(hostile).count(), (n) => n > 0) : "";
            const hit = await page.evaluate(() => window.__hit === 1 || document.querySelector('img[src="x"]') !== null);
            return first(literal, expect(!hit, "the alert's own element"), await inspect(page, language, figures, colorScheme === "dark"));
          });
        }
      }
    }
  }
  await page.setViewportSize(sizes[0]);
}

/** dialogs inspects what opens over the screens, in both languages. */
export async function dialogs(page, told, figures) {
  const { list, rows, closeDialog } = pageTools(page);
  const words = { en: ["Views", "Export", "Make a new one", "Delete all signals", "+ Add a channel"], es: ["Vistas", "Exportar", "Crear una nueva", "Borrar todas las señales", "+ Añadir un canal"] };
  for (const language of ["es", "en"]) {
    const [views, write, rotate, remove, add] = words[language];
    await page.goto(`${told.app}settings`);
    await page.getByLabel(/^(Language|Idioma)$/).selectOption(language);
    const opened = async (name) => {
      await page.getByRole("button", { name, exact: true }).first().click();
      await page.getByRole("dialog").waitFor();
      const problem = await inspect(page, language, figures);
      await closeDialog();
      return problem;
    };
    await check(`what opens over the screens is accessible and in one language (${language})`, async () => {
      const problems = [await opened(rotate), await opened(remove)];
      await page.goto(`${told.app}connections`);
      problems.push(await opened(add));
      for (const kind of ["Telegram", "Discord", "ntfy"]) {
        await page.getByRole("button", { name: add, exact: true }).click();
        await page.getByRole("dialog").getByRole("button", { name: new RegExp(`^${kind}`) }).click();
        problems.push(await inspect(page, language, figures));
        await closeDialog();
      }
      await page.goto(`${told.app}?direction=LONG`);
      await rows().first().waitFor();
      problems.push(await opened(views), await opened(write));
      await list().focus();
      for (const key of ["x", "?"]) await page.keyboard.press(key);
      await page.getByRole("dialog").waitFor();
      problems.push(await inspect(page, language, figures));
      await closeDialog();
      return first(...problems);
    });
  }
}
