import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PRESETS } from '../../src/resources/presets/index.ts';

const folder = new URL('../../src/resources/presets/', import.meta.url);
const index = new URL('index.ts', folder);

function names(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
    .map((file) => file.slice(0, -3))
    .toSorted();
}

function camel(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** What index.ts must hold for the files of the folder. */
function expectedIndex(): string {
  const imports = names().map((name) => `import { preset as ${camel(name)} } from './${name}.ts';`);
  const entries = names().map((name) => `  ${name === camel(name) ? name : `'${name}': ${camel(name)}`},`);
  return [
    '/** All presets, by name. Generated from the folder: UPDATE=1 npx vitest run test/resources/presets.test.ts */',
    "import type { Preset } from '../preset.ts';",
    ...imports,
    '',
    'export const PRESETS: Readonly<Record<string, Preset>> = {',
    ...entries,
    '};',
    '',
  ].join('\n');
}

describe('the registry of presets', () => {
  if (process.env['UPDATE']) writeFileSync(index, expectedIndex());

  test('lists every file of the folder', () => {
    const missing = names().filter((name) => !(name in PRESETS));
    expect(missing, 'missing in presets/index.ts; run with UPDATE=1').toEqual([]);
    expect(readFileSync(index, 'latin1')).toBe(expectedIndex());
  });

  test('each preset has the name of its file', () => {
    for (const [name, preset] of Object.entries(PRESETS)) expect(preset.name).toBe(name);
  });

  test('no two presets describe one name', () => {
    const seen = new Map<string, string>();
    for (const preset of Object.values(PRESETS)) {
      for (const name of Object.keys(preset.names)) {
        expect(seen.get(name), `${name} of ${preset.name}`).toBeUndefined();
        seen.set(name, preset.name);
      }
    }
  });

  test('every releaser that a preset names has release facts in the same or another preset', () => {
    const all = new Map(Object.values(PRESETS).flatMap((preset) => Object.entries(preset.names)));
    for (const [name, entry] of all) {
      for (const acquire of entry.acquires ?? []) {
        for (const releaser of acquire.releasers) {
          const release = all.get(releaser)?.releases;
          expect(release, `${releaser}, which releases what ${name} acquired`).toBeDefined();
          expect(release?.sentinel, `${name} and ${releaser}`).toBe(acquire.sentinel);
          expect(release?.kind, `${name} and ${releaser}`).toBe(acquire.kind);
        }
      }
    }
  });

  test('a no-op on the sentinel accepts it, and has one', () => {
    for (const preset of Object.values(PRESETS)) {
      for (const { releases } of Object.values(preset.names)) {
        if (!releases?.noopOnSentinel) continue;
        expect(releases.acceptsSentinel).toBe(true);
        expect(releases.sentinel).not.toBe('none');
      }
    }
  });
});
