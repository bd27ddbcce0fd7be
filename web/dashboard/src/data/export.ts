import { ApiError } from "./client";
import type { Filters } from "./queries";
import { accessToken } from "./session";

/** Forms are the files that signals can be written to. */
export const forms = [
  { name: "csv", query: { format: "csv" } },
  { name: "excel", query: { format: "csv", dialect: "excel" } },
  { name: "excel-es", query: { format: "csv", dialect: "excel-es" } },
  { name: "json", query: { format: "json" } },
] as const;
export type Form = (typeof forms)[number]["name"];

/** download writes the signals behind the filters to a file of this browser's. */
export async function download(filters: Filters, form: Form): Promise<void> {
  const query = new URLSearchParams({ ...(filters as Record<string, string>), ...forms.find((one) => one.name === form)!.query });
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
}
