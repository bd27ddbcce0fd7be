import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app";
import "./main.css";
import { isReturn, resume } from "./data/session";
import { loadLanguage } from "./i18n";
import { applyPreferences, readPreferences } from "./preferences";

const preferences = readPreferences();
applyPreferences(preferences);
// The session is asked for while the texts load. Whoever is not signed in sees to that on the page.
const back = isReturn() ? null : resume().catch(() => null);
await Promise.all([loadLanguage(preferences.language), back]);

const root = document.getElementById("root");
if (!root) throw new Error("the page has no #root");
createRoot(root).render(
  <StrictMode>
    <App preferences={preferences} />
  </StrictMode>,
);
