import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app";
import "./main.css";
import { isReturn, resume } from "./data/session";
import { loadLanguage } from "./i18n";
import { applyPreferences, readPreferences } from "./preferences";

const preferences = readPreferences();
applyPreferences(preferences);
// The session is asked for while the texts load. If it takes longer, or there is none, the page says so itself.
const patience = new Promise((resolve) => setTimeout(resolve, 1_000));
const session = isReturn() ? null : Promise.race([resume().catch(() => null), patience]);
await Promise.all([loadLanguage(preferences.language), session]);

const root = document.getElementById("root");
if (!root) throw new Error("the page has no #root");
createRoot(root).render(
  <StrictMode>
    <App preferences={preferences} />
  </StrictMode>,
);
