  // One look at the chart page. It returns the Go type Evidence. It decides nothing and never throws: it
  // leaves out what it cannot see. It reports what lies over the chart and then hides it if it may, so that
  // the next look shows whether that stayed away. It presses no button.
  const patience = 500, step = 8; // ms: a look costs the page time, so one at a page that is on its way waits a little
  const maxDialogs = 20;
  const refusal = new RegExp(names.texts.refusal, "i");
  const noSymbol = new RegExp(names.texts.no_symbol, "i"), noData = new RegExp(names.texts.no_data, "i");

  // By the API if that answers for every chart, else by what is visible.
  const onItsWay = () => {
    if (document.readyState === "loading") return true;
    survey();
    if (!charts.length) return false;
    const api = factsOf(), said = legendsOf();
    const told = api.told >= charts.length;
    if (told ? api.ready < api.told || api.loading > 0 : said.valued < charts.length || loadersOver().length > 0) return true;
    return api.studies_told >= charts.length ? api.studies_loading > 0 || api.studies_pending : said.loading > 0;
  };
  const waitABit = async () => {
    for (const end = performance.now() + patience; performance.now() < end && attempt(onItsWay, false);) await pause(step);
  };

  // The whole dialog with the veil behind it, but no element that contains a chart.
  const whole = (element) => {
    const roots = [document.body, root, first(page.overlaps)];
    while (element.parentElement && !roots.includes(element.parentElement) &&
      !charts.some((chart) => element.parentElement.contains(chart))) element = element.parentElement;
    return roots.includes(element) ? null : element;
  };
  const hide = (element) => element?.style.setProperty("display", "none", "important");

  // Elements over a chart that nothing marks as a dialog: those hit at the points of a coarse grid that
  // belong to no chart, contain none, and are not reported under a name already.
  const coversOf = (known) => {
    const hits = new Set();
    for (const chart of charts) {
      const box = boxOf(chart);
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

  // The visible dialogs, by name. A dialog over a chart that we have no name for is "other". The grid of
  // points is only tried once the charts are painted: before that its answer decides nothing.
  const dialogsOf = (drawn) => {
    const named = Object.entries(names.dialogs).map(([name, selector]) => ({ name, elements: allVisible(selector) }));
    const known = named.flatMap(({ elements }) => elements);
    const other = allVisible(names.any_dialog).filter((e) => charts.some((c) => overlaps(boxOf(e), boxOf(c))) &&
      !charts.some((c) => e.contains(c)) && !known.some((k) => k.contains(e) || e.contains(k)));
    if (drawn) other.push(...coversOf([...known, ...other]));
    return [...named, { name: "other", elements: other }].filter(({ elements }) => elements.length).slice(0, maxDialogs);
  };

  // The notice that the page shows in place of a chart or its data.
  const noticeOf = () => {
    if (!chart) {
      if (first(page.captcha)) return "captcha";
      return refusal.test((document.body?.innerText ?? "").slice(0, 20000)) ? "private" : "";
    }
    for (const c of charts) {
      const words = c.innerText.slice(0, 20000);
      if (noSymbol.test(words)) return "no-symbol";
      if (noData.test(words)) return "no-data";
    }
    return "";
  };

  const look = () => {
    survey();
    const api = factsOf(), canvases = allVisible(page.canvases), loaders = loadersOver();
    const told = api.told >= charts.length;
    // Reading canvases is most of a look's cost, and useless while a chart is still loading.
    const loading = told ? api.ready < api.told : loaders.length > 0;
    const piles = loading ? [] : pilesOf(canvases), empty = piles.filter((pile) => !isPainted(pile));
    const drawn = charts.length > 0 && charts.every((chart) => piles.some((pile) => !empty.includes(pile) && chart.contains(pile[0])));
    const dialogs = dialogsOf(drawn);
    const evidence = {
      ready_state: document.readyState,
      host: clip(location.host),
      title: clip(document.title),
      language: clip(root?.lang),
      authenticated: root?.classList.contains(page.authenticated) ?? false,
      signed_out: root?.classList.contains(page.signed_out) ?? false,
      width: innerWidth,
      height: innerHeight,
      charts: charts.length,
      loaders: loaders.length,
      veils: loaders.filter(isVeil).length,
      pointed: document.querySelector(":hover") !== null,
      canvases: canvases.length,
      painted: drawn,
      empty_panes: empty.length,
      dialogs: dialogs.map(({ name }) => name),
      notice: noticeOf(),
      api,
      legends: legendsOf(),
      ...namingOf(),
    };
    for (const { name, elements } of dialogs) {
      if (!names.kept_dialogs.includes(name)) elements.forEach((element) => hide(whole(element)));
    }
    hide(first(page.tooltips));
    return evidence;
  };
