import { ApiError } from "./client";
import type { Filters } from "./queries";
import { accessToken } from "./session";

/** forms are the kinds of files that signals can be written to. */
export const forms = [
  { name: "csv", query: { format: "csv" } },
  { name: "excel", query: { format: "csv", dialect: "excel" } },
  { name: "excel-es", query: { format: "csv", dialect: "excel-es" } },
  { name: "json", query: { format: "json" } },
  { name: "tradervue", query: { format: "csv", dialect: "tradervue" }, journal: true },
  { name: "tradetally", query: { format: "csv", dialect: "tradetally" }, journal: true },
  { name: "tradenote", query: { format: "csv", dialect: "tradenote" }, journal: true },
] as const;
export type Form = (typeof forms)[number]["name"];

/** Written is what a journal's file holds: the number of trades, and of signals that were left out. */
export interface Written {
  trades: number;
  leftOut: number;
}

/** isJournal reports whether a file holds only trades, with a quantity. */
export function isJournal(form: Form): boolean {
  return forms.some((one) => one.name === form && "journal" in one);
}

/** download saves the signals behind the filters as a file in this browser. For a journal it returns what was written, else null. */
export async function download(filters: Filters, form: Form, quantity: string): Promise<Written | null> {
  const query = new URLSearchParams({ ...(filters as Record<string, string>), ...forms.find((one) => one.name === form)!.query });
  if (isJournal(form)) query.set("quantity", quantity);
  const response = await fetch(`/api/signals/export?${query}`, { headers: { Authorization: `Bearer ${(await accessToken()) ?? ""}` } });
  if (!response.ok) {
    const problem = (await response.json()) as { error?: string; message?: string };
    throw new ApiError(problem.error ?? "unknown", problem.message ?? response.statusText, response.status);
  }
  const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? "atalaya-signals";
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
  if (!isJournal(form)) return null;
  return { trades: Number(response.headers.get("X-Signals-Written")), leftOut: Number(response.headers.get("X-Signals-Left-Out")) };
}
