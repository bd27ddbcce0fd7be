// The chart page's script: asks for candles, draws them, keeps the price moving, and misbehaves
// where the page's configuration names a fault.
import { Chart } from "./drawing.js";
import { Legend } from "./legend.js";

const config = JSON.parse(document.getElementById("page-config").textContent);
const faults = new Set(config.faults);
const chart = new Chart(document.getElementById("chart"), { blank: faults.has("blank") });
const legend = new Legend(document, chart);

start();

async function start() {
  if (!faults.has("no-api")) window.TradingViewApi = api();
  if (faults.has("crash")) crash();
  if (faults.has("loading")) return; // no data ever come; the loader turns on

  const answer = await fetch("/data/chart?" + new URLSearchParams({
    chart_id: config.chart_id, symbol: config.asked_symbol, interval: config.asked_interval,
  }));
  if (answer.status === 404) {
    document.getElementById("no-symbol").hidden = false;
    stopLoading();
    return;
  }
  if (!answer.ok) return; // the loader turns on, as it does when the real site's data fail
  const data = await answer.json();
  chart.draw(data);
  await painted();
  chart.markUp();
  legend.show(data);
  if (faults.has("sign-in-dialog")) openSignIn();
  stopLoading();
  keepPriceMoving(data);
  startClock();
}

// painted resolves once what was drawn has reached the screen: the frame that paints it has begun,
// and the one after it too.
function painted() {
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}

function stopLoading() {
  document.getElementById("chart-loading").remove();
  // For benchmarks that need a floor. The real page has no such flag, so product code must not
  // look at it.
  document.documentElement.dataset.ready = "true";
}

// api is the part of the real page's window.TradingViewApi that is known to be of use. All of it
// is undocumented there and may vanish.
function api() {
  const active = {
    symbol: () => chart.data?.symbol ?? config.symbol,
    resolution: () => chart.data?.interval ?? config.interval,
    dataReady: (then) => {
      if (!chart.data) return false;
      then?.();
      return true;
    },
  };
  const tv = { activeChart: () => active, _activeChartWidgetWV: { value: () => active } };
  if (faults.has("no-screenshot")) return tv;
  tv.takeClientScreenshot = async () => {
    if (faults.has("screenshot-throws")) throw new Error("the screenshot failed");
    return chart.screenshot((context) => legend.paint(context));
  };
  return tv;
}

// keepPriceMoving follows the open bar over a connection that stays open, so the network is never
// idle. The browser connects again by itself.
function keepPriceMoving(data) {
  const live = new EventSource("/data/live?" + new URLSearchParams({ symbol: data.symbol, interval: data.interval }));
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

function openSignIn() {
  document.getElementById("overlap-manager-root").innerHTML =
    `<div class="veil"><div class="dialog" data-dialog-name="sign-in" role="dialog"><h2>Sign in</h2>
     <button>Google</button><button>Apple</button><button>Email</button></div></div>`;
}

// crash asks for the layout of 40,000 elements, each in the next: the engine lays them out by
// recursion, and its stack ends long before. Chains of 500 are joined because appending looks
// through all ancestors.
function crash() {
  const root = document.createElement("div");
  let innermost = root;
  for (let chain = 0; chain < 80; chain++) {
    const outer = document.createElement("div");
    let inner = outer;
    for (let i = 1; i < 500; i++) inner = inner.appendChild(document.createElement("div"));
    innermost.append(outer);
    innermost = inner;
  }
  document.body.append(root);
  root.getBoundingClientRect();
}

addEventListener("keydown", (event) => {
  if (event.altKey && event.code === "KeyR") chart.resetScale();
  if (event.shiftKey && event.code === "ArrowRight") chart.scrollToLastBar();
});
