import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { expect, test } from "vitest";

/** digests builds the page and returns each file's name with its digest. */
async function digests(): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "atalaya-page-"));
  try {
    await build({ root: import.meta.dirname, logLevel: "error", mode: "production", build: { outDir: folder, emptyOutDir: true } });
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const lines = await Promise.all(
      files.map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return `${path.slice(folder.length)} ${createHash("sha256").update(await readFile(path)).digest("hex")}`;
      }),
    );
    return lines.sort();
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("the page is built from the same bytes to the same bytes, wherever it is put", { timeout: 300_000 }, async () => {
  const first = await digests();
  expect(first.length).toBeGreaterThan(5);
  expect(await digests()).toEqual(first);
});
