import { names, type Values } from "./filters";

/** View is a set of filters with a name. */
export interface View {
  name: string;
  values: Values;
}

const place = "atalaya-views";
const most = 50;

/** readViews returns the views stored in this browser. It leaves out anything that is not a view. */
export function readViews(): View[] {
  try {
    return viewsOf(JSON.parse(localStorage.getItem(place) ?? "[]"));
  } catch {
    return []; // no storage, or something else in it
  }
}

export function viewsOf(kept: unknown): View[] {
  if (!Array.isArray(kept)) return [];
  return kept.slice(0, most).flatMap((one: unknown): View[] => {
    const { name, values } = (one ?? {}) as { name?: unknown; values?: Record<string, unknown> };
    if (typeof name !== "string" || !name || typeof values !== "object" || values === null) return [];
    const known = names.flatMap((key) => (typeof values[key] === "string" && values[key] ? [[key, values[key]]] : []));
    return [{ name: name.slice(0, 60), values: Object.fromEntries(known) as Values }];
  });
}

export function keepViews(views: View[]): void {
  try {
    localStorage.setItem(place, JSON.stringify(views.slice(-most)));
  } catch {
    // A browser without storage forgets them.
  }
}
