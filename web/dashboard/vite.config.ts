import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const here = (path: string) => new URL(path, import.meta.url).pathname;

// The page is embedded in the program and served at /app/. No script or style is inline: the policy
// of the page allows its own files alone.
export default defineConfig({
  base: "/app/",
  plugins: [react(), tailwind()],
  resolve: { alias: { "atalaya-client": here("../client/src/index.ts") } },
  build: {
    outDir: here("../../internal/dashboard/page/built"),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2023",
  },
  server: { proxy: { "/api": "http://127.0.0.1:3000", "/pictures": "http://127.0.0.1:3000", "/app/config.json": "http://127.0.0.1:3000" } },
});
