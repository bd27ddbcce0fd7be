// Draws a chart with lightweight-charts: candles, volume, two moving averages, RSI, and the ribbon
// that carries the drawing's id.
const { createChart, CandlestickSeries, HistogramSeries, LineSeries, CrosshairMode, LineStyle, TickMarkType } = LightweightCharts;

const colors = {
  ground: "#131722", text: "#b2b5be", grid: "rgba(54, 58, 69, .45)", edge: "#2a2e39",
  up: "#26a69a", down: "#ef5350", fast: "#f7a600", slow: "#2f81f7", rsi: "#9575cd", compared: "#e040fb",
};
export const font = getComputedStyle(document.documentElement).fontFamily;

export class Chart {
  constructor(element, mark) {
    this.element = element;
    this.mark = mark;
    this.data = null;
    this.crossed = false; // a crosshair is shown
    this.series = [];
    this.chart = createChart(element, {
      autoSize: true,
      layout: {
        background: { color: colors.ground }, textColor: colors.text, fontFamily: font, fontSize: 12,
        attributionLogo: true, // the library's licence asks for it
        panes: { separatorColor: colors.edge, enableResize: false },
      },
      grid: { vertLines: { color: colors.grid }, horzLines: { color: colors.grid } },
      crosshair: {
        mode: CrosshairMode.Normal,
        vertLine: { color: "#758696", style: LineStyle.Dashed, labelBackgroundColor: "#363a45" },
        horzLine: { color: "#758696", style: LineStyle.Dashed, labelBackgroundColor: "#363a45" },
      },
      rightPriceScale: { borderColor: colors.edge, minimumWidth: 72 },
      timeScale: { borderColor: colors.edge, barSpacing: 8, rightOffset: 8, timeVisible: true, secondsVisible: false, tickMarkFormatter },
    });
    for (const pane of [0, 1]) {
      this.add(LineSeries, {}, pane);
      this.chart.panes()[pane].attachPrimitive(placeholder(() => this.data === null));
    }
    this.stretch();
    this.markUp();
  }

  // draw paints a frame over whatever was painted before, with the flaw that the frame has.
  draw(data) {
    if (this.flaw === "late" && !data.draw.flaw && this.data.symbol === data.symbol) return this.complete(data);
    const former = this.series;
    this.series = [];
    this.data = data;
    this.flaw = data.draw.flaw ?? "";
    const blank = this.flaw === "blank";
    this.chart.applyOptions({
      grid: { vertLines: { visible: !blank }, horzLines: { visible: !blank } },
      timeScale: { timeVisible: !/[DWM]$/.test(data.interval) },
    });
    if (!blank) this.paint(data);
    for (const series of former) this.chart.removeSeries(series);
    if (blank) return;
    this.stretch();
    if (this.flaw === "moving") this.move();
  }

  paint(data) {
    const bars = data.bars;
    const closes = bars.map((bar) => bar.close);
    this.studies = [
      { name: "EMA", length: 20, color: colors.fast, values: ema(closes, 20), pane: 0 },
      { name: "EMA", length: 50, color: colors.slow, values: ema(closes, 50), pane: 0 },
      { name: "RSI", length: 14, color: colors.rsi, values: rsi(closes, 14), pane: 1 },
    ];
    if (this.compares) this.studies.push({ name: "NASDAQ:TSLA", length: "", color: colors.compared, values: swung(closes), pane: 0 });
    for (const study of this.studies) {
      const late = this.flaw === "late" && (!this.compares || study === this.studies.at(-1));
      study.missing = late || this.flaw === "half" && study.pane > 0;
      study.loading = late;
      study.begins = late; // for a moment
      study.failed = study.pane > 0 && this.studyFails;
    }
    this.ribbon = null; // it went with its series
    this.addVolume(bars);
    this.addCandles(bars, data.decimals);
    for (const study of this.studies) this.addStudy(study, bars, data.decimals);
    this.addRibbon(data.ribbon);
    if (this.selected) this.candles.attachPrimitive(selection(() => this.selected));
    if (this.scrolled) this.chart.timeScale().setVisibleLogicalRange(this.scrolled);
  }

  // complete adds the studies to the candles that are painted already.
  complete(data) {
    const bars = this.data.bars;
    this.data = { ...data, bars };
    this.flaw = "";
    for (const study of this.studies.filter(({ loading }) => loading)) {
      study.missing = study.loading = false;
      this.fillStudy(study, bars);
    }
    this.addRibbon(data.ribbon);
  }

  stretch() {
    const [main, lower] = this.chart.panes();
    main.setStretchFactor(4);
    lower.setStretchFactor(1);
  }

  // add makes a series, to be removed before the next frame.
  add(kind, options, pane = 0) {
    const series = this.chart.addSeries(kind, options, pane);
    this.series.push(series);
    return series;
  }

  // move keeps the whole pane moving: with every frame, or by steps with a rest between them. It moves the
  // scale of prices, because a screenshot that is taken while the scale of times is about to move never ends
  // (lightweight-charts 5.2.1).
  move() {
    const step = () => {
      const top = 0.1 + 0.2 * (performance.now() % 1000) / 1000;
      this.chart.priceScale("right").applyOptions({ scaleMargins: { top, bottom: 0.18 } });
      requestAnimationFrame(this.stepping ? () => setTimeout(step, 10) : step);
    };
    step();
  }

  addVolume(bars) {
    this.volume = this.add(HistogramSeries, {
      priceFormat: { type: "volume" }, priceScaleId: "volume", lastValueVisible: false, priceLineVisible: false,
    });
    this.chart.priceScale("volume").applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    this.volume.setData(bars.map(volumeOf));
  }

  addCandles(bars, decimals) {
    this.candles = this.add(CandlestickSeries, {
      upColor: colors.up, wickUpColor: colors.up, downColor: colors.down, wickDownColor: colors.down,
      borderVisible: false, priceFormat: { type: "price", precision: decimals, minMove: 10 ** -decimals },
    });
    this.chart.priceScale("right").applyOptions({ scaleMargins: { top: 0.12, bottom: 0.18 } });
    this.candles.setData(bars);
  }

  addStudy(study, bars, decimals) {
    const precision = study.pane === 0 ? decimals : 2;
    study.series = this.add(LineSeries, {
      color: study.color, lineWidth: study.pane === 0 ? 2 : 1, priceLineVisible: false, crosshairMarkerVisible: false,
      lastValueVisible: study.pane !== 0, priceFormat: { type: "price", precision, minMove: 10 ** -precision },
    }, study.pane);
    if (!study.missing) this.fillStudy(study, bars); // an empty series keeps its pane, and paints nothing
  }

  fillStudy(study, bars) {
    if (study.failed) return;
    study.series.setData(bars.map((bar, i) => ({ time: bar.time, value: study.values[i] })).slice(study.length));
    if (study.pane === 0) return;
    study.series.applyOptions({ autoscaleInfoProvider: (own) => withinReach(own()?.priceRange) });
    for (const price of [30, 70]) {
      study.series.createPriceLine({ price, color: "#5d606b", lineWidth: 1, lineStyle: LineStyle.Dashed, axisLabelVisible: false });
    }
  }

  // addRibbon attaches the ribbon to the series that is drawn last in the first pane, so that nothing is
  // drawn over it. It paints in whole bitmap pixels, so that no block has a blurred edge.
  addRibbon(ribbon) {
    const draw = (target) => target.useBitmapCoordinateSpace(({ context, bitmapSize }) =>
      paintRibbon(context, ribbon, 8, bitmapSize.height - 8 - ribbon.block));
    const view = { renderer: () => ({ draw }), zOrder: () => "normal" };
    this.ribbon?.series.detachPrimitive(this.ribbon.primitive);
    // A series without data paints nothing, its primitives included.
    const last = this.studies.findLast((study) => study.pane === 0 && !study.missing);
    this.ribbon = { series: last?.series ?? this.candles, primitive: { paneViews: () => [view] } };
    this.ribbon.series.attachPrimitive(this.ribbon.primitive);
  }

  // update moves the open bar, or begins the next one. The studies stay as of the last full bar.
  update(bar) {
    const bars = this.data.bars;
    if (bar.time < bars.at(-1).time) return; // an old price that comes late
    if (bar.time === bars.at(-1).time) bars[bars.length - 1] = bar;
    else bars.push(bar);
    if (this.flaw === "blank") return;
    this.candles.update(bar);
    this.volume.update(volumeOf(bar));
  }

  // markUp gives the library's own elements the names that they have on TradingView's page. The library makes
  // a new pane's elements with the next frame, so markUp is called again after that.
  markUp() {
    const table = this.element.querySelector("table");
    table.classList.add("chart-markup-table");
    for (const row of table.rows) {
      const cell = row.cells[1];
      const canvases = cell?.querySelectorAll("canvas") ?? [];
      if (canvases.length !== 2 || row === table.rows[table.rows.length - 1]) continue; // a separator, or the time scale
      cell.classList.add("chart-markup-table", "pane");
      canvases[0].parentElement.classList.add("chart-gui-wrapper");
      for (const canvas of canvases) {
        const top = canvas.style.zIndex !== "1";
        this.mark(canvas, top ? "pane-top-canvas" : "pane-canvas");
        if (top && this.label) canvas.setAttribute("aria-label", this.label);
      }
    }
  }

  // paneTop returns where a pane begins, in pixels below the chart's top.
  paneTop(index) {
    const pane = this.chart.panes()[index]?.getHTMLElement();
    return pane ? pane.getBoundingClientRect().top - this.chart.chartElement().getBoundingClientRect().top : 0;
  }

  // screenshot returns a new canvas of the chart as it is now, without its selection and its crosshair.
  screenshot() {
    const { selected } = this;
    this.selected = false;
    const canvas = this.chart.takeScreenshot(false);
    this.selected = selected;
    this.chart.applyOptions({}); // paints the page's own canvases again
    return canvas;
  }

  // axisWidth returns the width of the price scale, in pixels.
  axisWidth() {
    return this.chart.priceScale("right").width();
  }

  // visibleRange returns the times of the first and the last visible bar, null if there is none.
  visibleRange() {
    return this.chart.timeScale().getVisibleRange();
  }

  // rightOffset returns how many bars lie between the last one and the right edge; negative if it is out of sight.
  rightOffset() {
    return this.chart.timeScale().scrollPosition();
  }

  // cross paints the crosshair that a pointer at the chart's top left makes.
  cross() {
    const range = this.visibleRange();
    if (range) this.chart.setCrosshairPosition(this.candles.coordinateToPrice(1), range.from, this.candles);
  }

  resetScale() {
    this.chart.timeScale().resetTimeScale();
    this.chart.priceScale("right").applyOptions({ autoScale: true });
  }

  scrollToLastBar() {
    this.chart.timeScale().scrollToRealTime();
  }
}

// placeholder paints a pane until its data come: a grid, bands and a watermark, in nine colours including the
// background.
function placeholder(empty) {
  const draw = (target) => target.useBitmapCoordinateSpace(({ context, bitmapSize: { width, height } }) => {
    if (!empty()) return;
    const fill = (color, x, y, w, h) => {
      context.fillStyle = color;
      context.fillRect(Math.round(x), Math.round(y), Math.round(w), Math.round(h));
    };
    fill("#161b27", 0, height * 0.1, width, height * 0.2);
    fill("#181d2a", 0, height * 0.5, width, height * 0.2);
    for (let x = 40; x < width; x += 96) fill(x % 480 === 40 ? "#262b38" : "#1e2330", x, 0, 2, height);
    for (let y = 30; y < height; y += 64) fill("#20242f", 0, y, width, 2);
    for (const [i, color] of ["#1c2130", "#232837", "#1a2a3a"].entries()) {
      fill(color, width * (0.3 + 0.14 * i), height * 0.35, width * 0.1, height * 0.3);
    }
  });
  const view = { renderer: () => ({ draw }), zOrder: () => "bottom" };
  return { paneViews: () => [view] };
}

// selection marks a series that its user has selected, by small circles along the bottom.
function selection(shown) {
  const draw = (target) => target.useBitmapCoordinateSpace(({ context, bitmapSize: { width, height } }) => {
    if (!shown()) return;
    for (let x = 20; x < width; x += 60) {
      context.beginPath();
      context.arc(x, height * 0.6, 5, 0, 2 * Math.PI);
      context.fillStyle = "#ffffff";
      context.fill();
    }
  });
  const view = { renderer: () => ({ draw }), zOrder: () => "top" };
  return { paneViews: () => [view] };
}

// paintRibbon paints a ribbon at a place of a canvas.
export function paintRibbon(context, { block, colors }, x, y) {
  colors.forEach((color, i) => {
    context.fillStyle = color;
    context.fillRect(x + i * block, y, block, block);
  });
}

function volumeOf(bar) {
  return { time: bar.time, value: bar.volume, color: (bar.close >= bar.open ? colors.up : colors.down) + "66" };
}

// withinReach widens the range of an oscillator's scale so that its bands are always seen.
function withinReach(range) {
  return { priceRange: { minValue: Math.min(20, range?.minValue ?? 20), maxValue: Math.max(80, range?.maxValue ?? 80) } };
}

// swung returns a line near the closes, as that of a compared symbol.
function swung(closes) {
  return closes.map((close, i) => close * (1 + 0.004 * Math.sin(i / 9)));
}

function ema(values, length) {
  const weight = 2 / (length + 1);
  let average = values[0];
  return values.map((value) => (average += weight * (value - average)));
}

// rsi returns Wilder's RSI: averages of gains and losses with the weight 1/length.
function rsi(values, length) {
  let gain = 0, loss = 0;
  return values.map((value, i) => {
    const change = i === 0 ? 0 : value - values[i - 1];
    gain += (Math.max(change, 0) - gain) / length;
    loss += (Math.max(-change, 0) - loss) / length;
    return gain + loss === 0 ? 50 : (100 * gain) / (gain + loss);
  });
}

// tickMarkFormatter writes a time below the chart, in UTC. The library's own asks the browser for the
// words of a language, which takes tens of milliseconds in every new page.
function tickMarkFormatter(seconds, kind) {
  const at = new Date(seconds * 1000);
  switch (kind) {
    case TickMarkType.Year: return String(at.getUTCFullYear());
    case TickMarkType.Month: return "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ")[at.getUTCMonth()];
    case TickMarkType.DayOfMonth: return String(at.getUTCDate());
    default: return at.toISOString().slice(11, kind === TickMarkType.TimeWithSeconds ? 19 : 16);
  }
}
