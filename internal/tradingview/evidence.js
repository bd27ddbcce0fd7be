// What the chart page shows, in one look, read by the names of names.json. It decides nothing and never throws: what cannot be seen is left out. What may
// be hidden of what lies over the chart, it hides once it has told of it, so that the next look
// tells whether it stayed away; it presses no button of a user's. The answer is decoded into the
// Go type Evidence; asked for the "picture" it is the page's own picture of the chart, and asked for
// its "confirmation" how much has changed since: the Go types clientShot and clientCheck.
async (want, names) => {
  // A look costs the page time, so one at a page that is on its way waits for it a little, in steps.
  const patience = 500, step = 10; // ms
  const rest = 50; // ms that the page has to itself between two pictures that are compared, at least
  const unconfirmed = Symbol.for("the picture to be confirmed"); // where it is kept until then
  const { page, toolbar, legend: legends, texts } = names;
  const refusal = new RegExp(texts.refusal, "i"), noSymbol = new RegExp(texts.no_symbol, "i");
  // Undocumented, and may vanish.
  const api = () => window[names.api.root];

  const first = (selector) => document.querySelector(selector);
  const clip = (value) => String(value ?? "").slice(0, 200);
  const text = (selector, within = document) => clip(within?.querySelector(selector)?.textContent?.trim());
  const attempt = (look, otherwise) => { try { return look() ?? otherwise; } catch { return otherwise; } };

  const visible = (element) => {
    const box = element.getBoundingClientRect();
    if (box.width < 1 || box.height < 1) return false;
    return element.checkVisibility?.({ checkOpacity: true, checkVisibilityCSS: true }) ?? true;
  };
  const overlaps = (element, area) => {
    const a = element.getBoundingClientRect(), b = area.getBoundingClientRect();
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  };

  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const allVisible = (selector) => [...document.querySelectorAll(selector)].filter(visible);
  const loadersOver = (charts) => allVisible(page.loaders).filter((e) => charts.some((c) => overlaps(e, c)));
  const activeOf = () => attempt(() => api()[names.api.active_chart](), null);
  // Without the API there is nothing that says no.
  const hasData = (active) => attempt(() => active[names.api.data_ready](() => {}), true) !== false;

  const onItsWay = () => document.readyState === "loading" || !hasData(activeOf()) || loadersOver(allVisible(page.chart)).length > 0;
  if (want === "evidence") {
    for (const end = performance.now() + patience; performance.now() < end && attempt(onItsWay, false);) await pause(step);
  }

  // All of a dialog, with the veil that it stands on, but nothing that a chart is in.
  const whole = (element) => {
    const roots = [document.body, root, first(page.overlaps)];
    while (element.parentElement && !roots.includes(element.parentElement) &&
      !charts.some((chart) => element.parentElement.contains(chart))) element = element.parentElement;
    return roots.includes(element) ? null : element;
  };
  const hide = (element) => whole(element)?.style.setProperty("display", "none", "important");

  const frameOf = (canvas) => ({ x: 0, y: 0, width: canvas.width, height: canvas.height });
  // A thin sample of the part of a canvas that box is, a number a pixel: signed, since an
  // opaque colour is then small enough to be counted quickly.
  const sample = (canvas, box, width, height) => {
    const copy = Object.assign(document.createElement("canvas"), { width, height });
    const context = copy.getContext("2d", { willReadFrequently: true });
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, box.x, box.y, box.width, box.height, 0, 0, width, height);
    return new Int32Array(context.getImageData(0, 0, width, height).data.buffer);
  };

  // A canvas is painted when a thin sample of it holds three colours; background and grid make two.
  const painted = (canvas) => {
    if (canvas.width < 50 || canvas.height < 50) return false;
    const seen = new Set();
    for (const pixel of sample(canvas, frameOf(canvas), 160, 90)) {
      if (pixel >>> 24 && seen.add(pixel).size >= 3) return true;
    }
    return false;
  };

  let root, charts, chart;
  const survey = () => {
    root = document.documentElement; // null for the first moments of a document
    charts = allVisible(page.chart); // a layout may have several
    chart = charts.find((c) => c.matches(page.active_chart)) ?? charts[0];
  };

  // What the chart says that it shows, by the API, else by its legend or the toolbar. The legend's row
  // is that of the chart's own symbol: studies and compared symbols have rows of the same parts.
  const naming = () => {
    const active = activeOf(), legend = chart?.querySelector(legends.series);
    const said = {
      api: !!active,
      toolbar: text(toolbar.symbol),
      legend_symbol: text(legends.title, legend),
      legend_interval: text(legends.interval, legend),
      legend_exchange: text(legends.exchange, legend),
      symbol: clip(attempt(() => active[names.api.symbol](), "")),
      interval: clip(attempt(() => active[names.api.resolution](), "")),
    };
    const name = said.legend_symbol || said.toolbar;
    said.symbol ||= said.legend_exchange && name ? clip(`${said.legend_exchange}:${name}`) : name;
    said.interval ||= said.legend_interval;
    return said;
  };

  // Canvases lie on one another, and one of each pile holds the drawing. Axes are narrow or flat,
  // by the measure of their own chart.
  const pilesOf = (canvases) => {
    const piles = new Map();
    for (const c of canvases) {
      const box = c.getBoundingClientRect();
      const own = charts.find((chart) => chart.contains(c))?.clientWidth ?? innerWidth;
      if (box.width < own / 3 || box.height < 50) continue;
      piles.set(c.parentElement, [...(piles.get(c.parentElement) ?? []), c]);
    }
    return [...piles.values()];
  };

  // A canvas as it is shown, and how.
  const shownNow = (canvas) => {
    const box = canvas.getBoundingClientRect();
    const width = Math.ceil(box.width / 6), height = Math.ceil(box.height / 6);
    return { box, width, height, pixels: sample(canvas, frameOf(canvas), width, height) };
  };

  // Of the pixels where a picture of the chart area or a canvas shown in it has a drawing, the share
  // that is the same in both. What is most of either is its background.
  const agreement = (picture, { box, width, height, pixels: shown }, area) => {
    const there = { x: box.x - area.x, y: box.y - area.y, width: box.width, height: box.height };
    const taken = sample(picture, there, width, height);
    const [takenGround, shownGround] = [ground(taken), ground(shown)];
    let drawn = 0, same = 0;
    for (let i = 0; i < shown.length; i++) {
      if (shown[i] === shownGround && taken[i] === takenGround) continue;
      drawn++;
      if (shown[i] === taken[i]) same++;
    }
    return drawn && same / drawn;
  };
  const ground = (pixels) => {
    const counts = new Map();
    for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
    return [...counts].reduce((most, next) => (next[1] > most[1] ? next : most))[0];
  };

  // The smallest rectangle that holds all charts.
  const areaOf = () => {
    const boxes = charts.map((chart) => chart.getBoundingClientRect());
    const x = Math.min(...boxes.map((b) => b.left)), y = Math.min(...boxes.map((b) => b.top));
    return { x, y, width: Math.max(...boxes.map((b) => b.right)) - x, height: Math.max(...boxes.map((b) => b.bottom)) - y };
  };

  // What lies over a chart and says nowhere that it is a dialog: what is hit at the points of a
  // coarse grid and is no chart's, around none, and not told of by a name already.
  const coversOf = (known) => {
    const hits = new Set();
    for (const chart of charts) {
      const box = chart.getBoundingClientRect();
      for (let i = 0; i < 25; i++) {
        const x = box.left + box.width * (i % 5 + 0.5) / 5, y = box.top + box.height * (Math.floor(i / 5) + 0.5) / 5;
        const hit = document.elementFromPoint(x, y);
        if (hit && !charts.some((c) => c.contains(hit) || hit.contains(c))) hits.add(hit);
      }
    }
    return [...hits].filter((hit) => {
      const all = whole(hit);
      return all && visible(hit) && !known.some((k) => k.contains(hit) || all.contains(k));
    });
  };

  // What can be seen of dialogs, by name; those of no name of ours are "other" where they lie over
  // a chart. What only points can hit is looked for once the charts are painted: until then it decides nothing.
  const dialogsOf = (drawn) => {
    const named = Object.entries(names.dialogs).map(([name, selector]) => ({ name, elements: allVisible(selector) }));
    const known = named.flatMap(({ elements }) => elements);
    const other = allVisible(names.any_dialog).filter((e) => charts.some((c) => overlaps(e, c)) &&
      !charts.some((c) => e.contains(c)) && !known.some((k) => k.contains(e) || e.contains(k)));
    if (drawn) other.push(...coversOf([...known, ...other]));
    return [...named, { name: "other", elements: other }].filter(({ elements }) => elements.length);
  };

  const look = () => {
    survey();
    const evidence = {
      ready_state: document.readyState,
      host: clip(location.host),
      title: clip(document.title),
      language: clip(root?.lang),
      authenticated: root?.classList.contains(page.authenticated) ?? false,
      signed_out: root?.classList.contains(page.signed_out) ?? false,
      width: innerWidth,
      height: innerHeight,
    };

    evidence.chart = !!chart;
    evidence.loaders = loadersOver(charts).length;

    const canvases = allVisible(page.canvases);
    evidence.canvases = canvases.length;
    // A canvas that may not be read (another origin drew on it) is painted, for all that can be seen.
    const legible = (c) => attempt(() => painted(c), true);
    evidence.notice = "";
    if (!evidence.chart && first(page.captcha)) evidence.notice = "captcha";
    else if (!evidence.chart && refusal.test(document.body?.innerText ?? "")) evidence.notice = "private";
    else if (evidence.chart && noSymbol.test(chart.innerText)) evidence.notice = "no-symbol";

    evidence.data_ready = hasData(activeOf());
    // Reading canvases is most of what a look costs, and says nothing of a chart that is still loading.
    const piles = evidence.loaders || !evidence.data_ready ? [] : pilesOf(canvases);
    evidence.painted = charts.every((chart) => piles.some(([c]) => chart.contains(c))) &&
      piles.length > 0 && piles.every((pile) => pile.some(legible));
    const dialogs = dialogsOf(evidence.painted);
    evidence.dialogs = dialogs.map(({ name }) => name);
    Object.assign(evidence, naming());
    for (const { name, elements } of dialogs) {
      if (!names.kept_dialogs.includes(name)) elements.forEach(hide);
    }
    return evidence;
  };

  // A picture of the chart as the page takes it, of about the size of what it shows.
  const shoot = async () => {
    const late = new Promise((_, reject) => setTimeout(reject, 3000, new Error("it does not come")));
    late.catch(() => {}); // where nobody waits for it any more
    const canvas = await Promise.race([api()[names.api.screenshot](), late]);
    if (!(canvas instanceof HTMLCanvasElement)) throw new Error("it is no canvas");
    const area = areaOf();
    const small = canvas.width < area.width / 2 || canvas.height < area.height / 2;
    if (small || canvas.width > innerWidth || canvas.height > innerHeight) {
      throw new Error(`it is ${canvas.width}x${canvas.height}`);
    }
    return canvas;
  };
  const pixelsOf = (canvas) => {
    const context = canvas.getContext("2d");
    if (!context) return sample(canvas, frameOf(canvas), canvas.width, canvas.height);
    return new Int32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  };
  const pilesShown = () => pilesOf(allVisible(page.canvases)).map((pile) => pile.map(shownNow));
  const pixelsShown = (piles) => piles.flat().map(({ pixels }) => pixels);
  // How many of the pixels of one list of pictures differ in another.
  const difference = (before, after) => {
    let pixels = 0, changed = 0;
    before.forEach((a, i) => {
      const b = after[i];
      pixels += a.length;
      if (a.length !== b?.length) changed += a.length;
      else for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) changed++;
    });
    return { pixels, changed };
  };
  const twoFrames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

  // The page's own picture of the chart, compared with what the page shows. What both are is kept, for
  // the confirmation.
  const picture = async () => {
    survey();
    const canvas = await shoot();
    const area = areaOf();
    const piles = pilesShown();
    if (!piles.length || !piles.every((pile) => pile.some((shown) => agreement(canvas, shown, area) >= 0.8))) {
      throw Object.assign(new Error("it shows something else than the page"), { passing: true });
    }
    const [head, png] = canvas.toDataURL("image/png").split(",");
    if (head !== "data:image/png;base64" || png.length > 5e6 / 3 * 4) throw new Error("it is no small PNG");
    globalThis[unconfirmed] = { taken: [pixelsOf(canvas)], shown: pixelsShown(piles), rested: Promise.all([twoFrames(), pause(rest)]) };
    return { png };
  };

  // What has changed since the picture, after the page had a moment to itself. What is seen meanwhile
  // tells what the picture shows.
  const confirmation = async () => {
    if (!globalThis[unconfirmed]) throw Object.assign(new Error("the page was replaced"), { passing: true });
    const { taken, shown, rested } = globalThis[unconfirmed];
    delete globalThis[unconfirmed];
    await rested;
    const seen = look();
    const own = difference(taken, [pixelsOf(await shoot())]);
    const visibly = difference(shown, pixelsShown(pilesShown()));
    const { symbol, interval } = naming();
    return { seen, own, visibly, symbol, interval };
  };

  const refused = (e) => ({ refused: clip(e?.message ?? e), passing: e?.passing === true });
  if (want === "picture") return picture().catch(refused);
  if (want === "confirmation") return confirmation().catch(refused);
  return look();
}
