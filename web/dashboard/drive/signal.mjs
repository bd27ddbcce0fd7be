// A signal's page, channels, and what is done with many signals at once.
import { readFile } from "node:fs/promises";

import { check, expect, first, pageTools, until } from "./kit.mjs";

/** signal tries everything that a signal's page shows and takes. */
export async function signal(page, told, send, picture) {
  const { button, menu, list, visit, dialog, note, closeDialog } = pageTools(page);

  await check("a signal shows its picture and what was verified of it", async () => {
    await visit(`${told.app}?ticker=${encodeURIComponent("BINANCE:BTCUSDT")}`);
    await list().focus();
    await page.keyboard.press("Enter");
    await dialog().getByText("What was verified").waitFor();
    await dialog().getByText("your own chart").waitFor();
    const shown = dialog().locator("figure img");
    return until(() => shown.evaluate((image) => image.naturalWidth), (width) => width > 1000);
  });
  await picture("signal");

  await check("a picture is zoomed to 800 % by keys, by pinching and by the wheel, and moved", async () => {
    const box = dialog().getByRole("group", { name: /^Picture/ });
    const zoom = () => dialog().getByText(/^\d+%$/).innerText();
    await box.focus();
    for (let i = 0; i < 6; i++) await page.keyboard.press("+");
    const most = await until(zoom, (seen) => seen === "800%");
    const area = await box.boundingBox();
    const before = await box.evaluate((element) => element.scrollLeft);
    await page.mouse.move(area.x + 300, area.y + 200);
    await page.mouse.down();
    await page.mouse.move(area.x + 100, area.y + 150, { steps: 4 });
    await page.mouse.up();
    const moved = await until(() => box.evaluate((element) => element.scrollLeft), (left) => Math.abs(left - before - 200) < 3);
    await page.keyboard.press("0");
    const fits = await until(zoom, (seen) => seen === "100%");
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -140);
    await page.keyboard.up("Control");
    const wheeled = await until(zoom, (seen) => seen === "201%");
    const touch = await page.context().newCDPSession(page);
    const points = (gap) => [-gap, gap].map((dx, id) => ({ x: area.x + 300 + dx, y: area.y + 200, id }));
    await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: points(50) });
    await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: points(75) });
    await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: points(100) });
    await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await touch.detach();
    const pinched = await until(zoom, (seen) => Number.parseInt(seen) > 350 && Number.parseInt(seen) < 450);
    await box.focus();
    await page.keyboard.press("0");
    return first(most, moved, fits, wheeled, pinched);
  });

  await check("a picture can be downloaded", async () => {
    const address = await dialog().getByRole("link", { name: "Download" }).getAttribute("href");
    const answer = await fetch(address);
    return expect(answer.ok && answer.headers.get("content-type") === "image/png", answer.status);
  });

  await check("how the signal arrived and whom it was told to is shown", async () => {
    await dialog().getByText("stored as a signal").first().waitFor();
    await dialog().getByText("Inbox", { exact: true }).waitFor();
    return until(() => dialog().getByText("sent", { exact: true }).count(), (n) => n > 0);
  });

  await check("a mark in an open signal is undone by a click", async () => {
    const skipped = (pressed) => dialog().getByRole("button", { name: "skipped", exact: true, pressed });
    await skipped(false).click();
    await skipped(true).waitFor();
    await button("Undo", dialog()).click();
    await skipped(false).waitFor();
  });

  await check("what is being typed stays while the signal changes in another tab", async () => {
    const other = await page.context().newPage();
    await other.goto(page.url());
    const there = pageTools(other).dialog();
    const stop = dialog().getByLabel("Stop price");
    await stop.fill("66");
    for (const result of ["win", "pending"]) {
      await there.getByRole("button", { name: result, exact: true }).click();
      await dialog().getByRole("button", { name: result, exact: true, pressed: true }).waitFor();
    }
    await page.keyboard.type("000");
    const typed = await stop.inputValue();
    await other.close();
    return expect(typed === "66000", typed);
  });

  await check("stop, risk and the end of the trade are kept", async () => {
    await dialog().getByLabel("Stop price").fill("67000");
    await dialog().getByLabel("Stop price").blur();
    await until(() => dialog().getByLabel("Stop price").inputValue(), (value) => value === "67000");
    await dialog().getByLabel("Amount at risk").fill("25,5");
    await dialog().getByLabel("Amount at risk").blur();
    await until(() => dialog().getByLabel("Amount at risk").inputValue(), (value) => value === "25.5");
    await dialog().getByLabel("Closed at").fill("2030-01-02T03:04:05");
    await dialog().getByLabel("Closed at").blur();
    await page.waitForResponse((response) => response.request().method() === "PATCH" && response.request().postData().includes("closed_at"));
    await page.reload();
    const values = () => Promise.all(["Stop price", "Amount at risk", "Closed at"].map((label) => dialog().getByLabel(label).inputValue()));
    return until(values, (seen) => seen.join() === "67000,25.5,2030-01-02T03:04:05");
  });
  await closeDialog();

  await check("a name is taught from a signal, and the next alert is read by it", async () => {
    await send({ zz: "NASDAQ:TSLA", last_px: 7.25 });
    await visit(`${told.app}?ticker=none`);
    await list().focus();
    await page.keyboard.press("Enter");
    await button("Teach a name", dialog()).click();
    await dialog().getByLabel("Name in the message").selectOption("zz");
    await dialog().getByLabel("Field").selectOption("ticker");
    await dialog().getByRole("cell", { name: "NASDAQ:TSLA" }).waitFor();
    await picture("teach");
    await button("Teach it", dialog()).click();
    await note(/^Learned: zz/);
    await closeDialog();
    await send({ zz: "NASDAQ:TSLA", last_px: 8.5 });
    await visit(`${told.app}?ticker=${encodeURIComponent("NASDAQ:TSLA")}`);
    await menu("Settings");
    await page.getByRole("button", { name: "Forget the name zz" }).click();
    await note("Saved.");
    return expect((await page.getByRole("button", { name: "Forget the name zz" }).count()) === 0, "the name is still there");
  });
}

/** many tries edits of many signals, views, periods and files. */
export async function many(page, told, send, picture) {
  const { button, list, rows, dialog, visit, note, closeDialog } = pageTools(page);
  const squeeze = `${told.app}?indicator=Squeeze`;
  const marked = (text) => rows().getByText(text, { exact: true }).count();
  const bar = () => page.getByRole("region", { name: "Selected signals" });
  const show = async (address) => {
    await visit(address);
    await list().focus();
  };

  await check("a range is selected by keys and marked as one, and that is undone", async () => {
    await show(squeeze);
    const before = await marked("loss");
    for (const key of ["x", "j", "j", "Shift+X"]) await page.keyboard.press(key);
    await bar().getByText("3 selected").waitFor();
    await picture("bulk");
    await button("loss", bar()).click();
    await note("Changed: 3.");
    const all = await until(() => marked("loss"), (n) => n >= 3);
    await list().focus();
    await page.keyboard.press("u");
    await note("Undone.");
    return first(all, await until(() => marked("loss"), (n) => n === before));
  });

  await check("signals are selected by clicks, tagged, and the tags taken away", async () => {
    await show(squeeze);
    await rows().nth(0).getByRole("checkbox").click();
    await rows().nth(2).getByRole("checkbox").click({ modifiers: ["Shift"] });
    await bar().getByText("3 selected").waitFor();
    await button("Tags", bar()).click();
    await dialog().getByRole("textbox").fill("morning, A+");
    await button("Add", dialog()).click();
    await note("Changed: 3.");
    const there = await until(() => rows().getByText("morning", { exact: true }).count(), (n) => n === 3);
    await rows().nth(0).getByRole("checkbox").click();
    await rows().nth(2).getByRole("checkbox").click({ modifiers: ["Shift"] });
    await button("Tags", bar()).click();
    await dialog().getByRole("textbox").fill("morning");
    await button("Remove", dialog()).click();
    return first(there, await until(() => rows().getByText("morning", { exact: true }).count(), (n) => n === 0));
  });

  await check("all of a filter are marked, unless their number has changed meanwhile", async () => {
    await show(squeeze);
    await page.keyboard.press("x");
    await bar().getByRole("button", { name: /^Select all 11/ }).click();
    await send({ ticker: "NASDAQ:AAPL", price: 1, direction: "LONG", indicator: "Squeeze", interval: "15" });
    await button("win", bar()).click();
    await note(/has changed meanwhile/);
    await page.getByText("12 signals", { exact: true }).waitFor(); // the list was read again
    await list().focus();
    await page.keyboard.press("Escape");
    await page.keyboard.press("x");
    await bar().getByRole("button", { name: /^Select all 12/ }).click();
    await button("win", bar()).click();
    await note("Changed: 12.");
    const visible = await rows().count();
    return until(() => marked("win"), (n) => n === visible);
  });

  await check("signals are deleted together", async () => {
    await show(`${told.app}?ticker=${encodeURIComponent("NASDAQ:TSLA")}`);
    await page.keyboard.press("x");
    await button("Delete", bar()).click();
    await button("Delete", dialog()).click();
    await note("Deleted: 1.");
    await page.getByText("No signal matches these filters.").waitFor();
  });

  await check("filters are kept as a view and found again", async () => {
    await show(squeeze);
    await button("Views").click();
    await dialog().getByLabel("Name of the view").fill("My squeezes");
    await button("Save this view", dialog()).click();
    await show(told.app);
    await button("Views").click();
    await button("My squeezes", dialog()).click();
    await page.getByRole("button", { name: "Remove the filter Indicator: Squeeze" }).waitFor();
    await button("Views").click();
    await page.getByRole("button", { name: "Forget the view My squeezes" }).click();
    await closeDialog();
  });

  await check("a period narrows the list", async () => {
    await page.goto(`${told.app}?from=2020-01-01&to=2020-01-02`);
    await page.getByText("No signal matches these filters.").waitFor();
    await page.getByLabel("Period").selectOption("last7"); // not today, which may begin while this runs
    await rows().first().waitFor();
    return expect(/[?&]from=(?!2020)\d{4}-\d\d-\d\d/.test(page.url()), page.url());
  });

  await check("trades are written for a journal, and what is none is counted", async () => {
    await show(`${told.app}?ticker=${encodeURIComponent("BINANCE:BTCUSDT")}`);
    await button("Export").click();
    await dialog().getByRole("radio", { name: /^TradeTally/ }).check();
    await dialog().getByLabel("Quantity of each trade").fill("2");
    const download = page.waitForEvent("download");
    await button("Download", dialog()).click();
    const text = await readFile(await (await download).path(), "utf8");
    await note(/^Trades written: \d+\. Signals left out: \d+\.$/);
    return expect(text.startsWith("Symbol,Quantity"), text.slice(0, 80));
  });

  await check("the filtered signals are written to a file", async () => {
    await show(squeeze);
    await button("Export").click();
    const download = page.waitForEvent("download");
    await button("Download", dialog()).click();
    const file = await download;
    const text = await readFile(await file.path(), "utf8");
    const lines = text.trimEnd().split("\r\n");
    return first(expect(/^atalaya-signals-\d{4}-\d\d-\d\d\.csv$/.test(file.suggestedFilename()), file.suggestedFilename()), expect(lines.length === 13 && lines[0].includes("ticker"), lines.length));
  });
}
