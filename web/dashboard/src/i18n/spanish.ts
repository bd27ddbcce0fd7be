import { channels } from "./channels.es";
import type { dictionary as english } from "./english";
import { es } from "./es";
import { journal } from "./journal.es";
import { start } from "./start.es";

/** dictionary holds every Spanish text. */
export const dictionary: Record<keyof typeof english, string> = { ...es, ...channels, ...journal, ...start };
