// Answers what looks ask of the page's own objects. This runs in every document before any script of the
// page. It keeps the functions that it calls, because the page may replace prototypes, timers and promises
// later. For the same reason it uses no spread and no iteration. It bounds each answer itself.
//
// A look sends an event, whose name the page cannot guess, with an element that is in no document. The
// answers are written on that element as attributes, and the picture is put into it. See page.js.
(channel, names) => {
  "use strict";
  if (window.top !== window) return;
  const { apply } = Reflect;
  const { slice } = String.prototype;
  const { then } = Promise.prototype;
  const { setAttribute } = Element.prototype;
  const { appendChild } = Node.prototype;
  const { addEventListener, dispatchEvent } = EventTarget.prototype;
  const relatedTarget = Object.getOwnPropertyDescriptor(MouseEvent.prototype, "relatedTarget").get;
  const isConnected = Object.getOwnPropertyDescriptor(Node.prototype, "isConnected").get;
  const OwnEvent = Event, OwnPromise = Promise;
  const maxCharts = 16, maxStudies = 100; // of a chart
  const studyFailed = 3; // of the types of a study's status

  const clip = (value) => (typeof value === "string" ? apply(slice, value, [0, 200]) : "");
  const attempt = (look) => { try { return look(); } catch { return undefined; } };
  const ask = (object, name, args = []) => attempt(() => apply(object[name], object, args));
  const put = (slip, name, value) => apply(setAttribute, slip, [name, value]);
  const root = () => attempt(() => window[names.root]);
  const nothing = () => {};

  const activeOf = (api) => ask(api, names.active_chart) ?? attempt(() => ask(api[names.active_chart_value], "value"));

  // Some versions answer at once whether the studies are ready, others return a promise.
  let studiesAsked = false, studiesThere = false;
  const studiesReady = (api) => {
    const said = ask(api, names.studies_ready);
    if (said === false) return false;
    if (typeof said !== "object" || said === null) return true;
    if (!studiesAsked) {
      const there = () => { studiesThere = true; };
      studiesAsked = attempt(() => { apply(then, said, [there, there]); return true; }) ?? false;
    }
    return studiesThere || !studiesAsked;
  };

  // A chart only counts as told if each of its studies says whether it is loading.
  const studiesOf = (chart) => {
    const list = ask(chart, names.studies);
    const length = attempt(() => list.length);
    if (typeof length !== "number" || !(length >= 0 && length <= maxStudies)) return { told: 0, loading: 0, failed: 0 };
    let told = 1, loading = 0, failed = 0;
    for (let i = 0; i < length; i++) {
      const study = ask(chart, names.study, [attempt(() => list[i].id)]);
      const said = ask(study, names.loading);
      if (said === true) loading++;
      else if (said !== false) told = 0;
      if (attempt(() => ask(study, names.study_status).type) === studyFailed) failed++;
    }
    return { told, loading, failed };
  };

  // The last bar is out of sight if the time scale ends before it, or if nothing is seen at all.
  const isScrolledBack = (chart) => {
    const offset = ask(ask(chart, names.time_scale), names.right_offset);
    if (typeof offset === "number") return offset < -0.5;
    const range = attempt(() => apply(chart[names.visible_range], chart, []));
    return range === null;
  };

  const tell = (slip) => {
    const api = root();
    if (api === undefined || api === null) return;
    const said = ask(api, names.charts_count);
    const count = typeof said === "number" && said >= 1 ? (said < maxCharts ? said : maxCharts) : 0;
    const active = activeOf(api);
    let charts = 0, told = 0, ready = 0, loading = 0, studiesTold = 0, studiesLoading = 0, studiesFailed = 0, scrolled = 0;
    for (let i = 0; i < (count || 1); i++) {
      const chart = count ? ask(api, names.chart, [i]) : active;
      if (chart === undefined || chart === null) continue;
      charts++;
      const there = ask(chart, names.data_ready, [nothing]);
      if (there === true || there === false) told++;
      if (there === true) ready++;
      if (ask(ask(chart, names.series), names.loading) === true) loading++;
      const studies = studiesOf(chart);
      studiesTold += studies.told;
      studiesLoading += studies.loading;
      studiesFailed += studies.failed;
      if (there === true && isScrolledBack(chart)) scrolled++;
    }
    let statuses = "";
    const list = ask(api, names.series_statuses);
    const length = attempt(() => list.length);
    for (let i = 0; typeof length === "number" && i < length && i < maxCharts; i++) statuses += clip(attempt(() => list[i])) + "\n";

    put(slip, "charts", charts);
    put(slip, "told", told);
    put(slip, "ready", ready);
    put(slip, "loading", loading);
    put(slip, "studies-told", studiesTold);
    put(slip, "studies-loading", studiesLoading);
    put(slip, "studies-failed", studiesFailed);
    put(slip, "pending", ask(api, names.studies_pending) === true || !studiesReady(api) ? 1 : 0);
    put(slip, "scrolled", scrolled);
    put(slip, "statuses", statuses);
    put(slip, "symbol", clip(ask(active, names.symbol)));
    put(slip, "interval", clip(ask(active, names.resolution)));
    put(slip, "exchange", clip(attempt(() => ask(active, names.symbol_info).exchange)));
    const until = attempt(() => ask(active, names.visible_range).to);
    put(slip, "until", typeof until === "number" ? until : 0);
  };

  // Which of the API's names are there, for an inspection: each is a method of one of these objects.
  const find = (slip) => {
    const api = root();
    const chart = ask(api, names.chart, [0]) ?? activeOf(api);
    const study = ask(chart, names.study, [attempt(() => ask(chart, names.studies)[0].id)]);
    const has = (object, list) => {
      for (let i = 0; i < list.length; i++) put(slip, list[i], attempt(() => typeof object[names[list[i]]]) === "function" ? 1 : 0);
    };
    put(slip, "root", api === undefined || api === null ? 0 : 1);
    has(api, ["active_chart", "chart", "charts_count", "series_statuses", "studies_pending", "studies_ready", "screenshot"]);
    has(chart, ["symbol", "symbol_info", "resolution", "data_ready", "series", "studies", "study", "visible_range", "time_scale"]);
    has(ask(chart, names.series), ["loading"]);
    has(ask(chart, names.time_scale), ["right_offset"]);
    has(study, ["study_status"]);
  };

  const show = (slip) => {
    const done = (refused) => {
      if (refused) put(slip, "refused", refused);
      apply(dispatchEvent, slip, [new OwnEvent("done")]);
    };
    const failed = (error) => done(clip(attempt(() => error.message)) || "it failed");
    const made = (canvas) => {
      const there = attempt(() => apply(isConnected, canvas, []) === false && apply(appendChild, slip, [canvas]));
      done(there ? "" : "it is no canvas");
    };
    try {
      const api = root();
      const promised = apply(api[names.screenshot], api, []);
      apply(then, new OwnPromise((resolve) => resolve(promised)), [made, failed]);
    } catch (error) {
      failed(error);
    }
  };

  const answer = (kind, how) => apply(addEventListener, window, [channel + kind, (event) => {
    const slip = attempt(() => apply(relatedTarget, event, []));
    if (slip) attempt(() => how(slip));
  }]);
  answer("facts", tell);
  answer("names", find);
  answer("picture", show);
}
