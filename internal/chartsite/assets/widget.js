// One chart of the layout: its drawing, its legend, and what the page's API says of it.
import { Chart } from "./drawing.js";
import { Legend } from "./legend.js";

// The series' statuses that the API reports, by name.
const statuses = {
  connecting: 0, loading: 2, realtime: 3, invalid: 4, snapshot: 5, endofday: 6, delayed: 8, delayed_streaming: 9,
  forbidden: 10, error: 12, calculation_error: 13, unsupported_resolution: 14,
};

const beginning = 600; // ms for which a study that loads says so by the API alone

export class Widget {
  constructor(page, container, options = {}) {
    this.page = page;
    this.container = container;
    const element = document.createElement("div");
    element.className = "chart";
    container.append(element);
    this.chart = new Chart(element, page.mark);
    Object.assign(this.chart, options);
    this.legend = new Legend(page, this);
    this.status = "loading";
    this.ready = false; // what dataReady() says
    this.waiting = []; // for dataReady
  }

  // say sets what each part of the page says that the chart shows: what is painted or, if the page's faults
  // want it, what was asked for.
  say(painted, asked) {
    const { faults, words } = this.page;
    const ahead = faults.has("page-ahead") ? asked : painted;
    this.said = faults.has("api-ahead") ? asked : ahead;
    this.named = ahead;
    this.chart.label = faults.has("no-labels") ? null : words.label(ahead.symbol, ahead.interval);
    this.chart.markUp();
    this.legend.name(faults.has("legend-behind") ? painted : ahead);
  }

  // show paints a frame. said is what was asked for, if the page already names it.
  async show(frame, asked) {
    this.chart.draw(frame);
    setTimeout(() => this.begun(), beginning);
    await painted();
    this.say(this.chart.data, asked);
    const { faults } = this.page;
    const behind = frame.draw.flaw === "stale" && (faults.has("page-ahead") || faults.has("api-ahead"));
    this.setReady(!behind || faults.has("api-ready"));
    this.legend.loading = behind || this.page.lingering;
    this.legend.refresh();
  }

  setReady(ready) {
    this.ready = ready;
    this.status = ready ? this.page.servedStatus : "loading";
    if (ready) for (const then of this.waiting.splice(0)) then();
  }

  // fail says that no candles come, and why: a name of words.js and the status that the series has.
  fail(words, status) {
    this.status = status;
    this.legend.loading = false;
    this.legend.refresh();
    const notice = Object.assign(document.createElement("div"), { className: "chart-notice", textContent: this.page.words[words] });
    this.container.append(notice);
  }

  // begun records that the studies' beginning is over.
  begun() {
    for (const study of this.studies()) study.begins = false;
    this.legend.refresh();
  }

  // studies returns the chart's studies as the API knows them.
  studies() {
    return this.chart.studies ?? [];
  }

  statusText() {
    return `${this.status} (${statuses[this.status]})`;
  }
}

// painted resolves once what was drawn has reached the screen: the frame that paints it has begun,
// and the one after it too.
export function painted() {
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}
