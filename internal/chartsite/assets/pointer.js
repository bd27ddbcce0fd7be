// The browser's pointer rests at the top left until something moves it, and the page takes it for a
// user's: the tooltip of a button under it lies over the legend; over a chart there are crosshair labels.
import { coverRibbon } from "./covers.js";
import { paintRibbon } from "./drawing.js";

const hesitation = 250; // ms that the pointer rests before a tooltip comes

// watchPointer shows what a resting pointer shows, from now on. ribbon is what it carries.
export function watchPointer(page, ribbon) {
  const root = document.getElementById("tooltip-root-element");
  const chart = page.widgets[0].chart;
  markCrosshair(chart, ribbon);
  let at = { x: 0, y: 0 }, since = performance.now();
  const look = () => {
    if (performance.now() - since < hesitation) return;
    const under = at && document.elementFromPoint(at.x, at.y);
    const button = under?.closest("[data-tooltip]");
    if (button && !root.firstChild) root.append(tooltip(page.words[button.dataset.tooltip], button, ribbon));
    const crossed = Boolean(chart.data && under?.closest(".chart"));
    if (crossed && at.x === 0 && at.y === 0) chart.cross();
    if (crossed !== chart.crossed) {
      chart.crossed = crossed;
      chart.chart.applyOptions({}); // paints again
    }
    document.documentElement.dataset.pointer = at ? "rests" : "away"; // for tests
  };
  const moved = (next) => {
    at = next;
    since = performance.now();
    root.replaceChildren();
    if (!at) chart.chart.clearCrosshairPosition();
  };
  addEventListener("mousemove", ({ clientX: x, clientY: y }) => moved(x >= 0 && y >= 0 && x < innerWidth && y < innerHeight ? { x, y } : null));
  document.documentElement.addEventListener("mouseleave", () => moved(null));
  setInterval(look, 50);
}

function tooltip(text, button, ribbon) {
  const box = button.getBoundingClientRect();
  const made = Object.assign(document.createElement("div"), { className: "tooltip", textContent: text });
  made.style.top = `${Math.round(box.bottom + 4)}px`;
  made.style.left = `${Math.round(Math.min(box.left + 8, innerWidth - 200))}px`;
  made.append(coverRibbon(ribbon));
  return made;
}

// markCrosshair marks pictures that show a crosshair.
function markCrosshair(chart, ribbon) {
  chart.crossed = false;
  const draw = (target) => target.useBitmapCoordinateSpace(({ context }) => {
    if (chart.crossed) paintRibbon(context, ribbon, 60, 120); // beside the crosshair
  });
  const view = { renderer: () => ({ draw }), zOrder: () => "top" };
  chart.chart.panes()[0].attachPrimitive({ paneViews: () => [view] });
}
