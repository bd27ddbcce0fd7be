// Takes captures as a service with puppeteer does, in the two usual ways. "fresh" starts a browser for each
// picture and waits until the network is quiet. "pool" keeps a page, waits until the network is quiet and then 8
// seconds more. The first line of the standard input is the account; each further one asks for a picture. Each
// answer is the milliseconds that it took and the number 1.
import readline from "node:readline";
import puppeteer from "puppeteer-core";

const [mode, site, executablePath] = process.argv.slice(2);
const url = `${site}/chart/bench/?symbol=BINANCE%3ABTCUSDT&interval=60`;
const viewport = { width: 1920, height: 1080 };
const settle = 8000;

const launch = () => puppeteer.launch({
  executablePath, headless: executablePath.includes("headless-shell") ? "shell" : true, defaultViewport: viewport,
  args: ["--no-sandbox", "--disable-setuid-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
});

const signIn = (page, account) => page.setCookie(
  ...Object.entries(account).map(([name, value]) => ({ name, value, url: site, httpOnly: true })));

async function fresh(account) {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await signIn(page, account);
    await page.goto(url, { waitUntil: "networkidle2", timeout: 60000 });
    return await page.screenshot({ type: "png" });
  } finally {
    await browser.close();
  }
}

let pooled;
async function pool(account) {
  if (!pooled) {
    const browser = await launch();
    pooled = await browser.newPage();
    await signIn(pooled, account);
  }
  await pooled.goto(url, { waitUntil: "networkidle2", timeout: 60000 });
  await new Promise((done) => setTimeout(done, settle));
  return await pooled.screenshot({ type: "png" });
}

let account;
for await (const line of readline.createInterface({ input: process.stdin })) {
  if (!account) {
    account = JSON.parse(line);
    continue;
  }
  const start = performance.now();
  const png = await (mode === "fresh" ? fresh(account) : pool(account));
  if (png.length < 10000) throw new Error(`a picture of ${png.length} bytes`);
  console.log(`${performance.now() - start} 1`);
}
if (pooled) await pooled.browser().close();
