// The chart page's script: asks for candles, draws them, keeps the price moving, and misbehaves
// where the page's configuration names a fault.
import { Chart } from "./drawing.js";
import { Legend } from "./legend.js";
import { cover } from "./covers.js";
import { attack } from "./hostile.js";
import { crash, freeze } from "./ruin.js";

const config = JSON.parse(document.getElementById("page-config").textContent);
const faults = new Set(config.faults);
const chart = new Chart(document.getElementById("chart"));
chart.stepping = faults.has("steps");
const legend = new Legend(document, chart);
const beside = faults.has("pair") ? secondChart() : null;
let formerPicture = null; // the canvas of a frame that was painted over, or of a picture taken before

start();

async function start() {
  if (!faults.has("no-api")) window.TradingViewApi = api();
  if (faults.has("hostile")) attack(config.canary);
  if (faults.has("crash")) crash();
  if (!config.data_url) return; // no data ever come; the loader turns on

  const answer = await fetch(config.data_url); // on its way since the head of the page
  if (answer.status === 404) {
    document.getElementById("no-symbol").hidden = false;
    stopLoading();
    return ready();
  }
  if (!answer.ok) return; // the loader turns on, as it does when the real site's data fail
  const data = await answer.json();
  if (data.first) await showFirst(data.first, data.first_ms);
  await show(data);
  if (beside) await showBeside(data);
  for (const kind of config.covers ?? []) cover(kind, data.cover, faults.has("stuck"));
  stopLoading();
  keepPriceMoving(data);
  startClock();
  ready();
  if (faults.has("alert-box")) alert("Your session was opened elsewhere");
  if (faults.has("freeze")) freeze();
}

// showFirst paints the frame that will be painted over. Where it stands for a while, everyone sees
// it; where it does not, the loader is over it all the time.
async function showFirst(frame, milliseconds) {
  await show(frame);
  formerPicture = chart.screenshot((context) => legend.paint(context));
  if (milliseconds === 0) return;
  stopLoading();
  await new Promise((done) => setTimeout(done, milliseconds));
}

async function show(frame) {
  chart.draw(frame);
  await painted();
  chart.markUp();
  legend.show(frame);
}

// secondChart puts a narrow chart beside the one that symbol and interval are asked of.
function secondChart() {
  const container = Object.assign(document.createElement("div"), { className: "chart-container beside" });
  container.append(Object.assign(document.createElement("div"), { id: "beside" }));
  document.querySelector(".layout").classList.add("pair");
  document.querySelector(".chart-container").after(container);
  return new Chart(container.firstElementChild);
}

// showBeside paints the second chart, without a ribbon: the first one's tells of both.
async function showBeside(frame) {
  beside.draw({ ...frame, ribbon: { ...frame.ribbon, colors: [] } });
  await painted();
  beside.markUp();
}

// painted resolves once what was drawn has reached the screen: the frame that paints it has begun,
// and the one after it too.
function painted() {
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}

function stopLoading() {
  document.getElementById("chart-loading")?.remove();
}

// ready raises the flags that tests and benchmarks of the floor wait for. The real page has none,
// so product code must not look at them.
function ready() {
  document.documentElement.dataset.ready = "true";
  window.__ready = true;
}

// api is the part of the real page's window.TradingViewApi that is known to be of use. All of it
// is undocumented there and may vanish.
function api() {
  const ahead = faults.has("api-ahead"); // names what was asked before it is painted
  const named = {
    symbol: () => (ahead ? config.asked_symbol : chart.data?.symbol ?? config.symbol),
    resolution: () => (ahead ? config.asked_interval : chart.data?.interval ?? config.interval),
  };
  const active = {
    ...(faults.has("no-names") ? {} : named),
    dataReady: (then) => {
      if (!chart.data || (ahead && chart.flaw === "stale" && !faults.has("api-ready"))) return false;
      then?.();
      return true;
    },
  };
  const tv = { activeChart: () => active, _activeChartWidgetWV: { value: () => active } };
  if (!faults.has("no-screenshot")) tv.takeClientScreenshot = takeClientScreenshot;
  return tv;
}

// takeClientScreenshot gives a canvas of the chart area alone: no toolbars, and nothing that lies
// over the chart.
async function takeClientScreenshot() {
  if (faults.has("screenshot-throws")) throw new Error("the screenshot failed");
  if (faults.has("screenshot-never")) return new Promise(() => {});
  if (faults.has("screenshot-stale")) return formerPicture;
  if (faults.has("screenshot-null")) return null;
  if (faults.has("screenshot-kept") && formerPicture) return formerPicture;
  const canvas = formerPicture = chart.screenshot((context) => legend.paint(context));
  if (faults.has("screenshot-empty")) canvas.width = canvas.width; // setting a canvas's size empties it
  return faults.has("screenshot-tiny") ? thumbnail(canvas) : canvas;
}

function thumbnail(canvas) {
  const small = Object.assign(document.createElement("canvas"), { width: 40, height: 30 });
  small.getContext("2d").drawImage(canvas, 0, 0, small.width, small.height);
  return small;
}

// keepPriceMoving follows the open bar over a connection that stays open, so the network is never
// idle. The browser connects again by itself.
function keepPriceMoving(data) {
  const live = new EventSource("/data/live?" + new URLSearchParams({
    chart_id: config.chart_id, symbol: data.symbol, interval: data.interval,
  }));
  live.onmessage = (event) => {
    chart.update(JSON.parse(event.data));
    legend.refresh();
  };
}

function startClock() {
  const clock = document.getElementById("clock");
  const show = () => { clock.textContent = new Date().toISOString().slice(11, 19) + " (UTC)"; };
  show();
  setInterval(show, 1000);
}

addEventListener("keydown", (event) => {
  if (event.altKey && event.code === "KeyR") chart.resetScale();
  if (event.shiftKey && event.code === "ArrowRight") chart.scrollToLastBar();
});
