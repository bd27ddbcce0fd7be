// Looks at the demo data of `atalaya dev` in a browser, takes the pictures of README with them, and removes
// them. Reads addresses from standard input and prints a line of JSON for each check.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { check, complaints, expect, findings, first, launch, newContext, pageTools, refusals, until } from "./drive/kit.mjs";

const told = JSON.parse(await new Response(process.stdin).text());
if (told.pictures) await mkdir(told.pictures, { recursive: true });
const browser = await launch();
const context = await newContext(browser);
const page = await context.newPage();
const { button, menu, list, rows, dialog, closeDialog, loaded } = pageTools(page);
const wide = { width: 1440, height: 900 };
const phone = { width: 360, height: 740 };
const banner = () => page.getByRole("complementary", { name: "Demonstration" });

async function picture(name, size = wide, colorScheme = "light") {
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme });
  await loaded();
  if (told.pictures) await page.screenshot({ path: join(told.pictures, `${name}.png`), animations: "disabled" });
}

await check("a new folder shows demo signals, and says so", async () => {
  await page.goto(told.link);
  await page.getByRole("heading", { name: "Signals", level: 1 }).waitFor();
  await banner().getByText("These are demo signals.").waitFor();
  return until(() => rows().count(), (n) => n > 5);
});

await check("their pictures come by themselves", async () => {
  let problem = "";
  for (let more = 0; more < 6; more++) { // a busy machine takes half a minute for one
    problem = await until(() => list().locator("img").count(), (n) => n >= 9);
    if (!problem) break;
  }
  return problem;
});
await picture("demo-signals");
await picture("demo-signals-dark", wide, "dark");
await picture("demo-signals-phone", phone);

await check("a demo signal shows its picture", async () => {
  await page.setViewportSize(wide);
  await page.emulateMedia({ colorScheme: "dark" });
  await list().focus();
  await page.keyboard.press("Enter");
  return until(() => dialog().locator("figure img").first().evaluate((image) => image.naturalWidth), (width) => width > 1000);
});
await picture("demo-signal-dark", wide, "dark");
await closeDialog();

await check("statistics show the demo signals, none of which count with a user's own", async () => {
  await page.emulateMedia({ colorScheme: "light" });
  await menu("Statistics");
  await page.getByText(/of 300 decided/).first().waitFor();
  const found = await findings(page);
  return expect(found.length === 0, found);
});
await picture("demo-statistics");
await picture("demo-statistics-dark", wide, "dark");
await picture("demo-statistics-phone", phone);

await check("a bar of the distribution and a group lead to as many signals as they count", async () => {
  await page.setViewportSize(wide);
  const counted = async (open, count) => {
    await menu("Statistics");
    await page.locator("[data-bin]").first().waitFor();
    const n = await count();
    await open();
    await page.getByRole("button", { name: "Remove the filter Origin: demo" }).waitFor();
    return until(() => page.getByText(/^[\d,]+ signals?$/).innerText(), (text) => Number.parseInt(text.replace(",", "")) === n);
  };
  const bar = page.locator("[data-bin]").nth(1);
  const bars = await counted(() => bar.click(), async () => Number(/: (\d+)$/.exec(await bar.locator("title").textContent())[1]));
  const month = page.getByRole("row").filter({ hasText: /20\d\d-\d\d/ }).first();
  const groups = await counted(
    async () => month.getByRole("link").nth(1).click(), // its wins
    async () => {
      await page.getByLabel("Group by").selectOption("month");
      await month.waitFor();
      return Number(await month.getByRole("link").nth(1).innerText());
    },
  );
  return first(bars, groups);
});

await check("one click removes them, from every screen", async () => {
  await page.setViewportSize(wide);
  await button("Remove them").click();
  await until(() => banner().count(), (n) => n === 0);
  await menu("Signals");
  const left = await until(() => rows().count(), (n) => n === 0);
  await page.reload();
  await page.getByRole("heading", { name: "Signals", level: 1 }).waitFor();
  return first(left, expect((await banner().count()) + (await rows().count()) === 0, "demo signals after a reload"));
});

await check("no page complained, and the policy refused nothing", () => expect(complaints.length + refusals.length === 0, [...complaints, ...refusals]));
await browser.close();
