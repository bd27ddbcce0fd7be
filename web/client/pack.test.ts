import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const here = new URL(".", import.meta.url).pathname;
const modules = join(here, "../node_modules");

async function run(folder: string, program: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { cwd: folder }).catch((error: { stdout?: string; stderr?: string }) => {
    throw new Error(`${program} ${args.join(" ")}: ${error.stdout}\n${error.stderr}`);
  });
  return stdout;
}

const plain = `
import { createClient } from "atalaya-client";
const seen = [];
const client = createClient({
  baseUrl: "https://signals.example.com",
  accessToken: () => "a token",
  fetch: async (request) => {
    seen.push(request.url, request.headers.get("Authorization"));
    return new Response('{"data":[{"price":12345678901234567890.50}]}', { headers: { "Content-Type": "application/json" } });
  },
});
const { data } = await client.GET("/api/signals", { params: { query: { result: "win" } } });
console.log(JSON.stringify([...seen, data.data[0].price]));
`;

const typed = `
import { createClient, type Decimal, type Problem, type Signal } from "atalaya-client";
const client = createClient({ accessToken: async () => null });
export async function newest(): Promise<Decimal | null> {
  const { data, error } = await client.GET("/api/signals", { params: { query: { result: "win", limit: 1 } } });
  if (error) throw new Error((error as Problem).message);
  const signal: Signal | undefined = data.data[0];
  return signal?.price ?? null;
}
// @ts-expect-error there is no such result
void client.GET("/api/signals", { params: { query: { result: "won" } } });
`;

const versions: [module: string, resolution: string][] = [["NodeNext", "NodeNext"], ["ESNext", "Bundler"]];

test("the packed client works in plain Node.js and in TypeScript", { timeout: 300_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "atalaya-client-"));
  try {
    const tarball = (await run(here, "npm", "pack", "--silent", "--pack-destination", folder)).trim().split("\n").at(-1)!;
    const client = join(folder, "node_modules/atalaya-client");
    await mkdir(client, { recursive: true });
    await run(folder, "tar", "-xzf", tarball, "-C", client, "--strip-components=1");
    const packed = (await run(folder, "tar", "-tzf", tarball)).trim().split("\n").sort();
    expect(packed).toEqual(
      ["LICENSE", "README.md", "dist/decimals.d.ts", "dist/decimals.js", "dist/index.d.ts", "dist/index.js", "dist/schema.d.ts", "dist/schema.js", "package.json"].map((name) => `package/${name}`),
    );
    for (const name of Object.keys(JSON.parse(await readFile(join(client, "package.json"), "utf8")).dependencies)) {
      await symlink(join(modules, name), join(folder, "node_modules", name));
    }

    await writeFile(join(folder, "plain.mjs"), plain);
    const printed = JSON.parse(await run(folder, process.execPath, "plain.mjs"));
    expect(printed).toEqual(["https://signals.example.com/api/signals?result=win", "Bearer a token", "12345678901234567890.50"]);

    await writeFile(join(folder, "package.json"), '{"type":"module"}');
    await writeFile(join(folder, "typed.ts"), typed);
    for (const [module, resolution] of versions) {
      await run(folder, process.execPath, join(modules, "typescript/bin/tsc"), "--noEmit", "--strict", "--target", "ES2022", "--lib", "ES2022,DOM,DOM.Iterable", "--module", module, "--moduleResolution", resolution, "typed.ts");
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
