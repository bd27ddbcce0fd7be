// Draws a chart with lightweight-charts: candles, volume, two moving averages, RSI, and the ribbon
// that carries the drawing's id.
const { createChart, CandlestickSeries, HistogramSeries, LineSeries, CrosshairMode, LineStyle, TickMarkType } = LightweightCharts;

const colors = {
  ground: "#131722", text: "#b2b5be", grid: "rgba(54, 58, 69, .45)", edge: "#2a2e39",
  up: "#26a69a", down: "#ef5350", fast: "#f7a600", slow: "#2f81f7", rsi: "#9575cd",
};
export const font = getComputedStyle(document.documentElement).fontFamily;

export class Chart {
  constructor(element) {
    this.data = null;
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
    this.element = element;
    this.markUp();
  }

  // draw paints a frame over whatever was painted before, with the flaw that the frame has.
  draw(data) {
    for (const series of this.series) this.chart.removeSeries(series);
    this.series = [];
    this.data = data;
    this.flaw = data.draw.flaw ?? "";
    const blank = this.flaw === "blank";
    this.chart.applyOptions({
      grid: { vertLines: { visible: !blank }, horzLines: { visible: !blank } },
      timeScale: { timeVisible: !/[DWM]$/.test(data.interval) },
    });
    if (blank) return;
    const bars = data.bars;
    const closes = bars.map((bar) => bar.close);
    this.studies = [
      { name: "EMA", length: 20, color: colors.fast, values: ema(closes, 20), pane: 0 },
      { name: "EMA", length: 50, color: colors.slow, values: ema(closes, 50), pane: 0 },
      { name: "RSI", length: 14, color: colors.rsi, values: rsi(closes, 14), pane: 1 },
    ];
    for (const study of this.studies) {
      study.missing = this.flaw === "late" || (this.flaw === "half" && study.pane > 0);
    }
    this.addVolume(bars);
    this.addCandles(bars, data.decimals);
    for (const study of this.studies) this.addStudy(study, bars, data.decimals);
    this.addRibbon(data.ribbon);
    const [main, lower] = this.chart.panes();
    main.setStretchFactor(4);
    lower.setStretchFactor(1);
    if (this.flaw === "moving") this.move();
  }

  // add makes a series, to be removed before the next frame.
  add(kind, options, pane = 0) {
    const series = this.chart.addSeries(kind, options, pane);
    this.series.push(series);
    return series;
  }

  // move keeps the whole pane moving: with every frame, or by steps between which all rests. It moves
  // the scale of prices: a screenshot taken while the scale of times is about to move never ends
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
    if (study.missing) return; // an empty series keeps its pane, and paints nothing
    study.series.setData(bars.map((bar, i) => ({ time: bar.time, value: study.values[i] })).slice(study.length));
    if (study.pane === 0) return;
    study.series.applyOptions({ autoscaleInfoProvider: (own) => withinReach(own()?.priceRange) });
    for (const price of [30, 70]) {
      study.series.createPriceLine({ price, color: "#5d606b", lineWidth: 1, lineStyle: LineStyle.Dashed, axisLabelVisible: false });
    }
  }

  // addRibbon hangs the ribbon on the series that is drawn last in the first pane, so that nothing
  // is drawn over it, in whole bitmap pixels, so that no block has a blurred edge.
  addRibbon({ block, colors }) {
    const draw = (target) => target.useBitmapCoordinateSpace(({ context, bitmapSize }) => {
      const top = bitmapSize.height - 8 - block;
      colors.forEach((color, i) => {
        context.fillStyle = color;
        context.fillRect(8 + i * block, top, block, block);
      });
    });
    const view = { renderer: () => ({ draw }), zOrder: () => "normal" };
    // A series without data paints nothing, its primitives included.
    (this.studies[1].missing ? this.candles : this.studies[1].series).attachPrimitive({ paneViews: () => [view] });
  }

  // update moves the open bar, or begins the next one. The studies stay as of the last full bar.
  update(bar) {
    const bars = this.data.bars;
    if (bar.time < bars.at(-1).time) return; // an old price that was on its way
    if (bar.time === bars.at(-1).time) bars[bars.length - 1] = bar;
    else bars.push(bar);
    if (this.flaw === "blank") return;
    this.candles.update(bar);
    this.volume.update(volumeOf(bar));
  }

  // markUp gives the library's own elements the names they have on TradingView's page. The library
  // makes a new pane's elements with the next frame, so it is called again after that.
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
        canvas.dataset.name = canvas.style.zIndex === "1" ? "pane-canvas" : "pane-top-canvas";
      }
    }
  }

  // paneTop gives where a pane begins, in pixels below the chart's top.
  paneTop(index) {
    const pane = this.chart.panes()[index]?.getHTMLElement();
    return pane ? pane.getBoundingClientRect().top - this.chart.chartElement().getBoundingClientRect().top : 0;
  }

  // screenshot gives a new canvas of the chart alone, as it is now, with whatever paintOver adds.
  screenshot(paintOver) {
    const canvas = this.chart.takeScreenshot(true);
    const context = canvas.getContext("2d");
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    paintOver(context);
    return canvas;
  }

  resetScale() {
    this.chart.timeScale().resetTimeScale();
    this.chart.priceScale("right").applyOptions({ autoScale: true });
  }

  scrollToLastBar() {
    this.chart.timeScale().scrollToRealTime();
  }
}

function volumeOf(bar) {
  return { time: bar.time, value: bar.volume, color: (bar.close >= bar.open ? colors.up : colors.down) + "66" };
}

// withinReach widens the range of an oscillator's scale so that its bands are always seen.
function withinReach(range) {
  return { priceRange: { minValue: Math.min(20, range?.minValue ?? 20), maxValue: Math.max(80, range?.maxValue ?? 80) } };
}

function ema(values, length) {
  const weight = 2 / (length + 1);
  let average = values[0];
  return values.map((value) => (average += weight * (value - average)));
}

// rsi is Wilder's: averages of gains and losses with the weight 1/length.
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
