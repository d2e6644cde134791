/** JSON with comments. The package is loaded for the first file: most runs have no config. */
import { createRequire } from 'node:module';
import type * as Jsonc from 'jsonc-parser';

export type JsonNode = Jsonc.Node;

export function loadJsonc(): typeof Jsonc {
  return createRequire(import.meta.url)('jsonc-parser') as typeof Jsonc;
}

/** The value of a node as plain data. */
export function valueOf(node: JsonNode): unknown {
  return loadJsonc().getNodeValue(node);
}
