// The chart page's script: paints empty charts, asks for candles, draws them, keeps the price moving, and
// misbehaves as the page's configuration says.
import { Widget } from "./widget.js";
import { containers } from "./layout.js";
import { namer } from "./names.js";
import { Words } from "./words.js";
import { api, keepPicture, stub } from "./api.js";
import { watchPointer } from "./pointer.js";
import { cover } from "./covers.js";
import { change } from "./legend.js";
import { bend } from "./bend.js";
import { attack } from "./hostile.js";
import { crash, freeze } from "./ruin.js";

const config = JSON.parse(document.getElementById("page-config").textContent);
const faults = new Set(config.faults);
const page = {
  look: config.look,
  faults,
  words: new Words(config.look.language),
  mark: namer(config.look.names),
  servedStatus: ["delayed", "delayed_streaming", "endofday", "snapshot"].find((status) => faults.has(status)) ?? "realtime",
  delayed: faults.has("delayed") || faults.has("delayed_streaming"),
  lingering: true, // legends say that they load, even for a while after all is done
  modulesPending: true, // of the studies
  madeAPI: (api) => api, // what a hostile page makes of it
  cover: null, // the ribbon of what lies over a chart
};
page.widgets = containers(config.look.layout).map((container) => new Widget(page, container, {
  selected: faults.has("selected"), studyFails: faults.has("study-fails"), compares: faults.has("compares"),
  stepping: faults.has("steps"), scrolled: scrolledTo(),
}));
const [main, ...others] = page.widgets;

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const firstLoader = faults.has("late-loaders") ? 700 : 300; // ms after the first paint
const notYetServed = 200; // ms until a chart that gets no candles says so

start();

async function start() {
  for (const fault of faults) if (fault.startsWith("bend-")) bend(fault.slice("bend-".length), page);
  for (const widget of page.widgets) {
    widget.say(config.saved, config.asked);
    widget.legend.refresh();
  }
  nameToolbar();
  if (faults.has("stub-api") || faults.has("late-api")) window.TradingViewApi = stub;
  else if (!faults.has("no-api")) window.TradingViewApi = page.madeAPI(api(page));
  document.getElementById("loading-indicator").remove();
  if (config.look.panels) openPanels();
  if (faults.has("hostile")) attack(config.canary);
  if (faults.has("limited-frames")) frameTheLimited();
  if (faults.has("crash")) crash();
  setTimeout(showLoaders, firstLoader);
  if (config.failure && !faults.has("others-fail")) {
    await pause(notYetServed);
    return fail(...config.failure.split(" "));
  }
  if (!config.data_url) return; // no data ever come; the loaders keep turning

  const answer = await fetch(config.data_url); // on its way since the head of the page
  if (answer.status === 404) return fail("noSymbol", "invalid");
  if (!answer.ok) return; // the loaders keep turning, as they do if the real site's data fail
  const data = await answer.json();
  page.cover = data.cover;
  watchPointer(page, data.cover);
  if (faults.has("late-api")) window.TradingViewApi = page.madeAPI(api(page));
  await paintAll(data);
  for (const kind of config.covers ?? []) cover(kind, data.cover, faults.has("stuck"));
  keepPriceMoving(data.frames.at(-1));
  startClock();
  ready();
  if (faults.has("alert-box")) alert("Your session was opened elsewhere");
  if (faults.has("freeze")) freeze();
}

// paintAll paints the frames one after the other, and the layout's other charts beside them.
async function paintAll({ frames, others: further }) {
  const asked = { ...config.asked, title: frames.at(-1).title };
  for (const [i, frame] of frames.entries()) {
    frame.bars ??= frames[i - 1].bars;
    page.modulesPending = faults.has("modules-pending") && frame.draw.flaw === "late";
    await main.show(frame, asked);
    nameToolbar();
    await showOthers(frame.draw.flaw, further);
    stopSpinners();
    if (i === 0) keepPicture(page);
    if (frame.stands_ms > 0) await pause(frame.stands_ms);
  }
}

// showOthers paints the other charts. If the first one is alone, they wait for their data, or for their
// studies.
async function showOthers(flaw, frames) {
  if (faults.has("others-fail")) return others.forEach((widget) => widget.status === "loading" && widget.fail(...config.failure.split(" ")));
  for (const [i, widget] of others.entries()) {
    const waits = flaw === "alone" && !faults.has("others-study");
    const late = flaw === "late" || flaw === "alone";
    if (!waits) await widget.show({ ...frames[i], draw: { flaw: late ? "late" : "" } }, frames[i]);
  }
}

function nameToolbar() {
  const { named } = main;
  const ticker = document.querySelector("#header-toolbar-symbol-search .js-button-text");
  if (!ticker) return;
  ticker.textContent = named.ticker;
  const interval = document.querySelector("#header-toolbar-intervals button");
  interval.firstChild.textContent = named.short_interval;
  interval.ariaLabel = page.words.span(named.interval);
}

function scrolledTo() {
  if (faults.has("scrolled-back")) return { from: 20, to: 140 };
  return faults.has("scrolled-away") ? { from: -400, to: -200 } : null;
}

function fail(words, status) {
  main.fail(words, status);
  page.lingering = false;
  stopSpinners();
  ready();
}

// showLoaders shows what turns and blinks while a page loads, later than its first paint.
function showLoaders() {
  if (!page.lingering || faults.has("no-loaders")) return;
  for (const widget of page.widgets) {
    widget.legend.dots = true;
    widget.legend.refresh();
    if (widget.chart.data) continue;
    const screen = Object.assign(document.createElement("div"), { className: "loader-screen" });
    screen.dataset.role = "spinner";
    screen.append(Object.assign(document.createElement("div"), { className: "tv-spinner tv-spinner--shown" }));
    widget.container.append(screen);
  }
}

function stopSpinners() {
  for (const widget of page.widgets) {
    if (widget.chart.data || !page.lingering) widget.container.querySelector(":scope > .loader-screen:not(.veiled)")?.remove();
  }
}

// ready raises the flags that tests and benchmarks of the floor wait for: data and studies are there
// and painted, even if loaders are shown. The real page has none, so product code must not look at them.
function ready() {
  document.documentElement.dataset.ready = "true";
  window.__ready = true;
  setTimeout(() => {
    page.lingering = false;
    for (const { legend } of page.widgets) {
      legend.loading = false;
      legend.refresh();
    }
    document.documentElement.dataset.rested = "true";
  }, 400 + Math.random() * 400);
}

// keepPriceMoving follows the open bar over a connection that stays open, so the network is never
// idle. The browser connects again by itself.
function keepPriceMoving(frame) {
  const live = new EventSource("/data/live?" + new URLSearchParams({
    chart_id: config.chart_id, symbol: frame.symbol, interval: frame.interval,
  }));
  const { bars } = main.chart.data;
  const show = () => {
    document.title = `${frame.ticker} ${bars.at(-1).close.toFixed(frame.decimals)} ${change(bars, bars.length - 1)} ${frame.title}`;
  };
  show();
  live.onmessage = (event) => {
    main.chart.update(JSON.parse(event.data));
    main.legend.refresh();
    show();
  };
}

// openPanels puts on the chart what its traders see there.
function openPanels() {
  const put = (className, text, style = {}) => {
    const element = Object.assign(document.createElement("div"), { className, textContent: text });
    Object.assign(element.style, style);
    main.container.append(element);
    return element;
  };
  const buttons = put("buttons", "");
  for (const text of ["97,401.20 SELL", "97,403.80 BUY"]) buttons.append(Object.assign(document.createElement("button"), { textContent: text }));
  put("alert-line", "BTCUSDT crossing 98,000");
  for (const left of ["30%", "62%"]) put("mark", "N", { left });
}

// frameTheLimited adds frames whose answers ask for a wait of a day.
function frameTheLimited() {
  for (let i = 0; i < 3; i++) document.body.append(Object.assign(document.createElement("iframe"), { src: "/_site/limited", hidden: true }));
}

function startClock() {
  const clock = document.getElementById("clock");
  if (!clock) return;
  const show = () => { clock.textContent = new Date().toISOString().slice(11, 19) + " (UTC)"; };
  show();
  setInterval(show, 1000);
}

addEventListener("keydown", (event) => {
  if (event.altKey && event.code === "KeyR") main.chart.resetScale();
  if (event.shiftKey && event.code === "ArrowRight") main.chart.scrollToLastBar();
});
