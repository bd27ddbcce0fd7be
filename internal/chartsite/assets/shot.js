// The picture that the page takes of itself: each chart with another legend, padding and a footer.
import { font } from "./drawing.js";
import { rowsOf } from "./legend.js";
import { placesOf } from "./layout.js";

// In CSS pixels.
const padding = 10, footer = 35, gap = 5, header = 38;

const ground = "#131722", edge = "#0c0e15", text = "#d1d4dc", dim = "#787b86", study = "#b2b5be";

// picture returns a canvas with all charts of the page.
export function picture(page, { head = 0, pad = padding, foot = footer } = {}) {
  const r = devicePixelRatio;
  const shots = page.widgets.map((widget) => shotOf(page, widget));
  const boxes = page.widgets.map(({ container }) => container.getBoundingClientRect());
  const places = placesOf(boxes, gap);
  const width = Math.max(...places.map((p) => p.x + p.width)), height = Math.max(...places.map((p) => p.y + p.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round((width + 2 * pad) * r);
  canvas.height = Math.round((height + pad + head + foot) * r);
  const context = canvas.getContext("2d");
  context.fillStyle = edge;
  context.fillRect(0, 0, canvas.width, canvas.height);
  shots.forEach((shot, i) => context.drawImage(shot, Math.round((places[i].x + pad) * r), Math.round((places[i].y + pad + head) * r)));
  context.setTransform(r, 0, 0, r, 0, 0);
  paintFooter(context, width + 2 * pad, height + pad + head, foot);
  if (head) paintHeader(context, page);
  return canvas;
}

// headed is the picture with the header that is off by default.
export function headed(page) {
  return picture(page, { head: header });
}

// shotOf returns one chart with its legend. In a right-to-left language its prices are at the left.
function shotOf(page, widget) {
  const shot = widget.chart.screenshot();
  const context = shot.getContext("2d");
  const r = devicePixelRatio;
  if (document.documentElement.dir === "rtl") turnAxis(context, shot, Math.round(widget.chart.axisWidth() * r));
  context.setTransform(r, 0, 0, r, 0, 0);
  paintLegend(context, page, widget);
  return shot;
}

function turnAxis(context, shot, axis) {
  const copy = Object.assign(document.createElement("canvas"), { width: shot.width, height: shot.height });
  copy.getContext("2d").drawImage(shot, 0, 0);
  context.setTransform(1, 0, 0, 1, 0, 0);
  const rest = shot.width - axis;
  context.drawImage(copy, 0, 0, rest, shot.height, axis, 0, rest, shot.height);
  context.drawImage(copy, rest, 0, axis, shot.height, 0, 0, axis, shot.height);
}

// paintLegend says what the chart shows, whatever the page's own legend shows.
function paintLegend(context, page, widget) {
  const named = widget.named;
  const title = [named.description, page.words.shortInterval(named.interval), named.exchange, named.title].filter(Boolean).join(" · ");
  context.textBaseline = "middle";
  const tops = [20, 42, 62, 82, 102];
  let inFirstPane = 0;
  for (const [i, row] of rowsOf(widget.chart).entries()) {
    const y = row.pane === 0 ? tops[inFirstPane++] : widget.chart.paneTop(row.pane) + 18;
    let x = 12;
    const write = (words, color, size, weight) => {
      context.font = `${weight} ${size}px ${font}`;
      context.fillStyle = color;
      context.fillText(words, x, y);
      x += context.measureText(words).width;
    };
    write(i === 0 ? title : row.title, i === 0 ? text : study, i === 0 ? 15 : 12, i === 0 ? 500 : 400);
    for (const { label, value, color } of row.values) {
      x += 8;
      if (label) write(label + " ", dim, 13, 400);
      write(value, color, i === 0 ? 13 : 12, 400);
    }
  }
}

function paintFooter(context, width, top, height) {
  context.fillStyle = ground;
  context.fillRect(0, top, width, height);
  context.fillStyle = "#2962ff";
  context.beginPath();
  context.arc(22, top + height / 2, 9, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = text;
  context.font = `600 15px ${font}`;
  context.textBaseline = "middle";
  context.fillText("Chart site", 40, top + height / 2 + 1);
}

function paintHeader(context, page) {
  context.fillStyle = ground;
  context.fillRect(0, 0, context.canvas.width, header);
  context.fillStyle = text;
  context.font = `400 13px ${font}`;
  context.textBaseline = "middle";
  context.fillText(`created on the chart site, ${page.widgets[0].named.symbol}`, padding, header / 2);
}
