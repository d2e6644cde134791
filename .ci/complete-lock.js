// Run after `npm install`: enters the bindings of other systems into package-lock.json where npm left them out. A
// registry that does not hold them all makes npm drop them, and then `npm ci` calls the lock file out of sync. They are
// never fetched where they don't fit; their integrity is not known here, so npm adds it where they do.
import { readFileSync, writeFileSync } from 'node:fs';

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x'];

/** What the name of a binding says: `@oxlint/binding-linux-arm64-musl`. */
function entryFor(name, version, isDev) {
  const words = name.split('/').pop().split('-');
  const system = SYSTEMS.find((word) => words.includes(word));
  const processor = PROCESSORS.find((word) => words.includes(word));
  if (!system || !processor) throw new Error(`${name} does not say which system it is for`);
  const libc = words.some((word) => word.startsWith('musl')) ? ['musl'] : ['glibc'];
  const isLinux = system === 'linux';
  return {
    version,
    cpu: [processor],
    ...(isDev && { dev: true }),
    optional: true,
    os: [system],
    ...(isLinux && { libc }),
  };
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const entries = new Map(Object.entries(lock.packages));
for (const [, { optionalDependencies = {}, dev = false }] of entries) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if ([...entries.keys()].some((path) => path.endsWith(`node_modules/${name}`))) continue;
    entries.set(`node_modules/${name}`, entryFor(name, version, dev));
    console.log(`entered ${name} ${version}`);
  }
}
lock.packages = Object.fromEntries([...entries].toSorted(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync('package-lock.json', `${JSON.stringify(lock, undefined, 2)}\n`);
