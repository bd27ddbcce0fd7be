// What a new user does on the first day: sign in, follow the first steps, mark, look at the result.
import { check, expect, first, newContext, pageTools, until } from "./kit.mjs";

export const hostile = "<img src=x onerror=window.__hit=1>";

/** story leaves the page signed in, with signals of every kind. It returns what sends an alert. */
export async function story(browser, page, told, picture) {
  const { button, menu, list, rows, dialog, note, closeDialog, toggle, arrived } = pageTools(page);
  let webhook = "";
  const send = async (body) => (await fetch(webhook, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) })).status;
  const marked = (text) => rows().getByText(text, { exact: true }).count();

  await check("a sign-in link opens the page, and its code leaves the address", async () => {
    await page.goto(told.link);
    await page.getByRole("heading", { name: "Signals" }).waitFor();
    return expect(!page.url().includes("code"), page.url());
  });

  await check("a sign-in link works once", async () => {
    const context = await newContext(browser);
    const other = await context.newPage();
    await other.goto(told.link);
    await other.getByRole("alert").waitFor();
    const text = await other.getByRole("alert").innerText();
    await context.close();
    return expect(/used already/.test(text), text);
  });

  await check("an empty list leads to the first steps, which show the webhook's URL", async () => {
    await button("Get started").click();
    await page.getByRole("heading", { name: "Get started" }).waitFor();
    await button("Show").click();
    webhook = await page.getByTestId("webhook-url").innerText();
    await button("Copy").click();
    await note("Copied.");
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    await button("Hide").click(); // no picture shows it
    return first(expect(/\/webhook\/[0-9a-f]{64}$/.test(webhook), webhook.length), expect(copied === webhook, copied.length));
  });

  await check("a test alert is followed live to its picture", async () => {
    await button("Send").click();
    await page.locator("[data-stage]").first().waitFor();
    await page.locator("[data-stage=done]").getByText("The picture is verified").waitFor();
    const shown = page.getByRole("main").locator("figure img");
    const wide = await until(() => shown.evaluate((image) => image.naturalWidth), (width) => width > 1000);
    const stages = await page.locator("[data-stage=done]").count();
    return first(wide, expect(stages === 4, stages));
  });
  await picture("start");

  await check("a test alert that gets no picture says why, and where that is mended", async () => {
    await menu("Settings");
    await toggle("Take pictures");
    await page.goto(`${told.app}start`);
    await page.getByText("Send a test alert").click();
    await button("Send").click();
    await page.getByText("Captures are switched off in your settings.").waitFor();
    await page.getByRole("link", { name: "Fix it" }).click();
    await toggle("Take pictures");
  });

  await check("the first steps can be hidden and found again", async () => {
    await page.goto(`${told.app}start`);
    await button("Hide these steps").click();
    const link = page.getByRole("navigation").getByRole("link", { name: /Get started/ });
    const hidden = await until(() => link.count(), (n) => n === 0);
    await menu("Settings");
    await toggle("First steps in the menu");
    await link.waitFor();
    return hidden;
  });

  await check("an alert appears as a new one, and its picture follows by itself", async () => {
    await menu("Signals");
    await rows().first().waitFor();
    const before = await rows().count();
    const status = await send({ ticker: "BINANCE:BTCUSDT", price: 67890.5, direction: "LONG", indicator: "Trend", interval: "60" });
    if (status !== 200) return `the webhook answered ${status}`;
    await button("1 new").waitFor();
    const stays = await rows().count();
    const more = first(expect(stays === before, "the list moved by itself"), await arrived("BINANCE:BTCUSDT"), await until(() => rows().count(), (n) => n === before + 1));
    return more || until(() => rows().first().locator("img").count(), (n) => n === 1);
  });

  await check("more alerts arrive, one of them hostile and one that is refused", async () => {
    for (let i = 0; i < 11; i++) {
      const [ticker, price] = [["NASDAQ:AAPL", 250.1], ["FX:EURUSD", 1.0845], ["BINANCE:ETHUSDT", 3120.25]][i % 3];
      await send({ ticker, price: price + i / 100, direction: i % 2 ? "SHORT" : "LONG", indicator: "Squeeze", interval: "15" });
    }
    await send({ ticker: "NYSE:GE", price: 7, direction: "LONG", indicator: hostile, signal_type: hostile, note: hostile });
    await menu("Settings");
    await toggle("Take alerts");
    const refused = await send({ ticker: "NYSE:KO", price: 71.2, direction: "LONG", note: hostile });
    await toggle("Take alerts");
    return expect(refused === 403, refused);
  });

  await check("signals are marked by keyboard alone, and a mark is undone", async () => {
    await menu("Signals"); // which reads what arrived meanwhile
    await until(() => rows().count(), (n) => n >= 8);
    await arrived("NYSE:GE");
    await list().focus();
    for (const key of ["w", "j", "l", "j", "b", "j", "w", "j", "w"]) await page.keyboard.press(key);
    const all = await until(async () => [await marked("win"), await marked("loss"), await marked("breakeven")].join(), (seen) => seen === "3,1,1");
    if (all) return all;
    await page.keyboard.press("u");
    return until(() => marked("win"), (n) => n === 2);
  });

  await check("a letter typed into the search marks nothing", async () => {
    await page.keyboard.press("/");
    await page.keyboard.type("wlb");
    const typed = await page.getByRole("searchbox").inputValue();
    const wins = await marked("win"); // a mark shows at once
    await page.getByRole("searchbox").fill("");
    return expect(typed === "wlb" && wins === 2, [typed, wins]);
  });

  await check("letters do nothing where they are switched off", async () => {
    await menu("Settings");
    await toggle("Marking by keyboard");
    await menu("Signals");
    await list().focus();
    await page.keyboard.press("j");
    await page.keyboard.press("ArrowDown");
    const moved = await list().getAttribute("aria-activedescendant");
    await menu("Settings");
    await toggle("Marking by keyboard");
    await menu("Signals");
    return expect(moved === "signal-1", moved);
  });

  await check("a mark and an amount reach the statistics", async () => {
    await list().focus();
    await page.keyboard.press("p"); // of the first row, a win
    await dialog().getByRole("textbox").fill("12.50");
    await page.keyboard.press("Enter");
    await menu("Statistics");
    await page.getByText(/^4 of 1\d decided$/).waitFor();
    await page.getByText("+12.50").first().waitFor();
  });

  await check("the unit and the start balance of the settings are shown", async () => {
    await menu("Settings");
    await page.getByLabel("Unit of P&L").fill("USD");
    await page.getByLabel("Start balance").fill("1000");
    await page.getByLabel("Start balance").blur();
    await menu("Statistics");
    await page.getByText("+12.50 USD").first().waitFor();
  });

  await check("statistics are compared by group, and a group leads to its signals", async () => {
    await page.getByLabel("Group by").selectOption("direction");
    await page.getByRole("link", { name: "SHORT", exact: true }).click();
    await page.getByRole("heading", { name: "Signals" }).waitFor();
    const drop = page.getByRole("button", { name: "Remove the filter Direction: SHORT" });
    await drop.waitFor();
    const few = await until(() => rows().count(), (n) => n > 0 && n < 7);
    const others = await rows().getByText("LONG", { exact: true }).count();
    await drop.click();
    return first(few, expect(others === 0, others), await until(() => rows().count(), (n) => n > 7));
  });

  await check("a sum and a mean lead to the signals that they count", async () => {
    await menu("Statistics");
    await page.getByRole("link", { name: "+12.50 USD", exact: true }).first().click(); // the total
    await page.getByRole("button", { name: "Remove the filter Counted: decided" }).waitFor();
    const decided = await until(() => rows().count(), (n) => n === 4);
    await menu("Statistics");
    await page.getByRole("link", { name: /^3 decided without an amount/ }).click();
    await page.getByRole("button", { name: /Counted: decided, without an amount/ }).waitFor();
    return first(decided, await until(() => rows().count(), (n) => n === 3));
  });

  await check("a streak and a point of equity lead to what they count", async () => {
    await menu("Statistics");
    const streak = page.getByRole("link", { name: /^\d+ (wins?|loss(es)?)$/ });
    const kinds = await until(() => page.locator('a[href*="_streak"]').count(), (n) => n === 3);
    const counts = Number.parseInt(await page.locator('a[href*="longest_win_streak"]').innerText());
    await page.locator('a[href*="longest_win_streak"]').click();
    await button("Remove the filter Counted: longest winning streak").waitFor();
    const same = await until(() => rows().count(), (n) => n === counts);
    await menu("Statistics");
    await streak.first().waitFor();
    await page.getByRole("slider", { name: "Equity" }).focus();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await dialog().getByText("Original message").first().waitFor();
    await closeDialog();
    return first(kinds, same);
  });

  await check("a day of the calendar leads to its signals", async () => {
    await menu("Statistics");
    await page.getByRole("region", { name: /^Calendar/ }).getByRole("link", { name: /\+12\.50/ }).click();
    await page.getByRole("heading", { name: "Signals" }).waitFor();
    await page.getByRole("button", { name: /Day: \d{4}-\d\d-\d\d/ }).click();
  });

  await check("the browser itself tells of an alert that nobody looks at, once it was asked to", async () => {
    await page.evaluate(() => {
      window.__notices = [];
      window.Notification = class extends Notification {
        constructor(title, options) {
          super(title, options);
          window.__notices.push(title);
          this.addEventListener("show", () => this.close());
        }
      };
    });
    const look = (state) => page.evaluate((to) => Object.defineProperty(document, "visibilityState", { configurable: true, get: () => to }), state);
    await menu("Settings");
    const box = page.getByLabel("Notify me of new signals in this browser", { exact: true });
    const before = await box.isChecked();
    await toggle("Notify me of new signals in this browser");
    await menu("Signals");
    await look("hidden");
    await send({ ticker: "NYSE:PG", price: 160, direction: "LONG" });
    const told = await until(() => page.evaluate(() => window.__notices.join()), (titles) => titles === "NYSE:PG LONG");
    await look("visible");
    await send({ ticker: "NYSE:MCD", price: 290, direction: "LONG" });
    await button(/^2 new$/).click();
    const seen = await page.evaluate(() => window.__notices.length);
    await menu("Settings");
    await toggle("Notify me of new signals in this browser");
    return first(expect(!before, "on before it was asked for"), told, expect(seen === 1, seen));
  });

  await check("a replay of many says how many before it begins", async () => {
    await menu("Deliveries");
    await page.getByLabel("What became of it").selectOption("too_large");
    await page.getByText("Nothing that arrived fits these filters.").waitFor();
    await button("Replay the refused").click();
    await dialog().getByText("There is no refused alert here").waitFor();
    const none = await button("Replay", dialog()).isDisabled();
    await closeDialog();
    await page.getByLabel("What became of it").selectOption("disabled");
    await button("Replay the refused").click();
    await dialog().getByText("Make a signal of 1 alert").waitFor();
    await closeDialog();
    await page.getByLabel("What became of it").selectOption("all");
    return expect(none, "a replay of nothing is offered");
  });

  await check("whether the operator may read deliveries is the user's to say", async () => {
    await menu("Settings");
    const box = page.getByLabel("Let the operator read my deliveries");
    const before = await box.isChecked();
    await toggle("Let the operator read my deliveries");
    await page.reload();
    await box.waitFor();
    const after = await box.isChecked();
    await toggle("Let the operator read my deliveries");
    return expect(!before && after, [before, after]);
  });

  await check("a refused alert is replayed in three clicks", async () => {
    await menu("Deliveries"); // one
    await button("Replay").first().click(); // two
    await note("The alert is a signal now.");
    await menu("Signals"); // three
    return arrived("NYSE:KO");
  });

  await check("why a picture is missing is found in two clicks", async () => {
    await menu("Settings");
    await toggle("Take pictures");
    await send({ ticker: "NYSE:PEP", price: 150, direction: "SHORT" });
    await menu("Signals"); // one
    const there = await arrived("NYSE:PEP");
    await rows().first().getByRole("button", { name: "open the signal" }).click(); // two
    await dialog().getByText("Captures are switched off in your settings.").waitFor();
    await closeDialog();
    await menu("Settings");
    await toggle("Take pictures");
    return there;
  });
  return send;
}
