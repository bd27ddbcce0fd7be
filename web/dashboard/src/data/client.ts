import { createClient, type components, type Problem, type Signal } from "atalaya-client";

import { accessToken } from "./session";

export type { Signal };
export type Config = components["schemas"]["Config"];
export type Delivery = components["schemas"]["Delivery"];
export type Stats = components["schemas"]["Stats"];
export type Figures = components["schemas"]["Figures"];
export type StatsDetails = components["schemas"]["Details"];
export type StatsGroup = components["schemas"]["Group"];
export type Quota = components["schemas"]["Quota"];
export type SignalChanges = components["schemas"]["SignalChanges"];

export const api = createClient({ accessToken, language: () => document.documentElement.lang });

/** ApiError is an error answer of the service: a stable code, and a text that says how to mend it. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** unwrap returns an answer's data, and throws an ApiError if the answer is a problem. */
export async function unwrap<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (data !== undefined) return data;
  const problem = error as Partial<Problem> | undefined;
  throw new ApiError(problem?.error ?? "unknown", problem?.message ?? response.statusText, response.status);
}
