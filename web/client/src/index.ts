import createFetchClient, { type Client, type Middleware } from "openapi-fetch";

import { decimals } from "./decimals.js";
import type { components, paths } from "./schema.js";

export type { Decimal } from "./schema.js";
export type { components, paths };
export type Signal = components["schemas"]["Signal"];
export type Problem = components["schemas"]["Problem"];

export interface Options {
  /** Where the service answers, without a slash at the end. Default: the page's own origin. */
  baseUrl?: string;
  /** Returns the caller's access token, or null for requests that need none. */
  accessToken: () => Promise<string | null> | string | null;
  /** The fetch to use. Default: the global one. */
  fetch?: typeof globalThis.fetch;
}

/**
 * createClient returns a client of the REST API whose paths, parameters and answers are typed.
 * Decimals arrive as strings with every digit.
 */
export function createClient(options: Options): Client<paths> {
  const client = createFetchClient<paths>({
    baseUrl: options.baseUrl ?? "",
    fetch: options.fetch && ((request: Request) => options.fetch!(request)),
  });
  const authorize: Middleware = {
    async onRequest({ request }) {
      const token = await options.accessToken();
      if (token) request.headers.set("Authorization", `Bearer ${token}`);
      return request;
    },
    async onResponse({ response }) {
      if (!response.headers.get("Content-Type")?.includes("json")) return response;
      const { status, statusText, headers } = response;
      return new Response(keepDecimals(await response.text()), { status, statusText, headers });
    },
  };
  client.use(authorize);
  return client;
}

/** readDecimals parses JSON; members that hold decimals become strings with every digit. */
export function readDecimals<T>(text: string): T {
  return JSON.parse(text, decimalReviver as (key: string, value: unknown) => unknown) as T;
}

function keepDecimals(text: string): string {
  if (text === "") return text;
  return JSON.stringify(readDecimals(text));
}

// The third argument is there in browsers since 2023 (Chromium 114, Safari 18.4, Firefox 135) and in
// Node.js 22; without it a number keeps 17 digits.
function decimalReviver(key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || !decimals.has(key)) return value;
  return context?.source ?? String(value);
}
