// After a build: deletes from dist what has no source any more, so that a renamed file is neither tested nor shipped.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

for (const folder of ['src', 'transforms']) {
  if (!existsSync(join('dist', folder))) continue;
  for (const name of readdirSync(join('dist', folder), { recursive: true })) {
    const built = /^(.*?)(\.d\.ts|\.js)$/.exec(name);
    if (built && !existsSync(join(folder, `${built[1]}.ts`))) rmSync(join('dist', folder, name), { force: true });
  }
}
