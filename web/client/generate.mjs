// Makes src/schema.ts and src/decimals.ts from openapi.json, the document that the service serves at
// /api/openapi.json.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const document = JSON.parse(await readFile(new URL("openapi.json", import.meta.url), "utf8"));
const note = "// Generated from openapi.json by `npm run generate`. DO NOT EDIT.\n";

// A decimal is a string in the client: a JavaScript number would lose digits.
const decimal = ts.factory.createTypeReferenceNode("Decimal");
const types = await openapiTS(document, {
  inject: "/** A decimal number with every digit, such as 67890.50. */\nexport type Decimal = string;\n",
  transform(schema) {
    if (schema.format !== "decimal") return undefined;
    const nullable = Array.isArray(schema.type) && schema.type.includes("null");
    return nullable ? ts.factory.createUnionTypeNode([decimal, ts.factory.createLiteralTypeNode(ts.factory.createNull())]) : decimal;
  },
});
await writeFile(new URL("src/schema.ts", import.meta.url), note + astToString(types));

// decimals are the members that hold one, wherever they stand: a name means the same everywhere.
const names = new Set();
const walk = (node) => {
  if (node === null || typeof node !== "object") return;
  for (const [name, property] of Object.entries(node.properties ?? {})) {
    if (property.format === "decimal") names.add(name);
  }
  Object.values(node).forEach(walk);
};
walk(document.components.schemas);
await writeFile(
  new URL("src/decimals.ts", import.meta.url),
  `${note}export const decimals: ReadonlySet<string> = new Set(${JSON.stringify([...names].sort(), null, 2)});\n`,
);
