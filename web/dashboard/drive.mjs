// Drives the dashboard in a browser as its users do, and takes the pictures in docs. Reads addresses from
// standard input, prints a line of JSON for each check, and at the end one with the figures.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { channels } from "./drive/channels.mjs";
import { check, complaints, expect, first, launch, newContext, pageTools, refusals, slacken, until } from "./drive/kit.mjs";
import { firstLoad, load } from "./drive/load.mjs";
import { dialogs, screens } from "./drive/screens.mjs";
import { many, signal } from "./drive/signal.mjs";
import { hostile, story } from "./drive/story.mjs";

const told = JSON.parse(await new Response(process.stdin).text());
const figures = { screens: 0, axe_findings: 0, csp_violations: 0, untranslated: 0, first_load_kb: 0, stats_p95_ms: 0, stats_first_p95_ms: 0 };
if (told.pictures) await mkdir(told.pictures, { recursive: true });
slacken(told.slack);

const browser = await launch();
const withMany = await firstLoad(browser, told, figures);
const context = await newContext(browser, { permissions: ["clipboard-read", "clipboard-write", "notifications"] });
const page = await context.newPage();
const picture = async (name) => told.pictures && page.screenshot({ path: join(told.pictures, `${name}.png`), animations: "disabled" });
const { button, menu, list, rows, dialog, note, closeDialog } = pageTools(page);

const send = await story(browser, page, told, picture);
await signal(page, told, send, picture);
await many(page, told, send, picture);
await channels(page, told, picture);

await check("a second tab sees a change within two seconds, and so does a bulk edit", async () => {
  const other = await context.newPage();
  await other.goto(`${told.app}?ticker=${encodeURIComponent("BINANCE:ETHUSDT")}`);
  const rowsThere = pageTools(other).rows();
  await rowsThere.first().waitFor();
  await page.goto(`${told.app}?ticker=${encodeURIComponent("BINANCE:ETHUSDT")}`);
  await rows().first().waitFor();
  const skipped = () => rowsThere.getByText("skipped", { exact: true }).count();
  await list().focus();
  let begun = Date.now();
  await page.keyboard.press("s");
  const one = await until(skipped, (n) => n === 1);
  const took = Date.now() - begun;
  for (const key of ["x", "j", "j", "Shift+X"]) await page.keyboard.press(key);
  begun = Date.now();
  await page.keyboard.press("s");
  const three = await until(skipped, (n) => n === 3);
  const bulkTook = Date.now() - begun;
  await other.close();
  return first(one, three, expect(Math.max(took, bulkTook) <= 2000 * told.slack, [took, bulkTook]));
});

await check("two tabs that are opened at once stay signed in", async () => {
  const other = await context.newPage();
  await Promise.all([page.reload(), other.goto(told.app)]);
  await Promise.all([page, other].map((tab) => tab.getByRole("heading", { name: "Signals" }).waitFor()));
  await other.close();
});

await check("no token lies in a storage, an address or a readable cookie", async () => {
  const seen = await page.evaluate(async () => {
    const kept = JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie + location.href + JSON.stringify(history.state);
    return kept + (await indexedDB.databases()).map((database) => database.name).join() + (await caches.keys()).join();
  });
  return expect(!/eyJ|atalaya=|code=|[0-9a-f]{64}/.test(seen), seen);
});

let id = "";
await check("hostile text is shown literally", async () => {
  await page.goto(`${told.app}?ticker=${encodeURIComponent("NYSE:GE")}`);
  await rows().first().waitFor();
  await list().focus();
  for (const key of ["w", "t"]) await page.keyboard.press(key);
  await dialog().getByRole("textbox").fill(hostile);
  await page.keyboard.press("Enter");
  await note("NYSE:GE: saved");
  await list().focus();
  await page.keyboard.press("Enter");
  await dialog().getByText(hostile).first().waitFor();
  id = /signals\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? "";
  await closeDialog();
  return expect(id !== "", page.url());
});

await screens(page, told, id, figures, picture);
await dialogs(page, told, figures);

await check("everything is deleted once its word is typed", async () => {
  await menu("Settings");
  await button("Delete all signals").click();
  const go = button("Delete all signals", dialog());
  const before = await go.isDisabled();
  await dialog().getByRole("textbox").fill("delete");
  await go.click();
  await note(/^Deleted: \d+\.$/);
  await menu("Signals");
  await page.getByText("No signals yet.").waitFor();
  return expect(before, "the button worked without the word");
});

await check("signing out ends the session", async () => {
  await button("Sign out").click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

await load(withMany, told, figures);
await check("no page complained, and the policy refused nothing", () => expect(complaints.length + refusals.length === 0, [...complaints, ...refusals]));
figures.csp_violations = refusals.length;
console.log(JSON.stringify({ group: "figures", figures }));
await browser.close();
