// What lies over the chart: dialogs, notices, banners, and the loader's veil. Each carries a ribbon of its
// own, whose drawing is recorded as a cover, so that a picture shows that it was there.

import { paintRibbon } from "./drawing.js";

const root = document.getElementById("overlap-manager-root");

const covers = {
  "sign-in": () => dialog(`data-dialog-name="sign-in"`, "Sign in",
    `<button>Google</button><button>Apple</button><button>Email</button>`),
  gopro: () => dialog(`data-dialog-name="gopro"`, "Get more out of your charts",
    `<p>Your plan has no more of these. Upgrade to go on.</p><button>Try free for 30 days</button>`),
  "alert-fired": () => dialog(`data-qa-dialog-name="alert-fired" data-name="alert-fired-dialog"`, "Alert",
    `<p>BTCUSDT crossing 97,400.00</p><button>Edit</button>`),
  promotion: () => dialog(`aria-modal="true"`, "This week only",
    `<p>Eighty per cent off every plan.</p><button>See the offer</button>`), // a dialog that nobody has named
  "maybe-later": () => element(`<div class="offer"><div class="dialog"><h2>Charts as you have never seen them</h2>
    <p>Try the new plan for a month.</p><button>Explore offers</button><button>Maybe later</button></div></div>`),
  offer: () => element(`<div class="offer"><div class="dialog"><h2>This week only</h2>
    <p>Eighty per cent off every plan.</p><button>See the offer</button></div></div>`), // no word of a dialog anywhere
  reconnect: () => dialog(`data-name="reconnect"`, "Session disconnected",
    `<p>Your session ended because your account was opened elsewhere.</p><button data-name="connect">Connect</button>`),
  settings: () => dialog(`data-name="series-properties-dialog" data-dialog-name="Settings"`, "Settings", `<p>Symbol, status line, scales, canvas</p>`),
  notice: () => dialog(`data-name="notice-dialog"`, "Notice", `<p>This indicator is no longer kept.</p><button>Ok</button>`),
  confirm: () => dialog(`data-name="confirm-dialog"`, "Confirm", `<p>Do you want to save the layout?</p><button>Yes</button><button>No</button>`),
  compare: () => dialog(`data-name="compare-dialog" data-dialog-name="Compare"`, "Compare symbol", `<p>Search</p>`),
  menu: () => menu(240, 140, ["Bars", "Candles", "Hollow candles", "Line", "Area", "Renko"]),
  "context-menu": () => menu(520, 260, ["Reset chart view", "Copy price", "Add alert", "Object tree", "Settings…"]),
  toast: () => element(`<div class="toastListScroll-double"><div class="toastListInner-double">
    <div class="toast" data-role="toast" data-name="toast"><button data-name="close" aria-label="Close">×</button>
    <b>Alert on BTCUSDT</b><p>Crossing 97,400.00</p></div></div></div>`),
  cookies: () => element(`<div class="cookie-banner" data-name="cookies-banner"><p>We use cookies. Do you like them?</p>
    <button class="manage-double">Manage preferences</button><button class="acceptAll-double">Accept all</button></div>`),
  loader: () => element(`<div class="loader-screen veiled" data-role="spinner"><div class="tv-spinner tv-spinner--shown"></div></div>`),
};

// cover puts something over the chart. A sticky one comes back as soon as it is hidden, as a child of the page's
// root, so that nothing else can be hidden with it.
export function cover(kind, ribbon, sticks) {
  const parents = { loader: document.querySelector(".chart-container"), offer: document.body, "maybe-later": document.body };
  let shown = place(kind, ribbon, parents[kind] ?? root);
  if (!sticks) return;
  const watch = () => {
    if (!parts(shown).every(seen)) {
      shown.remove();
      shown = place(kind, ribbon, document.documentElement);
      for (const part of parts(shown)) {
        for (const [name, value] of [["display", "grid"], ["opacity", "1"], ["visibility", "visible"]]) {
          part.style.setProperty(name, value, "important");
        }
      }
    }
    requestAnimationFrame(watch);
  };
  requestAnimationFrame(watch);
}

function place(kind, ribbon, parent) {
  const made = covers[kind]();
  made.append(coverRibbon(ribbon));
  for (const button of made.querySelectorAll(`[data-name="close"], [data-name="connect"], [class^="acceptAll"]`)) {
    button.addEventListener("click", () => made.remove());
  }
  parent.append(made);
  return made;
}

function dialog(name, title, content) {
  return element(`<div class="veil"><div class="dialog" ${name} role="dialog">
    <button class="close" data-name="close" aria-label="Close">×</button><h2>${title}</h2>${content}</div></div>`);
}

function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

// menu returns what a click opens. It is not a dialog, but has the same parent.
function menu(left, top, items) {
  return element(`<div class="menu" style="left: ${left}px; top: ${top}px"><div data-qa-id="menu-inner" data-name="menu-inner">
    ${items.map((item) => `<div class="menu-item" role="menuitem">${item}</div>`).join("")}</div></div>`);
}

// coverRibbon returns a ribbon as an element. It stands at whole pixels of the screen.
export function coverRibbon({ block, colors }) {
  const canvas = document.createElement("canvas");
  canvas.className = "cover-ribbon";
  canvas.width = colors.length * block;
  canvas.height = block;
  canvas.style.width = `${canvas.width / devicePixelRatio}px`;
  const context = canvas.getContext("2d");
  paintRibbon(context, { block, colors }, 0, 0);
  return canvas;
}

// parts returns the elements of a dialog or a menu that have to be visible: its veil and itself; null if it was
// removed.
function parts(veil) {
  return [veil, veil.querySelector(".dialog, [data-name='menu-inner']")];
}

function seen(part) {
  const box = part?.getBoundingClientRect();
  return box?.width > 0 && box.height > 0 && part.checkVisibility({ opacityProperty: true, visibilityProperty: true });
}

addEventListener("keydown", (event) => {
  if (event.code === "Escape") document.querySelector(`[data-name="close"]`)?.click();
});
