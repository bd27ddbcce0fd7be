// Shows the OpenAPI document of this service with Scalar's API reference. What asks another host is off: the
// policy of the page would refuse it, and nobody's token or questions belong there.
"use strict";

// Its library for schemas would try whether the page may make code of text, which the policy forbids.
globalThis.__zod_globalConfig = { jitless: true };

addEventListener("DOMContentLoaded", () => Scalar.createApiReference("#reference", {
  url: "/api/openapi.json",
  servers: [{ url: location.origin }], // so that requests work at whichever address the page was opened
  favicon: "/favicon.svg",
  proxyUrl: "",
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: "never",
  hideClientButton: true,
  persistAuth: false, // an access token stays in this page
  defaultOpenAllTags: true,
  defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
  documentDownloadType: "json",
}));
