// The legend over a chart: what it shows, its prices, and the studies' values. It is part of the page, as
// on TradingView; pictures that the page takes of itself have one of their own, in shot.js.
import { coverRibbon } from "./covers.js";

const up = "#26a69a", down = "#ef5350";
const unknown = "∅"; // in place of a price that is not there yet

export class Legend {
  constructor(page, widget) {
    this.page = page;
    this.widget = widget;
    this.absent = page.look.legend === "off";
    this.loading = true; // of the chart's own row
    this.dots = false; // loaders are shown
    if (this.absent) return;
    this.root = page.mark(create("div", "legend"), "legend");
    this.series = this.row("legend-series-item", "legend-row main");
    this.series.prepend(create("span", "logo"));
    this.root.append(this.series);
    this.studies = create("div", page.look.legend === "collapsed" ? "collapsed" : "");
    this.root.append(this.studies);
    widget.container.append(this.root);
    widget.chart.chart.subscribeCrosshairMove((event) => this.refresh(event));
  }

  // name writes what the chart says that it shows: the layout's names, or those of a frame.
  name(named) {
    if (this.absent) return;
    const { look, words } = this.page;
    const [title, description] = {
      ticker: [named.ticker, ""], both: [named.ticker, named.description], long: [named.long_description, ""],
    }[look.title] ?? [named.description, ""];
    const parts = {
      "legend-source-title": title,
      "legend-source-description": description,
      "legend-source-interval": words.shortInterval(named.interval),
      "legend-source-exchange": look.long_exchange ? named.long_exchange : named.exchange,
      "legend-source-provider": named.title ?? "",
    };
    this.series.querySelector(".logo").textContent = [...named.ticker][0] ?? "";
    this.series.querySelector(".titles").replaceChildren(...Object.entries(parts).filter(([, text]) => text).flatMap(([name, text], i) => {
      const part = this.page.mark(create("div", "title"), name);
      part.append(Object.assign(create("button", "title-text"), { textContent: text, tabIndex: -1 }));
      return i === 0 ? [part] : [create("span", "dot", "·"), part];
    }));
  }

  // refresh shows the values of the bar under the crosshair, else of the last one.
  refresh(event) {
    const { chart } = this.widget;
    if (event) this.hovered = event.seriesData?.get(chart.candles)?.time;
    if (this.absent) return;
    this.state(this.series, this.loading);
    const rows = rowsOf(chart, this.hovered);
    if (this.page.look.legend !== "bare") fill(this.series, rows[0].values);
    this.studies.replaceChildren(...rows.slice(1).map((row) => this.studyRow(row)));
    this.showDots();
  }

  // showDots puts a ribbon beside the dots of rows that load, so that a picture shows that they were there.
  showDots() {
    const seen = [...this.root.querySelectorAll(".loader-dots")].some((dots) => dots.checkVisibility());
    if (!seen || !this.page.cover) this.ribbon?.remove();
    else if (!this.ribbon?.isConnected) this.root.append((this.ribbon = coverRibbon(this.page.cover)));
  }

  studyRow(row) {
    const element = this.row("legend-source-item", "legend-row study");
    element.querySelector(".titles").append(this.page.mark(create("div", "title", row.title), "legend-source-title"));
    fill(element, row.values);
    this.state(element, this.page.lingering || row.study?.loading && !row.study.begins); // a study that begins is not marked yet
    if (row.study?.failed) {
      element.querySelector(".statuses").append(create("div", "statusItem-double dataProblem-double small-double", "!"));
    }
    if (row.pane > 0) {
      element.classList.add("legend-pane");
      element.style.top = `${this.widget.chart.paneTop(row.pane)}px`;
    }
    return element;
  }

  // row makes an empty row.
  row(name, className) {
    const row = this.page.mark(create("div", className), name);
    row.dataset.status = "loading";
    row.append(create("div", "titles"), this.page.mark(create("div", "statuses"), "legend-statuses-wrapper"), create("div", "valuesWrapper-double values"));
    return row;
  }

  // state shows whether a row's data are loading: by its attribute and, once loaders are shown, by three dots.
  state(row, loading) {
    row.dataset.status = loading ? "loading" : String(undefined); // as the real page has it
    const statuses = row.querySelector(".statuses");
    statuses.replaceChildren();
    if (loading && this.dots) statuses.append(create("span", "loader-double loader-dots", "•••"));
    else if (this.page.delayed && row === this.series) statuses.append(create("div", "statusItem-double delayed-double", "D"));
  }
}

// rowsOf returns the rows of a chart's legend, each a title and coloured values. hovered is
// the time of the bar under the crosshair.
export function rowsOf(chart, hovered) {
  if (!chart.data || chart.flaw === "blank") {
    return [{ title: "", pane: 0, values: ["O", "H", "L", "C"].map((label) => ({ label, value: unknown, color: up })) }];
  }
  const { bars, decimals } = chart.data;
  const found = bars.findIndex((bar) => bar.time === hovered);
  const at = found < 0 ? bars.length - 1 : found;
  const bar = bars[at];
  const color = bar.close >= bar.open ? up : down;
  const rows = [{
    title: "", pane: 0,
    values: [["O", bar.open], ["H", bar.high], ["L", bar.low], ["C", bar.close]]
      .map(([label, value]) => ({ label, value: value.toFixed(decimals), color })).concat({ label: "", value: change(bars, at), color }),
  }];
  rows.push({ title: "Vol", pane: 0, values: [{ label: "", value: short(bar.volume), color }] });
  for (const study of chart.studies) {
    const empty = study.missing || study.failed;
    const value = empty ? unknown : study.values[Math.min(at, study.values.length - 1)].toFixed(study.pane === 0 ? decimals : 2);
    const values = [{ label: "", value, color: study.color }];
    if (study.pane > 0) values.push({ label: "", value: unknown, color: study.color }); // plots without a value now
    rows.push({ title: `${study.name} ${study.length}`, pane: study.pane, study, values });
  }
  return rows;
}

function create(tag, className, text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

function fill(row, values) {
  row.querySelector(".values").replaceChildren(...values.map(({ label, value, color }) => {
    const item = create("div", "valueItem-double");
    const number = create("div", "valueValue-double", document.documentElement.dir === "rtl" ? `\u202a${value}\u202c` : value);
    number.style.color = color;
    item.append(create("div", "valueTitle-double", label), number);
    return item;
  }));
}

export function change(bars, at) {
  const from = at > 0 ? bars[at - 1].close : bars[at].open;
  const percent = (100 * (bars[at].close - from)) / from;
  return `${percent < 0 ? "−" : "+"}${Math.abs(percent).toFixed(2)}%`;
}

function short(value) {
  for (const [unit, size] of [["B", 1e9], ["M", 1e6], ["K", 1e3]]) {
    if (value >= size) return (value / size).toFixed(2) + " " + unit;
  }
  return value.toFixed(2);
}
