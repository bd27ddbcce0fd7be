// What every part of the drive uses: checks, waiting, the browser, and what pages complained of.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

export let patience = 60_000; // milliseconds that anything may take

/** slacken makes waiting longer for a machine that is slower by so much, up to three times: something broken ends too. */
export function slacken(slack) {
  patience *= Math.min(slack, 3);
}

/** check runs one check and prints what it found. */
export async function check(name, act) {
  let problem = "";
  answers.length = 0;
  try {
    problem = (await act()) ?? "";
  } catch (error) {
    problem = String(error.message ?? error).replace(/\u001b\[\d+m/g, "").slice(0, 600);
  }
  if (problem) problem += await witness();
  console.log(JSON.stringify({ group: "dashboard", name, problem }));
}

const open = new Set(); // pages
const answers = []; // what the service has not answered well since the check began

/** witness tells what the open pages show, and which answers were none or errors. */
async function witness() {
  const shown = await Promise.all(
    [...open].map(async (page) => {
      const text = await Promise.race([page.evaluate(() => document.body.innerText), new Promise((late) => setTimeout(late, 5_000, "no answer"))]).catch(String);
      return `\n${page.url().split("#")[0]} shows: ${text.replace(/\s+/g, " ").slice(0, 400)}`;
    }),
  );
  return (shown.join("") + answers.slice(-10).map((answer) => `\n${answer}`).join("")).replace(/[0-9a-f]{64}/g, "…"); // a webhook's token
}

export const expect = (ok, seen) => (ok ? "" : `seen: ${JSON.stringify(seen)?.slice(0, 400)}`);

/** until asks again and again until the answer is good. */
export async function until(ask, good) {
  for (const deadline = Date.now() + patience; ; ) {
    const seen = await ask();
    if (good(seen)) return "";
    if (Date.now() > deadline) return expect(false, seen);
    await new Promise((next) => setTimeout(next, 50));
  }
}

/** first returns the first problem of several expectations. */
export const first = (...problems) => problems.find(Boolean) ?? "";

function browserPath() {
  const names = ["chromium", "chromium-headless-shell", "google-chrome", "google-chrome-stable"];
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/lib/chromium"];
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
  const path = process.env.PUPPETEER_EXECUTABLE_PATH || found;
  if (!path) throw new Error("no browser was found: scripts/install.sh test installs one");
  return path;
}

export const launch = () => chromium.launch({ executablePath: browserPath(), args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });

/** complaints are errors of scripts; refusals, what the content security policy refused. */
export const complaints = [];
export const refusals = [];

/** newContext is a browser's own session, whose pages are listened to. */
export async function newContext(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-US", ...options });
  context.setDefaultTimeout(patience);
  await context.exposeFunction("__refused", (text) => refusals.push(text));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => window.__refused(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
  });
  context.on("page", (page) => {
    open.add(page);
    page.on("close", () => open.delete(page));
    page.on("pageerror", (error) => complaints.push(String(error)));
  });
  context.on("response", (response) => response.ok() || answers.push(`${response.status()} ${response.url()}`));
  context.on("requestfailed", (request) => answers.push(`${request.failure()?.errorText} ${request.url()}`));
  return context;
}

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** findings are what axe finds on a page: by all of its rules, or by those that are named. */
export async function findings(page, rules) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  const { violations } = await page.evaluate((only) => globalThis.axe.run(document, { resultTypes: ["violations"], ...(only && { runOnly: only }) }), rules);
  return violations.map((found) => `${found.id}: ${found.nodes[0]?.html}`);
}

export const button = (within, name) => within.getByRole("button", { name, exact: true });
export const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true });

/** pageTools are the parts of the page that the checks speak of. */
export function pageTools(page) {
  const list = () => page.getByRole("grid");
  const dialog = () => page.getByRole("dialog").last();
  return {
    button: (name, within = page) => button(within, name),
    menu: (name) => page.getByRole("navigation").getByRole("link", { name, exact: true }).click(),
    list,
    rows: () => list().locator("[id^=signal-]"),
    dialog,
    /** arrived shows what came since the list was read, and waits for a text in its rows. Coming back to the list may have read it already. */
    arrived: (text) =>
      until(
        async () => {
          const news = page.getByRole("button", { name: /^\d+ new$/ });
          if (await news.count()) await news.click({ timeout: 1000 }).catch(() => {}); // it may be gone meanwhile
          return list().locator("[id^=signal-]").getByText(text).count();
        },
        (n) => n > 0,
      ),
    /** visit goes to a list within the page, without loading the page again, and waits for its signals. */
    visit: async (address) => {
      await page.evaluate((to) => history.pushState(null, "", to), address);
      await page.locator('[role="grid"][aria-busy="false"] [id^=signal-]').first().waitFor();
    },
    note: (text) => page.getByRole("status").getByText(text).first().waitFor(),
    closeDialog: async () => {
      const open = await page.getByRole("dialog").count();
      await page.keyboard.press("Escape");
      await until(() => page.getByRole("dialog").count(), (n) => n < open);
    },
    /** toggle presses a box of the settings and waits until the service has taken it. */
    toggle: async (label) => {
      const box = page.getByLabel(label, { exact: true });
      const before = await box.isChecked();
      await box.click();
      await until(() => box.isChecked(), (now) => now !== before);
    },
    /** loaded waits until nothing is loading any more, neither data nor a picture that is in sight. */
    loaded: () => {
      const shown = async () => {
        const inSight = [...document.images].filter((image) => image.getBoundingClientRect().top < innerHeight);
        await Promise.all(inSight.map((image) => image.complete && image.decode().catch(() => {})));
        return inSight.every((image) => image.complete);
      };
      return until(async () => (await page.getByText(/^(Loading|Cargando)…$/).count()) === 0 && (await page.evaluate(shown)), (done) => done);
    },
  };
}
