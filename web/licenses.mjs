import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * `licenses.txt` beside the page: whose code is in the bundle, and under what terms.
 * @type {import("vite").Plugin}
 */
export const licenses = {
  name: "licenses",
  generateBundle(_, bundle) {
    const folders = new Set();
    for (const chunk of Object.values(bundle))
      if (chunk.type === "chunk")
        for (const id of chunk.moduleIds) for (const folder of packagesOf(id)) folders.add(folder);
    const parts = [...folders].sort().map(describe);
    this.emitFile({ type: "asset", fileName: "licenses.txt", source: parts.join(`\n${"-".repeat(79)}\n\n`) });
  },
};

/** The folder of a module's package; and those of what that one has bundled itself, as its source map says. */
function packagesOf(id) {
  const own = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1];
  if (own === undefined) return [];
  const map = `${id.split("?")[0]}.map`;
  if (!existsSync(map)) return [own];
  const { sources } = JSON.parse(readFileSync(map, "utf8"));
  const names = sources.map((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1]);
  const root = own.slice(0, own.lastIndexOf("/node_modules/") + "/node_modules/".length);
  // What is not installed here was needed for making that bundle.
  return [own, ...names.filter((name) => name !== undefined).map((name) => root + name)].filter((folder) =>
    existsSync(join(folder, "package.json")),
  );
}

function describe(folder) {
  const { name, version, license, homepage, author } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
  if (texts.length === 0) texts.push(textOf(name, license, author));
  return `${[`${name} ${version} (${license})${homepage ? `, ${homepage}` : ""}`, ...texts].join("\n\n")}\n`;
}

/** Of what a package has not brought itself: ours has the same words. */
function textOf(name, license, author) {
  const holder = author?.name ?? author;
  if (license !== "MIT" || holder === undefined)
    throw new Error(`${name}: no text of its license (${license})`);
  const ours = readFileSync(new URL("../LICENSE", import.meta.url), "utf8");
  return `MIT License\n\nCopyright (c) ${holder}\n\n${ours.slice(ours.indexOf("Permission is hereby")).trim()}`;
}
