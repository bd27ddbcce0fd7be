  // The page's own picture of its charts, and whether it shows what the page shows: the Go types
  // clientShot and clientCheck.
  const maxPNG = 5e6; // bytes
  const shotPatience = 3000; // ms
  const rest = 50; // ms that the page has to itself between two pictures that are compared, at least
  const enough = 0.8; // of the drawn pixels agree
  const padding = 10; // CSS pixels around the charts in the picture, where nothing else is found
  const slack = 200; // CSS pixels by which a picture may be larger than the viewport: padding, footer, gaps
  // Each 7th pixel of each 7th row is compared. Odd, so that one pixel stands in the middle of each square.
  const thin = 7, middle = 3;
  const state = (globalThis.atalaya ??= { places: new Map(), searches: 0, unconfirmed: null });

  const passing = (message) => Object.assign(new Error(message), { passing: true });

  const shoot = async () => {
    const slip = document.createElement("i");
    const done = new Promise((resolve) => slip.addEventListener("done", resolve, { once: true }));
    dispatchEvent(new MouseEvent(channel + "picture", { relatedTarget: slip }));
    const came = await Promise.race([done, pause(shotPatience)]);
    if (!came) throw new Error("it does not come");
    if (slip.hasAttribute("refused")) throw new Error(clip(slip.getAttribute("refused")));
    const canvas = slip.firstElementChild;
    if (!(canvas instanceof HTMLCanvasElement)) throw new Error("it is no canvas");
    const area = areaOf(), ratio = devicePixelRatio;
    if (canvas.width < area.width * ratio / 2 || canvas.height < area.height * ratio / 2 ||
      canvas.width > (innerWidth + slack) * ratio || canvas.height > (innerHeight + slack) * ratio) {
      throw new Error(`it is ${canvas.width}x${canvas.height}`);
    }
    return canvas;
  };

  // The smallest rectangle that holds all charts.
  const areaOf = () => {
    const boxes = charts.map(boxOf);
    const x = Math.min(...boxes.map((b) => b.left)), y = Math.min(...boxes.map((b) => b.top));
    return { x, y, width: Math.max(...boxes.map((b) => b.right)) - x, height: Math.max(...boxes.map((b) => b.bottom)) - y };
  };

  const pixelsOf = (canvas) => {
    const { width, height } = canvas;
    const context = canvas.getContext("2d");
    const pixels = context ? new Int32Array(context.getImageData(0, 0, width, height).data.buffer)
      : sample(canvas, { x: 0, y: 0, width, height }, width, height);
    return { width, height, pixels };
  };

  // A thin sample of a visible canvas. ratio is the number of its pixels per CSS pixel.
  const shownNow = (canvas) => {
    const width = Math.floor(canvas.width / thin), height = Math.floor(canvas.height / thin);
    const box = boxOf(canvas), pixels = sample(canvas, { x: 0, y: 0, width: width * thin, height: height * thin }, width, height);
    const ratio = canvas.width / box.width, legend = width * Math.ceil(legendHeight(canvas) * ratio / thin);
    return { box, ratio, full: canvas.width, tall: canvas.height, width, height, pixels, legend };
  };
  // The largest height, in CSS pixels, of the legend that the picture draws into a pane.
  const legendHeight = (canvas) => {
    const rows = charts.find((c) => c.contains(canvas))?.querySelectorAll(legends.study).length ?? 0;
    return 50 + 22 * Math.min(Math.max(rows, 3), 8);
  };
  const pilesShown = () => pilesOf(allVisible(page.canvases)).filter(isPainted).map((pile) => pile.map(shownNow));
  const pixelsShown = (piles) => piles.flat().map(({ pixels }) => pixels);

  const ground = (pixels) => {
    const counts = new Map();
    for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
    return [...counts].reduce((most, next) => (next[1] > most[1] ? next : most))[0];
  };

  // The agreement of the picture with a canvas placed at (x, y): the share of equal pixels among those where
  // either of the two has a drawing. The most frequent colour of each is its background. The picture draws a
  // legend of its own, so what it adds to the background there does not count.
  const agreement = (picture, shown, x, y) => {
    const taken = new Int32Array(shown.pixels.length);
    for (let j = 0, k = 0; j < shown.height; j++) {
      const row = y + j * thin + middle;
      for (let i = 0; i < shown.width; i++, k++) {
        const column = x + i * thin + middle;
        const inside = row >= 0 && row < picture.height && column >= 0 && column < picture.width;
        taken[k] = inside ? picture.pixels[row * picture.width + column] : -1;
      }
    }
    const takenGround = ground(taken), shownGround = ground(shown.pixels);
    let drawn = 0, same = 0;
    for (let k = 0; k < taken.length; k++) {
      if (shown.pixels[k] === shownGround && (taken[k] === takenGround || k < shown.legend)) continue;
      drawn++;
      if (shown.pixels[k] === taken[k]) same++;
    }
    return drawn && same / drawn;
  };

  // Some drawn pixels of a canvas, spread over it: enough to find the places where it may be.
  const marksOf = (shown) => {
    const back = ground(shown.pixels), all = [];
    shown.pixels.forEach((pixel, k) => {
      if (pixel === back || pixel >>> 24 !== 255) return;
      all.push({ x: k % shown.width * thin + middle, y: Math.floor(k / shown.width) * thin + middle, pixel });
    });
    const every = Math.max(1, Math.floor(all.length / 300));
    return all.filter((_, i) => i % every === 0).sort((a, b) => a.x * 7919 % 1009 - b.x * 7919 % 1009); // in no order of place
  };
  const mayStandAt = (picture, marks, x, y) => {
    let same = 0;
    for (let i = 0; i < marks.length; i++) {
      const { x: dx, y: dy, pixel } = marks[i];
      const column = x + dx, row = y + dy;
      if (column >= 0 && column < picture.width && picture.pixels[row * picture.width + column] === pixel) same++;
      if (i >= 20 && same < i / 2) return false;
    }
    return same >= enough * marks.length;
  };

  // Finds the exact place of a canvas in the picture: the expected place, near it (the picture has other
  // gaps between charts), in the same row (the axis may be on the other side), or anywhere.
  const placeOf = (picture, shown, expected) => {
    const fits = ({ x, y }) => agreement(picture, shown, x, y) >= enough;
    if (fits(expected)) return expected;
    const marks = marksOf(shown);
    if (marks.length < 10) return null;
    const found = (x, y) => mayStandAt(picture, marks, x, y) && fits({ x, y });
    const near = 60;
    for (let d = 1; d <= near; d++) { // a ring at a time
      for (let i = -d; i <= d; i++) {
        for (const [dx, dy] of [[i, -d], [i, d], [-d, i], [d, i]]) {
          if (found(expected.x + dx, expected.y + dy)) return { x: expected.x + dx, y: expected.y + dy };
        }
      }
    }
    if (state.searches++ >= 2) return null; // it costs a tenth of a second and more
    for (let x = 0; x < picture.width; x++) if (found(x, expected.y)) return { x, y: expected.y };
    for (let y = 0; y < picture.height; y++) {
      for (let x = 0; x < picture.width; x++) if (found(x, y)) return { x, y };
    }
    return null;
  };

  // Reports whether every pile of canvases is in the picture, each at a place of its own.
  const showsThePage = (picture, piles) => {
    const area = areaOf(), taken = [];
    let last = null; // by how much the one before stands elsewhere: so do all panes of a chart
    for (const [i, pile] of piles.entries()) {
      const found = pile.some((shown, k) => {
        const { box, ratio } = shown, key = `${i} ${k}`;
        const known = state.places.get(key) ?? last ?? { x: Math.round(padding * ratio), y: Math.round(padding * ratio) };
        const from = { x: Math.round((box.left - area.x) * ratio), y: Math.round((box.top - area.y) * ratio) };
        const place = placeOf(picture, shown, { x: from.x + known.x, y: from.y + known.y });
        if (!place) return false;
        const stands = { left: place.x, top: place.y, right: place.x + shown.full, bottom: place.y + shown.tall };
        if (taken.some((other) => overlaps(other, stands))) return false;
        taken.push(stands);
        state.places.set(key, (last = { x: place.x - from.x, y: place.y - from.y }));
        return true;
      });
      if (!found) return false;
    }
    return piles.length > 0;
  };

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

  // The picture, if it shows what the page shows. Both are kept for the confirmation.
  const picture = async () => {
    survey();
    const canvas = await shoot();
    const taken = pixelsOf(canvas);
    const piles = pilesShown();
    if (!showsThePage(taken, piles)) throw passing("it shows something else than the page");
    const [head, png] = canvas.toDataURL("image/png").split(",");
    if (head !== "data:image/png;base64" || png.length > maxPNG / 3 * 4) throw new Error("it is no small PNG");
    state.unconfirmed = { taken: [taken.pixels], shown: pixelsShown(piles), rested: Promise.all([twoFrames(), pause(rest)]) };
    return { png };
  };

  // What has changed since the picture, after the page had a moment to itself. The evidence seen meanwhile
  // describes the picture.
  const confirmation = async () => {
    if (!state.unconfirmed) throw passing("the page was replaced");
    const { taken, shown, rested } = state.unconfirmed;
    state.unconfirmed = null;
    await rested;
    const seen = look();
    const own = difference(taken, [pixelsOf(await shoot()).pixels]);
    const visibly = difference(shown, pixelsShown(pilesShown()));
    return { seen, own, visibly, after: { ...factsOf(), ...namingOf() } };
  };

  const answered = (made) => made.catch((e) => ({ refused: clip(e?.message ?? e), passing: e?.passing === true }));
