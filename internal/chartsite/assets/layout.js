// The charts of a layout: their places in the page, and in the picture that the page takes of itself, which has
// other gaps between them.

const counts = { pair: 2, stack: 2, three: 3, four: 4 };

// containers makes the layout's further chart areas, and returns all, the active one first.
export function containers(layout) {
  const main = document.querySelector(".chart-container");
  const all = [main];
  main.parentElement.classList.add(layout || "single");
  while (all.length < (counts[layout] ?? 1)) {
    const next = Object.assign(document.createElement("div"), { className: "chart-container" });
    main.parentElement.append(next);
    all.push(next);
  }
  return all;
}

// placesOf returns the places of charts in a picture with another gap than the page's, from their boxes in the
// page.
export function placesOf(boxes, gap) {
  const along = (start, end) => {
    const starts = [...new Set(boxes.map((box) => Math.round(box[start])))].sort((a, b) => a - b);
    return boxes.map((box) => {
      let at = 0, before = starts[0];
      for (const next of starts.slice(1, starts.indexOf(Math.round(box[start])) + 1)) {
        const behind = Math.max(...boxes.filter((b) => Math.round(b[end]) <= next).map((b) => b[end]));
        at += behind - before + gap;
        before = next;
      }
      return at;
    });
  };
  const lefts = along("left", "right"), tops = along("top", "bottom");
  return boxes.map((box, i) => ({ x: lefts[i], y: tops[i], width: box.width, height: box.height }));
}
