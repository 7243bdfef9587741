import { defineConfig } from "vitest/config";
import { licenses } from "../licenses.mjs";

/** The minifier leaves what stands in a template alone: the indentation of elements is a part of the download. Line ends stay. */
const narrowTemplates = {
  name: "narrow-templates",
  transform: (code: string, id: string) =>
    /\/src\/ui\/.*\.ts$/.test(id) ? { code: code.replace(/\n\s+/g, "\n"), map: null } : undefined,
};

export default defineConfig({
  plugins: [narrowTemplates, licenses],
  base: "./",
  build: {
    target: "es2022",
    // Nothing is inlined as a data: URL, so that the page lives under a strict Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  test: { include: ["test/**/*.test.ts"] },
});
