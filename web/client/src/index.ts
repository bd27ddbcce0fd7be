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
  /** Returns the language of messages, such as "es". Default: the browser's own Accept-Language. */
  language?: () => string;
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
      if (options.language) request.headers.set("Accept-Language", options.language());
      return request;
    },
    async onResponse({ response }) {
      if (!response.headers.get("Content-Type")?.includes("json")) return response;
      const { status, statusText, headers } = response;
      return new Response(quoteDecimals(await response.text()), { status, statusText, headers });
    },
  };
  client.use(authorize);
  return client;
}

/** readDecimals parses JSON. Numbers of members that hold decimals become strings with every digit. */
export function readDecimals<T>(text: string): T {
  return JSON.parse(quoteDecimals(text)) as T;
}

// A string of JSON, and the number that follows if it names a member. Strings are matched whole, so what
// looks like a member inside one is left alone.
const stringOrMember = /"((?:[^"\\]|\\.)*)"(?:(\s*:\s*)(-?\d[\d.eE+-]*))?/g;

/** quoteDecimals quotes the numbers of members that hold decimals, before a parser drops digits. */
function quoteDecimals(text: string): string {
  return text.replace(stringOrMember, (whole, name: string, colon?: string, number?: string) =>
    number !== undefined && decimals.has(name) ? `"${name}"${colon}"${number}"` : whole,
  );
}
