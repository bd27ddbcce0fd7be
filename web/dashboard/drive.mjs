// Drives the dashboard in a browser as its users do, and takes the pictures in docs. Reads addresses from
// standard input and prints a line of JSON for each check.
import { readFile, mkdir } from "node:fs/promises";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const told = JSON.parse(await new Response(process.stdin).text());
const patience = 60_000; // milliseconds that anything may take

async function check(name, act) {
  let problem = "";
  try {
    problem = (await act()) ?? "";
  } catch (error) {
    problem = String(error.message ?? error).replace(/\u001b\[\d+m/g, "").slice(0, 600);
  }
  console.log(JSON.stringify({ group: "dashboard", name, problem }));
}

const expect = (ok, seen) => (ok ? "" : `seen: ${JSON.stringify(seen)?.slice(0, 400)}`);

// until asks again and again until the answer is good.
async function until(ask, good) {
  for (const deadline = Date.now() + patience; ; ) {
    const seen = await ask();
    if (good(seen)) return "";
    if (Date.now() > deadline) return expect(false, seen);
    await new Promise((next) => setTimeout(next, 100));
  }
}

function browserPath() {
  const names = ["chromium", "chromium-headless-shell", "google-chrome", "google-chrome-stable"];
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/lib/chromium"];
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
  const path = process.env.PUPPETEER_EXECUTABLE_PATH || found;
  if (!path) throw new Error("no browser was found: scripts/install.sh test installs one");
  return path;
}

const browser = await chromium.launch({ executablePath: browserPath(), args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-US", permissions: ["clipboard-read", "clipboard-write"] });
context.setDefaultTimeout(patience);
const complaints = []; // of the pages: errors of scripts, and what the content security policy refused
await context.exposeFunction("__refused", (text) => complaints.push(text));
await context.addInitScript(() => {
  document.addEventListener("securitypolicyviolation", (event) => window.__refused(`refused by the policy: ${event.violatedDirective} ${event.blockedURI}`));
});
const page = await context.newPage();
page.on("pageerror", (error) => complaints.push(String(error)));
await mkdir(told.pictures, { recursive: true });
const picture = (name) => page.screenshot({ path: join(told.pictures, `${name}.png`), animations: "disabled" });

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
async function accessibility() {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations.map((found) => `${found.id}: ${found.nodes[0]?.html}`);
}

const button = (name, within = page) => within.getByRole("button", { name, exact: true });
const menu = async (name) => {
  await page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
};
const list = () => page.getByRole("grid");
const rows = () => list().getByRole("row");
const dialog = () => page.getByRole("dialog");
const closeDialog = async () => {
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
};
const idle = () => page.waitForLoadState("networkidle", { timeout: 1000 }).catch(() => {});

let webhook = "";
async function send(body) {
  const answer = await fetch(webhook, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });
  return answer.status;
}

await check("a sign-in link opens the page, and its code leaves the address", async () => {
  await page.goto(told.link);
  await page.getByRole("heading", { name: "Signals" }).waitFor();
  return expect(!page.url().includes("code"), page.url());
});

await check("a sign-in link works once", async () => {
  const other = await (await browser.newContext()).newPage();
  await other.goto(told.link);
  await other.getByRole("alert").waitFor({ timeout: patience });
  const text = await other.getByRole("alert").innerText();
  await other.context().close();
  return expect(/used already/.test(text), text);
});

await check("an empty list leads to the first steps", async () => {
  await button("Get started").click();
  await page.getByRole("heading", { name: "Get started" }).waitFor();
  await button("Show").click();
  webhook = await page.getByTestId("webhook-url").innerText();
  return expect(/\/webhook\/[0-9a-f]{64}$/.test(webhook), webhook.length);
});

await check("an alert appears as a new one, and its picture follows by itself", async () => {
  await menu("Signals");
  await page.getByText("No signals yet.").waitFor();
  const status = await send({ ticker: "BINANCE:BTCUSDT", price: 67890.5, direction: "LONG", indicator: "Trend", interval: "60" });
  if (status !== 200) return `the webhook answered ${status}`;
  await button("1 new").click();
  await rows().first().waitFor();
  return until(() => rows().first().locator("img").count(), (n) => n === 1);
});

await check("a signal shows its picture and what was verified of it", async () => {
  await list().focus();
  await page.keyboard.press("Enter");
  await dialog().getByText("What was verified").waitFor();
  const shown = dialog().locator("figure img");
  return until(() => shown.evaluate((image) => image.naturalWidth), (width) => width > 1000);
});
await picture("signal");
await closeDialog();

const hostile = `<img src=x onerror="alert(1)"> "quoted" & buy`;
await check("more alerts arrive, one of them hostile and one that is refused", async () => {
  for (let i = 0; i < 11; i++) {
    const [ticker, price] = [["NASDAQ:AAPL", 250.1], ["FX:EURUSD", 1.0845], ["BINANCE:ETHUSDT", 3120.25]][i % 3];
    await send({ ticker, price: price + i / 100, direction: i % 2 ? "SHORT" : "LONG", indicator: "Squeeze", interval: "15" });
  }
  await send(hostile);
  await menu("Settings");
  await page.getByLabel("Take alerts").click();
  await page.getByText("Saved.").waitFor();
  const refused = await send({ ticker: "NYSE:KO", price: 71.2, direction: "LONG" });
  await page.getByLabel("Take alerts").click();
  await until(() => page.getByLabel("Take alerts").isChecked(), (on) => on);
  return expect(refused === 403, refused);
});

await check("hostile text is shown literally", async () => {
  await menu("Signals");
  await button(/^\d+ new$/).click();
  await until(() => rows().count(), (n) => n >= 13);
  await list().focus();
  await page.keyboard.press("Enter");
  await dialog().getByText(hostile, { exact: false }).first().waitFor();
  await closeDialog();
  return expect((await page.locator('img[src="x"]').count()) === 0, "an image of the alert's own");
});

await check("signals are marked by keyboard alone, and a mark is undone", async () => {
  await list().focus();
  for (const key of ["w", "j", "l", "j", "b", "j", "w", "j", "w"]) await page.keyboard.press(key);
  const count = (text) => rows().getByText(text, { exact: true }).count();
  const marked = await until(async () => [await count("win"), await count("loss"), await count("breakeven")].join(), (seen) => seen === "3,1,1");
  if (marked) return marked;
  await page.keyboard.press("u");
  return until(() => count("win"), (n) => n === 2);
});

await check("a letter typed into the search marks nothing", async () => {
  await page.keyboard.press("/");
  await page.keyboard.type("wlb");
  await idle();
  const wins = await rows().getByText("win", { exact: true }).count();
  await page.getByRole("searchbox").fill("");
  return expect(wins === 2, wins);
});

await check("a mark and an amount reach the statistics", async () => {
  await list().focus();
  await page.keyboard.press("k"); // the mark before the one that was undone
  await page.keyboard.press("p");
  await dialog().getByRole("textbox").fill("12.50");
  await page.keyboard.press("Enter");
  await menu("Statistics");
  await page.getByText("4 of 13 decided").waitFor();
  await page.getByText("+12.50").first().waitFor();
});

await check("statistics are compared by group, and a group leads to its signals", async () => {
  await page.getByLabel("Group by").selectOption("direction");
  await page.getByRole("link", { name: "SHORT", exact: true }).click();
  await page.getByRole("heading", { name: "Signals" }).waitFor();
  await until(() => rows().count(), (n) => n > 0 && n < 13);
  const others = await rows().getByText("LONG", { exact: true }).count();
  await page.getByRole("button", { name: /direction: SHORT/ }).click();
  await until(() => rows().count(), (n) => n >= 12);
  return expect(others === 0, others);
});

await check("a day of the calendar leads to its signals", async () => {
  await menu("Statistics");
  await page.getByRole("link", { name: /\+12\.50/ }).click();
  await page.getByRole("heading", { name: "Signals" }).waitFor();
  await page.getByRole("button", { name: /day: \d{4}-\d\d-\d\d/ }).click();
});

await check("a refused alert is replayed in three clicks", async () => {
  await menu("Deliveries"); // one
  await button("Replay").first().click(); // two
  await page.getByText("The alert is a signal now.").waitFor();
  await menu("Signals");
  await button("1 new").click(); // three
  await page.getByText("NYSE:KO").first().waitFor();
});

await check("why a picture is missing is found in two clicks", async () => {
  await menu("Settings");
  await page.getByLabel("Take pictures").click();
  await page.getByText("Saved.").waitFor();
  await send({ ticker: "NYSE:PEP", price: 150, direction: "SHORT" });
  await menu("Signals");
  await button("1 new").click(); // one
  await rows().first().getByRole("button").first().click(); // two
  await dialog().getByText("Captures are switched off in your settings.").waitFor();
  await closeDialog();
});

await check("no token lies in a storage, an address or a readable cookie", async () => {
  const seen = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie + location.href);
  return expect(!/eyJ|atalaya=|code=/.test(seen), seen);
});

await check("a reload stays signed in, and signing out ends that", async () => {
  await page.reload();
  await page.getByRole("heading", { name: "Signals" }).waitFor();
});

const screens = { en: ["Signals", "Statistics", "Deliveries", "Connections", "Settings"], es: ["Señales", "Estadísticas", "Entregas", "Conexiones", "Ajustes"] };
for (const language of ["en", "es"]) {
  await menu(screens[language === "en" ? "en" : "en"][4]).catch(() => menu(screens.es[4]));
  await page.getByLabel(/^(Language|Idioma)$/).selectOption(language);
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1440, 360]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
      for (const [i, name] of screens[language].entries()) {
        await check(`${name}, ${colorScheme}, ${width} px: accessible, and nothing wider than the screen`, async () => {
          await menu(name);
          await page.getByRole("heading", { level: 1, name }).waitFor();
          await idle();
          if (language === "en") await picture(`${screens.en[i].toLowerCase()}-${colorScheme}-${width}`);
          const found = await accessibility();
          if (found.length) return expect(false, found);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          return expect(overflow <= 0, `${overflow} px too wide`);
        });
      }
    }
  }
}

await check("signing out ends the session", async () => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await button("Cerrar sesión").click();
  await page.getByRole("heading", { name: "Iniciar sesión" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Iniciar sesión" }).waitFor();
});

await check("no page complained, and the policy refused nothing", () => expect(complaints.length === 0, complaints));
await browser.close();
