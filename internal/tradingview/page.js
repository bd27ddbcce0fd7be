  // The code that looks share. It runs in an isolated world, as look.js and picture.js do, so it never calls
  // functions that the page has replaced. names has the form of names.json. channel is the name of the
  // events to inside.js, the only way to the page's own objects.
  const { page, toolbar, legend: legends } = names;
  const maxText = 200; // characters of anything that the page says

  const clip = (value) => String(value ?? "").slice(0, maxText);
  const first = (selector, within = document) => within?.querySelector(selector) ?? null;
  const text = (selector, within = document) => clip(first(selector, within)?.textContent?.trim());
  const attempt = (look, otherwise) => { try { return look() ?? otherwise; } catch { return otherwise; } };
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  const visible = (element) => {
    const box = element.getBoundingClientRect();
    if (box.width < 1 || box.height < 1) return false;
    return element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  };
  const allVisible = (selector) => [...document.querySelectorAll(selector)].filter(visible);
  const overlaps = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const boxOf = (element) => element.getBoundingClientRect();

  // If an element has names of both generations, the selectors find charts inside charts.
  let root, charts, chart;
  const survey = () => {
    root = document.documentElement; // null for the first moments of a document
    const all = allVisible(page.chart);
    charts = all.filter((c) => !all.some((other) => other !== c && other.contains(c))); // a layout may have several
    chart = charts.find((c) => c.matches(page.active_chart)) ?? charts[0];
  };
  const loadersOver = () => allVisible(page.loaders).filter((e) => charts.some((c) => overlaps(boxOf(e), boxOf(c))));
  const areaOfBox = ({ width, height }) => width * height;
  const isVeil = (loader) => charts.some((c) => areaOfBox(boxOf(loader)) > areaOfBox(boxOf(c)) / 4);

  const asked = (kind) => {
    const slip = document.createElement("i");
    dispatchEvent(new MouseEvent(channel + kind, { relatedTarget: slip }));
    return slip;
  };

  // What the page's API says: the Go type APIFacts.
  const factsOf = () => {
    const slip = asked("facts");
    const number = (name) => Number(slip.getAttribute(name)) || 0;
    return {
      present: number("charts") > 0, // the object stands there before its methods do
      charts: number("charts"), told: number("told"), ready: number("ready"), loading: number("loading"),
      studies_told: number("studies-told"), studies_loading: number("studies-loading"), studies_failed: number("studies-failed"), studies_pending: number("pending") > 0,
      statuses: [...(slip.getAttribute("statuses") ?? "").slice(0, 4000).matchAll(/\((\d{1,3})\)/g)].map(([, code]) => Number(code)),
      scrolled_back: number("scrolled"), seen_until: number("until"),
      symbol: clip(slip.getAttribute("symbol")), interval: clip(slip.getAttribute("interval")), exchange: clip(slip.getAttribute("exchange")),
    };
  };

  // What the legends say about their data: the Go type LegendFacts. It depends on no language, and includes
  // hidden rows.
  const legendsOf = () => {
    const said = { valued: 0, loading: 0, failed_studies: 0 };
    for (const c of charts) {
      const series = first(legends.series, c);
      const values = [...(series?.querySelectorAll(legends.value) ?? [])];
      if (values.some((v) => /\p{Nd}/u.test(v.textContent.slice(0, maxText)))) said.valued++;
      const studies = [...c.querySelectorAll(legends.study)].slice(0, 100);
      said.loading += [series, ...studies].filter((row) => row && (row.matches(legends.loading) || first(legends.loading, row))).length;
      said.failed_studies += studies.filter((row) => {
        const problem = first(legends.problem, row);
        return problem && (visible(problem) || !visible(row)); // or the legend is collapsed
      }).length;
    }
    return said;
  };

  // What names the chart, apart from the API. Only the legend row of the chart's own symbol counts: studies
  // and compared symbols have rows with the same parts. A canvas' label has EXCHANGE:SYMBOL among words of
  // any language.
  const namingOf = () => {
    const series = first(legends.series, chart);
    const label = clip(first(page.labelled_canvas, chart)?.getAttribute("aria-label"));
    const interval = first(toolbar.interval);
    return {
      toolbar_symbol: text(toolbar.symbol),
      toolbar_interval: clip(interval?.dataset.value),
      label,
      label_symbol: label.match(/[A-Z0-9_]+:[^\s,;、،\u200e\u200f\u202a-\u202e\u2066-\u2069]+/u)?.[0] ?? "",
      legend_symbol: text(legends.title, series),
      legend_interval: text(legends.interval, series),
      legend_exchange: text(legends.exchange, series),
    };
  };

  // A thin sample of the box within a canvas, one number per pixel. The numbers are signed, because an
  // opaque colour is then small enough to be counted quickly.
  const sample = (canvas, box, width, height) => {
    const copy = Object.assign(document.createElement("canvas"), { width, height });
    const context = copy.getContext("2d", { willReadFrequently: true });
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, box.x, box.y, box.width, box.height, 0, 0, width, height);
    return new Int32Array(context.getImageData(0, 0, width, height).data.buffer);
  };

  // A pane is painted if a thin sample of one of its canvases has three colours; background and grid make
  // two. A canvas that cannot be read, because another origin drew on it, counts as painted.
  const isPainted = (pile) => pile.some((c) => attempt(() => hasColours(c), true));
  const hasColours = (canvas) => {
    if (canvas.width < 50 || canvas.height < 50) return false;
    const seen = new Set();
    for (const pixel of sample(canvas, { x: 0, y: 0, width: canvas.width, height: canvas.height }, 160, 90)) {
      if (pixel >>> 24 && seen.add(pixel).size >= 3) return true;
    }
    return false;
  };

  // Canvases are stacked, and one canvas of each pile holds the drawing. Axes are those that are narrow or
  // flat compared with their chart.
  const pilesOf = (canvases) => {
    const piles = new Map();
    for (const c of canvases) {
      const box = boxOf(c);
      const own = charts.find((chart) => chart.contains(c))?.clientWidth ?? innerWidth;
      if (box.width < own / 3 || box.height < 50) continue;
      piles.set(c.parentElement, [...(piles.get(c.parentElement) ?? []), c]);
    }
    return [...piles.values()];
  };
