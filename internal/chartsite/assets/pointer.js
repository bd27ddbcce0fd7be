// The browser's pointer rests at the top left until something moves it. The page treats it as a user's: the
// tooltip of a button under it covers the legend, and over a chart it paints crosshair labels.
import { coverRibbon } from "./covers.js";

const hesitation = 250; // ms that the pointer rests before a tooltip comes

// watchPointer shows a tooltip or a crosshair at a resting pointer from now on. Both carry the ribbon.
export function watchPointer(page, ribbon) {
  const root = document.getElementById("tooltip-root-element");
  const chart = page.widgets[0].chart;
  const mark = coverRibbon(ribbon); // of pictures that show a crosshair
  mark.classList.add("crosshair-ribbon");
  let since = performance.now(), moved = false;
  const look = () => {
    const under = [...document.querySelectorAll(":hover")].at(-1);
    cross(Boolean(chart.data && under?.closest(".chart")));
    document.documentElement.dataset.pointer = under ? "rests" : "away"; // for tests
    const button = under?.closest("[data-tooltip]");
    if (!button) root.replaceChildren();
    else if (!root.firstChild && performance.now() - since > hesitation) {
      root.append(tooltip(page.words[button.dataset.tooltip], button, ribbon));
    }
  };
  const cross = (crossed) => {
    if (crossed === chart.crossed) return;
    chart.crossed = crossed;
    if (crossed) page.widgets[0].container.append(mark);
    else mark.remove();
    if (!crossed) chart.chart.clearCrosshairPosition();
    else if (!moved) chart.cross();
  };
  addEventListener("mousemove", ({ clientX: x, clientY: y }) => {
    if (x === 0 && y === 0) return;
    moved = true;
    since = performance.now();
    root.replaceChildren();
  });
  document.documentElement.addEventListener("mouseleave", () => {
    root.replaceChildren();
    cross(false);
  });
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
