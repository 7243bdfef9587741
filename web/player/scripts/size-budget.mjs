// Fails the build when what a viewer downloads grows past the budget: the page is fetched by every viewer at once.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET_KIB = 215;
const dist = fileURLToPath(new URL("../dist/", import.meta.url));

let total = 0;
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const size = gzipSync(readFileSync(join(entry.parentPath, entry.name)), { level: 9 }).length;
  total += size;
  console.log(`${(size / 1024).toFixed(1).padStart(8)} KiB gzip  ${entry.name}`);
}
console.log(`${(total / 1024).toFixed(1).padStart(8)} KiB gzip  in all, budget ${BUDGET_KIB} KiB`);
if (total > BUDGET_KIB * 1024) {
  console.error("The player is larger than its budget.");
  process.exit(1);
}
