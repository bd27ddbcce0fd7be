// The part of the real page's window.TradingViewApi that is known to be useful. It is undocumented there, and
// any of it may vanish; the page's faults make it do so.
import { picture, headed } from "./shot.js";

export function api(page) {
  const { faults } = page;
  const charts = page.widgets.map((widget) => chartApi(page, widget));
  const tv = {
    activeChart: () => charts[0],
    _activeChartWidgetWV: { value: () => charts[0] },
    closePopupsAndDialogs: () => document.querySelectorAll(".menu").forEach((menu) => menu.remove()), // menus alone
  };
  if (!faults.has("no-charts")) {
    tv.chartsCount = () => charts.length;
    tv.chart = (i = 0) => charts[i];
  }
  if (!faults.has("no-studies")) {
    tv.hasPendingStudiesModuleLoading = () => page.modulesPending;
    tv.deferredStudiesReady = () => !page.modulesPending;
  }
  if (!faults.has("no-statuses")) tv.chartWidgetCollectionSeriesStatuses = () => page.widgets.map((widget) => widget.statusText());
  if (!faults.has("no-screenshot")) tv.takeClientScreenshot = () => takeClientScreenshot(page);
  return tv;
}

function chartApi(page, widget) {
  const { faults } = page;
  const chart = {
    // Versions of 2026 return a promise if there is no callback; a promise has no value yet.
    dataReady: (then) => {
      if (!then) return new Promise((done) => chart.dataReady(() => done(true)));
      if (widget.ready) then();
      else widget.waiting.push(then);
      return widget.ready;
    },
    getVisibleRange: () => widget.chart.visibleRange(),
    getTimeScale: () => ({ rightOffset: () => widget.chart.rightOffset() }),
    getSeries: () => ({
      isLoading: () => !widget.ready && widget.status === "loading",
      isFailed: () => ["invalid", "error"].includes(widget.status),
      barsCount: () => widget.chart.data?.bars.length ?? 0,
    }),
  };
  if (!faults.has("no-names")) {
    chart.symbol = () => widget.said.symbol;
    chart.resolution = () => widget.said.resolution;
  }
  if (!faults.has("no-studies")) {
    const studies = () => (page.modulesPending ? [] : widget.studies());
    chart.getAllStudies = () => studies().map(({ name }, i) => ({ id: `study${i}`, name }));
    chart.getStudyById = (id) => {
      const study = studies()[Number(id.slice("study".length))];
      if (!study) throw new Error("there is no such study");
      return { isLoading: () => study.loading, status: () => ({ type: statusOf(study) }) };
    };
  }
  return chart;
}

// statusOf returns a study's status: 0 begins, 1 loads, 2 done, 3 failed. A failed study is not loading.
function statusOf(study) {
  if (study.failed) return 3;
  if (!study.loading) return 2;
  return study.begins ? 0 : 1;
}

// stub replaces the API until the page has made it.
export const stub = { linking: {} };

let former = null; // the canvas of a frame that was painted over, or of a picture taken before

// keepPicture keeps a picture of what is painted now for faults that return it later.
export function keepPicture(page) {
  former = picture(page);
}

// takeClientScreenshot returns a canvas without toolbars and without anything over the charts.
async function takeClientScreenshot(page) {
  const { faults } = page;
  if (faults.has("screenshot-throws")) throw new Error("the screenshot failed");
  if (faults.has("screenshot-never")) return new Promise(() => {});
  if (faults.has("screenshot-stale")) return former;
  if (faults.has("screenshot-null")) return null;
  if (faults.has("screenshot-kept") && former) return former;
  if (faults.has("screenshot-slow")) await new Promise((done) => setTimeout(done, 1200));
  if (faults.has("screenshot-enormous")) return Object.assign(document.createElement("canvas"), { width: 30000, height: 8000 });
  if (faults.has("screenshot-headed")) return headed(page);
  if (faults.has("screenshot-low")) return picture(page, { foot: 60 }); // as of 2026
  if (faults.has("screenshot-shifted")) return picture(page, { pad: 23 });
  const canvas = former = picture(page);
  if (faults.has("screenshot-empty")) canvas.width = canvas.width; // setting a canvas's size empties it
  if (faults.has("screenshot-scaled")) return copyOf(canvas, Math.round(canvas.width * 0.9), Math.round(canvas.height * 0.9));
  return faults.has("screenshot-tiny") ? copyOf(canvas, 40, 30) : canvas;
}

function copyOf(canvas, width, height) {
  const copy = Object.assign(document.createElement("canvas"), { width, height });
  copy.getContext("2d").drawImage(canvas, 0, 0, width, height);
  return copy;
}
