/**
 * Shapes of settings as data: one table checks a config file and prints its JSON Schema.
 * Takes nodes of JSON with comments; returns plain values. A wrong setting is a UsageError with its place.
 */
import type { LineIndex } from '../base/span.ts';
import { UsageError } from '../base/usage-error.ts';
import { describeUnknown } from './did-you-mean.ts';
import { type JsonNode, valueOf } from './jsonc.ts';

export type Shape = (
  | { readonly is: 'string'; readonly pattern?: RegExp }
  | { readonly is: 'boolean' }
  | { readonly is: 'integer' }
  | { readonly is: 'choice'; readonly of: readonly string[] }
  | { readonly is: 'list'; readonly of: Shape }
  | { readonly is: 'object'; readonly keys: Readonly<Record<string, Shape>>; readonly required?: readonly string[] }
  | { readonly is: 'map'; readonly names: readonly string[]; readonly to: Shape }
  /** A name, or an object that says more about it. */
  | { readonly is: 'name-or'; readonly object: Shape }
) & { readonly about?: string };

/** Where a complaint points: the file's shown name and its text. */
export interface SettingSource {
  readonly shownPath: string;
  readonly lines: LineIndex;
}

/** Throws a UsageError that names the place of a node. */
export function complain(source: SettingSource, node: JsonNode, message: string): never {
  const { line, column } = source.lines.place(node.offset);
  throw new UsageError(`${source.shownPath}:${line}:${column}: ${message}`);
}

/** Throws unless the node has the shape. `name` is how the setting is called in complaints; empty: the whole file. */
export function checkShape(shape: Shape, node: JsonNode, name: string, source: SettingSource): void {
  const expect = (isRight: boolean, wanted: string): void => {
    if (!isRight)
      complain(
        source,
        node,
        `${name === '' ? 'the config' : `"${name}"`} must be ${wanted}, not ${JSON.stringify(valueOf(node))}`,
      );
  };
  switch (shape.is) {
    case 'string':
      expect(
        node.type === 'string' && (shape.pattern?.test(String(node.value)) ?? true),
        'a string' + patternOf(shape),
      );
      return;
    case 'boolean':
      return expect(node.type === 'boolean', 'true or false');
    case 'integer':
      return expect(Number.isInteger(node.value) && node.value >= 0, 'a whole number from 0');
    case 'choice':
      if (node.type === 'string' && shape.of.includes(String(node.value))) return;
      return complain(source, node, describeUnknown(`"${name}"`, String(valueOf(node)), shape.of));
    case 'list':
      expect(node.type === 'array', 'a list');
      for (const item of node.children ?? []) checkShape(shape.of, item, name, source);
      return;
    case 'name-or':
      if (node.type !== 'string') checkShape(shape.object, node, name, source);
      return;
    case 'map':
      expect(node.type === 'object', 'an object');
      return checkKeys(Object.fromEntries(shape.names.map((key) => [key, shape.to])), node, name, source);
    case 'object':
      expect(node.type === 'object', 'an object');
      checkKeys(shape.keys, node, name, source);
      for (const key of shape.required ?? [])
        if (!propertiesOf(node).some((property) => property.key === key))
          complain(source, node, `"${name}" needs "${key}"`);
  }
}

function patternOf(shape: { readonly pattern?: RegExp }): string {
  return shape.pattern === undefined ? '' : ` that matches ${shape.pattern.source}`;
}

function checkKeys(keys: Readonly<Record<string, Shape>>, node: JsonNode, name: string, source: SettingSource): void {
  const seen = new Set<string>();
  for (const { key, keyNode, value } of propertiesOf(node)) {
    const shape = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (shape === undefined) complain(source, keyNode, describeUnknown('setting', key, Object.keys(keys)));
    if (seen.has(key)) complain(source, keyNode, `"${key}" stands twice`);
    seen.add(key);
    checkShape(shape, value, name === '' ? key : `${name}.${key}`, source);
  }
}

/** The properties of an object node, in the order of the file. */
export function propertiesOf(node: JsonNode): { key: string; keyNode: JsonNode; value: JsonNode }[] {
  return (node.children ?? []).flatMap((property) => {
    const [keyNode, value] = property.children ?? [];
    return keyNode && value ? [{ key: String(keyNode.value), keyNode, value }] : [];
  });
}

/** The shape as JSON Schema (draft 2020-12). */
export function toJsonSchema(shape: Shape): Record<string, unknown> {
  const about = shape.about === undefined ? {} : { description: shape.about };
  return { ...about, ...schemaOf(shape) };
}

function schemaOf(shape: Shape): Record<string, unknown> {
  switch (shape.is) {
    case 'string':
      return { type: 'string', ...(shape.pattern && { pattern: shape.pattern.source }) };
    case 'boolean':
      return { type: 'boolean' };
    case 'integer':
      return { type: 'integer', minimum: 0 };
    case 'choice':
      return { enum: shape.of };
    case 'list':
      return { type: 'array', items: toJsonSchema(shape.of) };
    case 'name-or':
      return { anyOf: [{ type: 'string' }, toJsonSchema(shape.object)] };
    case 'map':
      return objectSchema(Object.fromEntries(shape.names.map((key) => [key, shape.to])), []);
    case 'object':
      return objectSchema(shape.keys, shape.required ?? []);
  }
}

function objectSchema(keys: Readonly<Record<string, Shape>>, required: readonly string[]): Record<string, unknown> {
  const properties = Object.fromEntries(Object.entries(keys).map(([key, shape]) => [key, toJsonSchema(shape)]));
  return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false };
}
