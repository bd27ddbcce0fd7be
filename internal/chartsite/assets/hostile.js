// A page that tries to reach what a service's browser must not reach: other ports of this machine, private
// addresses, foreign hosts, files, and new windows. It adds what it can prove to have reached to
// window.__escapes. The canary keeps a record of its own. An answer alone proves nothing, because a proxy may
// answer for the host that it refuses.

export function attack(canary) {
  window.__escapes = [];
  addEventListener("message", (event) => { if (event.origin !== location.origin) escaped(`message ${event.data}`); });
  const at = canary || "127.0.0.1:9";
  for (const attempt of [byElements, byScripts, bySockets, byWindows, byDatagrams, byOtherNames, byFiles, byDownloads]) {
    try { attempt(at); } catch { /* refused at once: the next */ }
  }
}

function escaped(way) { window.__escapes.push(way); }

function byElements(at) {
  const html = (path) => `http://${at}/${path}`;
  append("img", { src: html("image"), onload: () => escaped("image") });
  append("iframe", { src: html("frame") });
  append("script", { src: html("script") });
  append("object", { data: html("object") });
  append("embed", { src: html("embed") });
  append("video", { src: html("video"), preload: "auto" });
  for (const rel of ["stylesheet", "prefetch", "preconnect", "dns-prefetch", "modulepreload", "icon", "manifest"]) {
    append("link", { rel, href: html(rel) }, document.head);
  }
  append("style", { textContent: `.brand { border-image: url(${html("css")}) }` }, document.head);
  append("script", { type: "speculationrules", textContent: JSON.stringify({ prefetch: [{ urls: [html("speculation")] }] }) });
}

function byScripts(at) {
  fetch(`http://${at}/fetch`).then((answer) => answer.text()).then((text) => { if (text === "canary") escaped("fetch"); }, () => {});
  fetch(`http://${at}/nocors`, { mode: "no-cors", keepalive: true }).catch(() => {});
  const request = new XMLHttpRequest();
  request.open("POST", `http://${at}/xhr`);
  request.send("x");
  navigator.sendBeacon(`http://${at}/beacon`, "x");
  const code = `fetch("http://${at}/worker").then((a) => a.text()).then((text) => postMessage(text), () => {})`;
  new Worker(URL.createObjectURL(new Blob([code]))).onmessage = (event) => { if (event.data === "canary") escaped("worker"); };
}

function bySockets(at) {
  for (const scheme of ["ws", "wss"]) {
    new WebSocket(`${scheme}://${at}/${scheme}`).onopen = () => escaped(scheme);
  }
  new EventSource(`http://${at}/events`).onmessage = () => escaped("events");
  new WebTransport(`https://${at}/transport`).ready.then(() => escaped("transport"), () => {});
}

function byWindows(at) {
  const form = append("form", { action: `http://${at}/form`, method: "post", target: "posted" });
  append("iframe", { name: "posted" });
  form.submit();
  open(`http://${at}/open`);
  append("a", { href: `http://${at}/link`, target: "_blank", textContent: "" }).click();
}

// byDatagrams asks a STUN server, which no HTTP proxy sees.
function byDatagrams(at) {
  const peer = new RTCPeerConnection({ iceServers: [{ urls: `stun:${at}` }, { urls: `turn:${at}?transport=tcp`, username: "x", credential: "x" }] });
  peer.createDataChannel("x");
  peer.createOffer().then((offer) => peer.setLocalDescription(offer));
}

// byOtherNames tries the same canary, and well-known targets, by names that filters often miss.
function byOtherNames(at) {
  const port = at.split(":")[1];
  const hosts = ["localhost", "127.1", "2130706433", "0x7f000001", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "a.localhost"]
    .map((host) => `${host}:${port}`);
  hosts.push("127.0.0.1:22", "127.0.0.1:5432", "127.0.0.1:9222", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1",
    "169.254.169.254", "[fd00::1]", "[fe80::1]", "metadata.internal", "forbidden.invalid", "example.invalid:8443");
  for (const host of hosts) {
    fetch(`http://${host}/named/${encodeURIComponent(host)}`).then(() => escaped(`fetch ${host}`), () => {});
    try {
      new WebSocket(`ws://${host}/named`).onopen = () => escaped(`ws ${host}`);
    } catch { /* a name that the browser itself refuses */ }
  }
}

function byFiles() {
  fetch("file:///etc/passwd").then(() => escaped("file fetch"), () => {});
  append("img", { src: "file:///etc/hostname", onload: () => escaped("file image") });
  append("script", { src: "file:///etc/passwd", onload: () => escaped("file script") });
  append("iframe", { src: "file:///etc/passwd" });
  const opened = open("file:///etc/passwd");
  try {
    if (opened?.location.protocol === "file:") escaped("file window");
  } catch { escaped("file window"); } // only a page of another origin forbids the look
}

function byDownloads() {
  const file = URL.createObjectURL(new Blob(["escaped"], { type: "application/octet-stream" }));
  for (const [href, download] of [[file, "escape.bin"], ["/static/chart.css", "../escape.css"]]) {
    append("a", { href, download }).click();
  }
}

function append(name, properties, parent = document.body) {
  const element = Object.assign(document.createElement(name), properties);
  if (parent === document.body) Object.assign(element.style, { position: "absolute", width: 0, height: 0, border: 0, visibility: "hidden" });
  parent.append(element);
  return element;
}
