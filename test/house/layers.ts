/**
 * The import table as data, and the check that compares sources with it. Takes file paths and texts; returns one
 * sentence for each break of the rules. Reads no files: the test does.
 */
import { posix } from 'node:path';

/**
 * Which layer may import which; `base` and `diagnostics` are open to everybody. `type x` allows only `import type`,
 * which leaves no trace in the program; `x:file` allows one file of a layer.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  diagnostics: [],
  scan: [],
  syntax: ['scan'],
  cfg: ['syntax'],
  resources: ['syntax', 'scan'],
  analysis: ['cfg', 'resources', 'syntax'],
  audit: ['analysis', 'resources', 'cfg', 'syntax', 'scan'],
  transforms: ['analysis', 'resources', 'cfg', 'syntax', 'type rewrite'],
  rewrite: ['syntax'],
  verify: ['analysis', 'resources', 'cfg', 'syntax', 'scan'],
  engine: ['scan', 'syntax', 'cfg', 'resources', 'analysis', 'audit', 'transforms', 'rewrite', 'verify'],
  // It runs programs; of the sources it knows where functions stand and which of them apply has changed.
  torture: ['scan', 'engine:state-folder', 'engine:changed-lines', 'engine:git-changes'],
  // Beside the report's types, how a report words its notes, what its codes mean, how bytes are read as text,
  // where a call stack has its place, and what the patterns of an audit are.
  reporters: [
    'type engine',
    'type verify:verdict',
    'type audit',
    'audit:model',
    'engine:report',
    'engine:notes',
    'engine:finding-codes',
    'engine:encoding',
    'type torture',
    'torture:report',
    'torture:group-findings',
  ],
  cli: ['engine', 'reporters', 'torture'],
  // The library for others (src/index.ts) stands on the engine and hands out the types of the layers below.
  index: ['scan', 'syntax', 'cfg', 'resources', 'analysis', 'audit', 'transforms', 'rewrite', 'verify', 'engine'],
};

const OPEN_TO_ALL = new Set(['base', 'diagnostics']);

/** Packages that belong to one folder, or (`once`) to one file of the project. */
const PACKAGE_HOMES: Readonly<Record<string, { readonly layers: readonly string[]; readonly once?: boolean }>> = {
  'tree-sitter': { layers: ['syntax'] },
  'tree-sitter-c': { layers: ['syntax'] },
  'magic-string': { layers: ['rewrite'], once: true },
  diff: { layers: ['rewrite', 'engine', 'reporters', 'cli'], once: true },
  commander: { layers: ['cli'] },
};

/** Layers that may touch the machine: files, processes, threads. */
const MACHINE_LAYERS = new Set(['engine', 'torture', 'cli']);
const MACHINE_MODULES = /^node:(fs|fs\/promises|child_process|worker_threads|os|net|http|https|readline|tty)$/;

export interface SourceFile {
  /** Relative to the project's root, with forward slashes: `src/cfg/build.ts`. */
  readonly path: string;
  readonly text: string;
}

/** The layer of a file, or undefined when the table does not know its folder. */
export function layerOf(path: string): string | undefined {
  if (path === 'src/index.ts') return 'index';
  const match = /^(?:src\/([^/]+)\/|(transforms)\/)/.exec(path);
  const layer = match?.[1] ?? match?.[2];
  return layer !== undefined && layer in MAY_IMPORT && layer !== 'index' ? layer : undefined;
}

/** One import: the module as written, and whether only types come from it. */
export interface Import {
  readonly module: string;
  readonly isTypeOnly: boolean;
}

/** What a text imports: static imports, re-exports, `import()` and `require()`, types included. */
export function importsOf(text: string): Import[] {
  const code = withoutComments(text);
  const patterns = [
    /\b(?:import|export)\s+(?<type>type\s+(?!from\b))?(?:[\w*{][^'";]*?\bfrom\s*)?(['"])(?<module>[^'"\n]+)\2/g,
    /\b(?:import|require)\s*\(\s*(['"])(?<module>[^'"\n]+)\1/g,
    // A worker's file is an import by another road.
    /\bnew URL\(\s*(['"])(?<module>\.[^'"\n]+)\1/g,
  ];
  return patterns.flatMap((pattern) =>
    [...code.matchAll(pattern)].map(({ groups }) => ({
      module: groups?.['module'] ?? '',
      isTypeOnly: groups?.['type'] !== undefined,
    })),
  );
}

/** Every break of the table and of the rules beside it, as `path: sentence`. */
export function findLayerBreaks(files: readonly SourceFile[]): string[] {
  return [...files.flatMap(breaksOfFile), ...doubleHomes(files)];
}

function breaksOfFile(file: SourceFile): string[] {
  const layer = layerOf(file.path);
  if (layer === undefined) return [`${file.path}: stands in no folder of the import table`];
  const imports = importsOf(file.text).map((used) => breakOfImport(file.path, layer, used));
  return [...imports, ...breaksOfText(file, layer)].flatMap((found) => (found ? [`${file.path}: ${found}`] : []));
}

function breakOfImport(path: string, layer: string, used: Import): string | undefined {
  const { module } = used;
  if (module.startsWith('.')) return breakOfRelative(path, layer, used);
  if (MACHINE_MODULES.test(module)) {
    return MACHINE_LAYERS.has(layer) ? undefined : `${layer} may not import ${module}`;
  }
  const home = PACKAGE_HOMES[module];
  return home && !home.layers.includes(layer) ? `${layer} may not import ${module}` : undefined;
}

function breakOfRelative(path: string, layer: string, used: Import): string | undefined {
  const target = posix.normalize(posix.join(posix.dirname(path), used.module));
  if (!target.startsWith('src/') && !target.startsWith('transforms/')) {
    return target === 'package.json' ? undefined : `imports ${target} from outside src and transforms`;
  }
  const other = layerOf(target);
  if (other === undefined) return `imports ${target}, which is in no folder of the import table`;
  if (other === layer || OPEN_TO_ALL.has(other)) return undefined;
  return isAllowed(layer, other, target, used.isTypeOnly) ? undefined : `${layer} may not import ${other} (${target})`;
}

function isAllowed(layer: string, other: string, target: string, isTypeOnly: boolean): boolean {
  const file = `${other}:${posix.basename(target).replace(/\.[cm]?[jt]s$/, '')}`;
  const allowed = MAY_IMPORT[layer] ?? [];
  const ways = isTypeOnly ? [other, file, `type ${other}`, `type ${file}`] : [other, file];
  return ways.some((way) => allowed.includes(way));
}

function breaksOfText(file: SourceFile, layer: string): string[] {
  if (layer === 'cli') return [];
  const code = withoutComments(file.text);
  const forbidden = [/\bprocess\s*\.\s*exit\b/, /\bconsole\s*\.\s*\w+/, /\bprocess\s*\.\s*std(?:out|err)\b/];
  return forbidden.flatMap((pattern) => {
    const found = pattern.exec(code);
    return found ? [`only cli may use ${found[0].replace(/\s+/g, '')}`] : [];
  });
}

function doubleHomes(files: readonly SourceFile[]): string[] {
  return Object.entries(PACKAGE_HOMES).flatMap(([name, home]) => {
    if (!home.once) return [];
    const users = files
      .filter((file) => importsOf(file.text).some(({ module }) => module === name))
      .map((file) => file.path);
    return users.length > 1 ? [`${users.join(', ')}: only one file may import ${name}`] : [];
  });
}

/** Blanks comments and the contents of templates out; quoted strings stay, since imports are made of them. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, (part) =>
    part.startsWith('/') ? ' ' : part,
  );
}
