// The legend over the chart: symbol, interval, exchange, prices, and the studies' values. It is
// part of the page, as on TradingView, and painted once more into screenshots of the chart alone.
import { font } from "./drawing.js";

const up = "#26a69a", down = "#ef5350", text = "#d1d4dc", dim = "#787b86", study = "#b2b5be";

export class Legend {
  constructor(document, chart) {
    this.document = document;
    this.chart = chart;
    this.data = null;
  }

  // show fills the legend with what the chart draws.
  show(data) {
    const known = this.data !== null;
    this.data = data;
    this.name("legend-source-title").textContent = data.ticker;
    this.name("legend-source-interval").textContent = data.interval;
    this.name("legend-source-exchange").textContent = data.exchange;
    this.name("legend-source-description").textContent = data.title;
    this.document.querySelector("#header-toolbar-symbol-search b").textContent = data.ticker;
    this.document.querySelector("#header-toolbar-intervals b").textContent = data.short_interval;
    if (!known) this.chart.chart.subscribeCrosshairMove((event) => this.refresh(event));
    this.refresh();
  }

  // refresh shows the values of the bar under the crosshair, else of the last one.
  refresh(event) {
    if (event) this.hovered = event.seriesData?.get(this.chart.candles)?.time;
    const bars = this.data.bars;
    const found = bars.findIndex((bar) => bar.time === this.hovered);
    const at = found < 0 ? bars.length - 1 : found;
    const rows = this.rows(at);
    this.rowsShown = rows;
    fill(this.document.getElementById("legend-values"), rows[0].values);
    this.document.getElementById("legend-studies").replaceChildren(...rows.slice(1).map((row) => this.studyRow(row)));
    const last = bars.at(-1);
    this.document.title = `${this.data.ticker} ${this.data.title} ${last.close.toFixed(this.data.decimals)} ${change(bars, bars.length - 1)}`;
  }

  // rows says what stands in the legend: a title and coloured values for each line.
  rows(at) {
    const { bars, decimals, ticker, interval, exchange, title } = this.data;
    const bar = bars[at];
    const color = bar.close >= bar.open ? up : down;
    const price = (value) => value.toFixed(decimals);
    const rows = [{
      title: `${ticker} · ${interval} · ${exchange}${title && " · " + title}`, pane: 0,
      values: [["O", price(bar.open)], ["H", price(bar.high)], ["L", price(bar.low)], ["C", price(bar.close)]]
        .map(([label, value]) => ({ label, value, color })).concat({ label: "", value: change(bars, at), color }),
    }];
    rows.push({ title: "Vol", pane: 0, values: [{ label: "", value: short(bar.volume), color }] });
    for (const s of this.chart.studies ?? []) {
      if (s.missing) {
        rows.push({ title: `${s.name} ${s.length}`, pane: s.pane, values: [], loading: this.chart.flaw === "late" });
        continue;
      }
      const value = s.values[Math.min(at, s.values.length - 1)].toFixed(s.pane === 0 ? decimals : 2);
      rows.push({ title: `${s.name} ${s.length}`, pane: s.pane, values: [{ label: "", value, color: s.color }] });
    }
    return rows;
  }

  studyRow(row) {
    const element = this.document.createElement("div");
    element.className = "legend-row study";
    element.dataset.name = "legend-source-item";
    const title = this.document.createElement("span");
    title.textContent = row.title;
    const values = this.document.createElement("span");
    values.className = "values";
    fill(values, row.values);
    element.append(title, values);
    if (row.loading) element.append(loader(this.document));
    if (row.pane > 0) {
      element.classList.add("legend-pane");
      element.style.top = `${this.chart.paneTop(row.pane)}px`;
    }
    return element;
  }

  // paint draws the same rows into a screenshot.
  paint(context) {
    if (!this.rowsShown) return;
    context.textBaseline = "middle";
    const tops = [20, 42, 62, 82];
    let inFirstPane = 0;
    for (const [i, row] of this.rowsShown.entries()) {
      const y = row.pane === 0 ? tops[inFirstPane++] : this.chart.paneTop(row.pane) + 18;
      let x = 12;
      const write = (words, color, size, weight) => {
        context.font = `${weight} ${size}px ${font}`;
        context.fillStyle = color;
        context.fillText(words, x, y);
        x += context.measureText(words).width;
      };
      write(row.title, i === 0 ? text : study, i === 0 ? 15 : 12, i === 0 ? 500 : 400);
      for (const { label, value, color } of row.values) {
        x += 8;
        if (label) write(label + " ", dim, 13, 400);
        write(value, color, i === 0 ? 13 : 12, 400);
      }
    }
  }

  name(name) {
    return this.document.querySelector(`[data-name="${name}"]`);
  }
}

// loader is what a study's row carries until its values are there.
function loader(document) {
  const dots = document.createElement("span");
  dots.className = "loader-dots";
  dots.textContent = "•••";
  return dots;
}

function fill(element, values) {
  element.replaceChildren(...values.flatMap(({ label, value, color }) => {
    const name = element.ownerDocument.createElement("i");
    name.textContent = label;
    const number = element.ownerDocument.createElement("span");
    number.style.color = color;
    number.textContent = value;
    return [name, number];
  }));
}

function change(bars, at) {
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
