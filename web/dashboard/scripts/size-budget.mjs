// Fails the build when the page grows past its budget: it is opened on a phone, at a venue, on the line that carries the show.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

const BUDGET_KIB = 60;
const dist = fileURLToPath(new URL("../dist/", import.meta.url));

let total = 0;
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  // Nothing loads the licenses.
  if (!entry.isFile() || entry.name === "licenses.txt") continue;
  const size = brotliCompressSync(readFileSync(join(entry.parentPath, entry.name))).length;
  total += size;
  console.log(`${(size / 1024).toFixed(1).padStart(8)} KiB brotli  ${entry.name}`);
}
console.log(`${(total / 1024).toFixed(1).padStart(8)} KiB brotli  in all, budget ${BUDGET_KIB} KiB`);
if (total > BUDGET_KIB * 1024) {
  console.error("The dashboard is larger than its budget.");
  process.exit(1);
}
