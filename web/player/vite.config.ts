import { defaultClientConditions } from "vite";
import { defineConfig } from "vitest/config";

/**
 * The minifier leaves what stands in a template alone: the indentation of styles and elements, the page's and media-chrome's, is a
 * part of every viewer's download. Line ends stay, so that nothing means anything else.
 */
const narrowTemplates = {
  name: "narrow-templates",
  transform: (code: string, id: string) =>
    /\/src\/ui\/|\/media-chrome\//.test(id) && /\.[jt]s$/.test(id)
      ? { code: code.replace(/\n\s+/g, "\n"), map: null }
      : undefined,
};

export default defineConfig({
  plugins: [narrowTemplates],
  // The page is served under any path (`{base}/watch/`, or with a <base> that the origin injects).
  base: "./",
  resolve: {
    // p2p-media-loader-core's own bundle: its plain modules need Node polyfills for bittorrent-tracker.
    conditions: ["p2pml:core-as-bundle", ...defaultClientConditions],
  },
  build: {
    target: "es2022",
    // Nothing is inlined as a data: URL, so that a strict Content-Security-Policy can be set.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  test: {
    include: ["test/**/*.test.ts"],
    // Through Vite, so that the tests see the same bundle of the loader as the page.
    server: { deps: { inline: [/p2p-media-loader/] } },
  },
  ssr: { resolve: { conditions: ["p2pml:core-as-bundle", "import", "module", "default"] } },
});
