import { channels } from "./channels.en";
import { en } from "./en";
import { journal } from "./journal.en";
import { start } from "./start.en";

/** dictionary holds every English text. */
export const dictionary = { ...en, ...channels, ...journal, ...start };
