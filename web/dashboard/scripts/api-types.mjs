// Writes src/api/types.ts from the operator API's document. With --check it only says whether that is due.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const DOCUMENT = at("../../../src/Spillway/Dashboard/openapi.json");
const FILE = at("../src/api/types.ts");

/** The text of the file for a document. */
export function typesOf(document) {
  const schemas = Object.entries(document.components.schemas);
  return [
    "// Made from src/Spillway/Dashboard/openapi.json by `make docs`: not to be changed by hand.",
    '// null is "not known" or "there is none", never 0.',
    ...schemas.map(([name, schema]) => `\n${comment(schema, "")}export type ${name} = ${objectOf(schema)};`),
    "",
  ].join("\n");
}

function objectOf(schema) {
  const required = new Set(schema.required);
  const members = Object.entries(schema.properties).map(
    ([name, member]) =>
      `${comment(member, "  ")}  ${name}${required.has(name) ? "" : "?"}: ${typeOf(member)};`,
  );
  return `{\n${members.join("\n")}\n}`;
}

function typeOf(schema) {
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" | ");
  if (schema.enum) return schema.enum.map((word) => JSON.stringify(word)).join(" | ");
  return [schema.type]
    .flat()
    .map((type) => simple(type, schema))
    .join(" | ");
}

function simple(type, schema) {
  switch (type) {
    case "integer":
      return "number";
    case "array": {
      const item = typeOf(schema.items);
      return item.includes(" ") ? `(${item})[]` : `${item}[]`;
    }
    case "object":
      return schema.additionalProperties
        ? `Record<string, ${typeOf(schema.additionalProperties)}>`
        : objectOf(schema);
    case "string":
    case "number":
    case "boolean":
    case "null":
      return type;
    default:
      throw new Error(`No type is known for ${JSON.stringify(schema)}.`);
  }
}

function comment(schema, indent) {
  return schema.description ? `${indent}/** ${schema.description.replaceAll("*/", "* /")} */\n` : "";
}

/** As the rest of the code is. */
function formatted(text) {
  const biome = at("../../node_modules/.bin/biome");
  return execFileSync(biome, ["format", "--stdin-file-path=src/api/types.ts"], {
    input: text,
    encoding: "utf8",
  });
}

const text = formatted(typesOf(JSON.parse(readFileSync(DOCUMENT, "utf8"))));
if (!process.argv.includes("--check")) {
  writeFileSync(FILE, text);
} else if (readFileSync(FILE, "utf8") !== text) {
  console.error(
    "web/dashboard/src/api/types.ts is not of src/Spillway/Dashboard/openapi.json. Run: make docs",
  );
  process.exit(1);
}
