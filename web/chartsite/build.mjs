// Copies the browser build of lightweight-charts to where the Go package chartsite embeds it.
import { copyFile, mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const from = new URL("node_modules/lightweight-charts/dist/lightweight-charts.standalone.production.js", import.meta.url);
const vendor = new URL("../../internal/chartsite/assets/vendor/", import.meta.url);
const to = new URL("lightweight-charts.js", vendor);

await mkdir(vendor, { recursive: true });
await copyFile(from, to);
console.log(`lightweight-charts -> ${fileURLToPath(to)}`);
