  // Which of the names that pages are read by this page has: the Go type Inspection, for those who mend the
  // names. It decides nothing. Of the page's texts it only holds what charts and elements are called.
  const maxListed = 20;
  const grid = 20; // points a side, over each chart

  const countOf = (selector) => {
    try {
      const elements = [...document.querySelectorAll(selector)];
      return { count: elements.length, visible: elements.filter(visible).length };
    } catch {
      return { count: 0, visible: 0, refused: true };
    }
  };
  const foundOf = () => {
    const found = Object.fromEntries(Object.entries(selectors).map(([name, selector]) => [name, countOf(selector)]));
    for (const name of ["authenticated", "signed_out"]) {
      const has = Number(document.documentElement.classList.contains(page[name]));
      found[`page.${name}`] = { count: has, visible: has };
    }
    const slip = asked("names");
    for (const name of Object.keys(names.api)) found[`api.${name}`] = { count: Number(slip.getAttribute(name)) || 0, visible: 0 };
    return found;
  };

  const placeOfBox = (element) => {
    const { left, top, width, height } = boxOf(element);
    return { x: Math.round(left), y: Math.round(top), width: Math.round(width), height: Math.round(height) };
  };
  const called = (element) => clip([element.localName, element.id && `#${element.id}`,
    ...["data-name", "data-qa-id", "data-dialog-name", "data-role", "role"].map((name) => {
      const value = element.getAttribute(name);
      return value && `[${name}="${value}"]`;
    }), ...[...element.classList].slice(0, 2).map((name) => `.${name}`)].filter(Boolean).join(""));

  // The elements hit at the points of a grid over the charts that belong to no chart, and tooltips.
  const overOf = () => {
    const over = new Set([...first(page.tooltips)?.children ?? []].filter(visible).map(called));
    for (const { x, y, width, height } of charts.map(placeOfBox)) {
      for (let i = 0; i < grid * grid; i++) {
        const hit = document.elementFromPoint(x + width * (i % grid + 0.5) / grid, y + height * (Math.floor(i / grid) + 0.5) / grid);
        if (hit && !charts.some((c) => c.contains(hit) || hit.contains(c))) over.add(called(hit));
      }
    }
    return [...over].slice(0, maxListed);
  };

  // The page's own picture, and how far each canvas in it is from its place in the layout of the charts.
  const pictured = async () => {
    const began = performance.now();
    const canvas = await shoot();
    const took = Math.round(performance.now() - began);
    const taken = pixelsOf(canvas), area = areaOf();
    state.searches = 0;
    const canvases = pilesShown().slice(0, maxListed).map((pile) => {
      const places = pile.map((shown) => {
        const from = { x: Math.round((shown.box.left - area.x) * shown.ratio), y: Math.round((shown.box.top - area.y) * shown.ratio) };
        const expected = { x: from.x + Math.round(padding * shown.ratio), y: from.y + Math.round(padding * shown.ratio) };
        const place = placeOf(taken, shown, expected) ?? expected;
        return { dx: place.x - from.x, dy: place.y - from.y, agreement: agreement(taken, shown, place.x, place.y), width: shown.full, height: shown.tall };
      });
      return places.reduce((best, next) => (next.agreement > best.agreement ? next : best));
    });
    return { refused: "", width: canvas.width, height: canvas.height, took_ms: took, canvases };
  };

  const inspect = async () => {
    survey();
    return {
      host: clip(location.host), ready_state: clip(document.readyState), language: clip(root?.lang), direction: clip(root?.dir),
      user_agent: clip(navigator.userAgent),
      width: innerWidth, height: innerHeight, pixel_ratio: devicePixelRatio,
      names: foundOf(), api: factsOf(), legends: legendsOf(), charts: charts.slice(0, maxListed).map(placeOfBox), over: overOf(),
      picture: await pictured().catch((e) => ({ refused: clip(e?.message ?? e), canvases: [] })),
    };
  };
