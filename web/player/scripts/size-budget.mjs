// Fails the build when what a viewer downloads grows past the budget: the page is fetched by every viewer at once.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

/** Kilobytes, brotli. */
const FIRST_PICTURE = 240;
const ALL = 300;
const dist = fileURLToPath(new URL("../dist/", import.meta.url));

const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter(
  // Nothing loads that one.
  (entry) => entry.isFile() && entry.name !== "licenses.txt",
);
const text = (entry) => readFileSync(join(entry.parentPath, entry.name), "utf8");
const page = files.find(({ name }) => name === "index.html");
if (page === undefined) throw new Error("There is no index.html.");

// What the page itself names comes before the first picture.
const first = new Set([
  page.name,
  ...[...text(page).matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, path]) => basename(path)),
]);
let failed = false;
for (const entry of files.filter(({ name }) => first.has(name) && name.endsWith(".js"))) {
  for (const [, path] of text(entry).matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) {
    if (first.has(basename(path))) continue;
    console.error(
      `${entry.name} needs ${path}, which the page does not name: it would come later than it could.`,
    );
    failed = true;
  }
}

const sizes = { first: 0, all: 0 };
for (const entry of files) {
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  const size = brotliCompressSync(readFileSync(join(entry.parentPath, entry.name)), options).length;
  sizes.all += size;
  if (first.has(entry.name)) sizes.first += size;
  console.log(
    `${(size / 1000).toFixed(1).padStart(8)} kB brotli  ${first.has(entry.name) ? "first" : "later"}  ${entry.name}`,
  );
}
console.log(
  `${(sizes.first / 1000).toFixed(1).padStart(8)} kB brotli  for the first picture, budget ${FIRST_PICTURE} kB`,
);
console.log(`${(sizes.all / 1000).toFixed(1).padStart(8)} kB brotli  in all, budget ${ALL} kB`);
if (failed || sizes.first > FIRST_PICTURE * 1000 || sizes.all > ALL * 1000) {
  console.error("The player is larger than its budget, or does not name what it needs.");
  process.exit(1);
}
