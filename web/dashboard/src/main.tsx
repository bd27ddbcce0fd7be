import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app";
import "./main.css";
import { loadLanguage } from "./i18n";
import { applyPreferences, readPreferences } from "./preferences";

const preferences = readPreferences();
applyPreferences(preferences);
await loadLanguage(preferences.language);

const root = document.getElementById("root");
if (!root) throw new Error("the page has no #root");
createRoot(root).render(
  <StrictMode>
    <App preferences={preferences} />
  </StrictMode>,
);
