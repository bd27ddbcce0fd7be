// What a hostile page changes: the functions that a script looking at the page calls. The page's own scripts
// still get the right answers; they are known by the address that they were loaded from.

const giant = () => "A".repeat(300e6);

// bend bends one kind of thing, or everything.
export function bend(kind, page) {
  if (kind === "everything") for (const each of ["strings", "arrays", "json", "promises", "elements", "canvas", "network"]) kinds[each](page);
  else kinds[kind](page);
}

const kinds = {
  strings: () => each(String.prototype, ["slice", "trim", "split", "replace", "includes", "startsWith", "substring", "toLowerCase", "toString"], () => giant()),
  arrays: () => {
    each(Array.prototype, ["map", "filter", "slice", "concat", "flatMap"], () => new Array(3e7).fill("AAAAAAAA"));
    each(Array.prototype, ["some", "every", "includes"], () => true);
    each(Array.prototype, ["find", "at", "pop"], () => undefined);
    each(Array.prototype, ["push", "forEach", "reduce", "join"], () => giant());
    each(Object, ["entries", "keys", "values", "assign"], () => new Array(3e7).fill(["A", "A"]));
  },
  json: () => {
    each(JSON, ["stringify"], () => giant());
    Object.defineProperty(Object.prototype, "toJSON", { configurable: true, value() { return foreign() ? giant() : this; } });
  },
  promises: () => {
    each(Promise.prototype, ["then", "catch", "finally"], () => new Promise(() => {}));
    each(Promise, ["race", "all", "resolve"], () => new Promise(() => {}));
  },
  timers: () => {
    each(window, ["setTimeout", "requestAnimationFrame"], () => 0);
    each(Performance.prototype, ["now"], () => 0);
    each(Date, ["now"], () => 0);
  },
  elements: () => {
    each(Element.prototype, ["getBoundingClientRect"], () => new DOMRect(-1, -1, 0, 0));
    each(Element.prototype, ["checkVisibility", "matches"], () => false);
    each(Element.prototype, ["getAttribute"], () => giant());
    each(Document.prototype, ["elementFromPoint", "querySelector"], () => null);
    each(Document.prototype, ["querySelectorAll"], () => []);
    for (const [prototype, name] of [[Node.prototype, "textContent"], [HTMLElement.prototype, "innerText"], [Element.prototype, "className"]]) {
      const { get, set } = Object.getOwnPropertyDescriptor(prototype, name);
      Object.defineProperty(prototype, name, { configurable: true, set, get() { return foreign() ? giant() : get.call(this); } });
    }
  },
  canvas: () => {
    each(HTMLCanvasElement.prototype, ["toDataURL"], () => "data:image/png;base64," + giant());
    each(HTMLCanvasElement.prototype, ["toBlob"], () => undefined);
    each(CanvasRenderingContext2D.prototype, ["getImageData"], () => ({ data: new Uint8ClampedArray(4) }));
    each(CanvasRenderingContext2D.prototype, ["drawImage"], () => undefined);
  },
  network: () => {
    each(window, ["fetch"], () => new Promise(() => {}));
    each(XMLHttpRequest.prototype, ["open", "send"], () => { throw new Error("refused"); });
  },
  title: () => {
    const long = "A".repeat(50e6);
    setInterval(() => { if (document.title.length < long.length) document.title = long; }, 20);
    document.documentElement.lang = "en-" + "A".repeat(5e6);
  },
  console: () => {
    const line = "A".repeat(1e6);
    let lines = 0;
    const write = () => {
      for (let i = 0; i < 10; i++) console.error(line + lines++);
      if (lines < 200) setTimeout(write, 5);
    };
    write();
  },
  symbol: (page) => onChart(page, { symbol: giant }),
  studies: (page) => onChart(page, { getAllStudies: () => new Array(1e7).fill({ id: "study0", name: "A" }) }),
  charts: (page) => onAPI(page, { chartsCount: () => 1e9 }),
  statuses: (page) => onAPI(page, { chartWidgetCollectionSeriesStatuses: () => [giant()] }),
  errors: (page) => {
    const fail = () => { throw new Error(giant()); };
    onChart(page, { symbol: fail, resolution: fail, dataReady: fail });
    onAPI(page, { takeClientScreenshot: async () => fail() });
  },
  screenshot: (page) => {
    Object.defineProperty(HTMLCanvasElement, Symbol.hasInstance, { value: () => true });
    const fake = { width: 1000, height: 600, toDataURL: () => "data:image/png;base64," + giant(), getContext: () => null };
    onAPI(page, { takeClientScreenshot: async () => fake });
  },
  dialogs: () => {
    const root = document.getElementById("overlap-manager-root");
    const dialogs = document.createDocumentFragment();
    for (let i = 0; i < 100_000; i++) {
      const dialog = document.createElement("div");
      dialog.setAttribute("role", "dialog");
      dialog.style.display = "none";
      dialogs.append(dialog);
    }
    root.append(dialogs);
  },
  proxy: (page) => {
    const all = new Proxy(function () {}, { get: (_, name) => (name === Symbol.toPrimitive ? () => 1e9 : all), apply: () => all });
    page.madeAPI = () => all;
  },
};

function onChart(page, methods) {
  page.madeAPI = (api) => {
    Object.assign(api.activeChart(), methods);
    return api;
  };
}

function onAPI(page, methods) {
  const before = page.madeAPI;
  page.madeAPI = (api) => Object.assign(before(api), methods);
}

// each replaces methods, for everyone but the page's own scripts.
function each(owner, names, instead) {
  for (const name of names) {
    const own = owner[name];
    Object.defineProperty(owner, name, {
      configurable: true, writable: true,
      value(...args) { return foreign() ? instead() : Reflect.apply(own, this, args); },
    });
  }
}

const { apply } = Reflect;
const { split, includes } = String.prototype;
let asking = false;

// foreign reports whether the caller is a script that the site has not served.
function foreign() {
  if (asking) return false;
  asking = true;
  try {
    const lines = apply(split, new Error().stack, ["\n"]);
    for (let i = 3; i < lines.length; i++) if (apply(includes, lines[i], ["/static/"])) return false;
    return lines.length > 3;
  } finally {
    asking = false;
  }
}
