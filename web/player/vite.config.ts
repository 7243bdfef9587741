import type { Plugin } from "vite";
import { defaultClientConditions } from "vite";
import { defineConfig } from "vitest/config";
import { licenses } from "../licenses.mjs";

/**
 * The minifier leaves what stands in a template alone: the indentation of styles and elements, the page's and media-chrome's, is a
 * part of every viewer's download. Line ends stay, so that nothing means anything else.
 */
const narrowTemplates: Plugin = {
  name: "narrow-templates",
  transform: (code: string, id: string) =>
    /\/src\/ui\/|\/media-chrome\//.test(id) && /\.[jt]s$/.test(id)
      ? { code: code.replace(/\n\s+/g, "\n"), map: null }
      : undefined,
};

/** What the first picture needs and the small first script only asks for: the page names it, so that all comes at once. */
const FIRST_PICTURE = /\/src\/ui\/page\.ts$/;

const nameFirstPicture: Plugin = {
  name: "name-first-picture",
  transformIndexHtml: {
    order: "post",
    handler: (_, { bundle }) => {
      const needed = new Set<string>();
      const need = (fileName: string) => {
        const chunk = bundle?.[fileName];
        // The first script itself is named by the page already.
        if (chunk?.type !== "chunk" || chunk.isEntry || needed.has(fileName)) return;
        needed.add(fileName);
        for (const next of chunk.imports) need(next);
      };
      for (const chunk of Object.values(bundle ?? {}))
        if (chunk.type === "chunk" && FIRST_PICTURE.test(chunk.facadeModuleId ?? "")) need(chunk.fileName);
      return [...needed].map((fileName) => ({
        tag: "link",
        attrs: { rel: "modulepreload", crossorigin: true, href: `./${fileName}` },
        injectTo: "head" as const,
      }));
    },
  },
};

export default defineConfig({
  plugins: [narrowTemplates, nameFirstPicture, licenses],
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
    // The page names what the first picture needs; the rest is wanted when it is asked for.
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: "index.html", "spillway-player": "src/spillway-player.ts" },
      output: {
        // Other sites name this one: its name stays, and what it loads has a hash.
        entryFileNames: ({ name }) => (name === "spillway-player" ? "[name].js" : "assets/[name]-[hash].js"),
        // hls.js changes seldom: it stays in the cache when the page is a new one.
        codeSplitting: { groups: [{ name: "hls", test: /node_modules[\\/]hls\.js/ }] },
      },
    },
  },
  test: {
    include: ["test/**/*.test.ts"],
    // Through Vite, so that the tests see the same bundle of the loader as the page.
    server: { deps: { inline: [/p2p-media-loader/] } },
  },
  ssr: { resolve: { conditions: ["p2pml:core-as-bundle", "import", "module", "default"] } },
});
