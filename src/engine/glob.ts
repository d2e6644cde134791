/** Shell globs as regular expressions: `*`, `**`, `?`, `[...]`, `{a,b}`. */

/** Whether a PATH is meant as a glob. */
export function isGlob(path: string): boolean {
  return /[*?[{]/.test(path);
}

/** The folder a glob can't leave: what stands before its first special character, up to a slash. */
export function globBase(glob: string): string {
  const fixed = glob.slice(0, glob.search(/[*?[{]/));
  return fixed.slice(0, fixed.lastIndexOf('/') + 1);
}

/** A regular expression for a whole path, with `/` between its parts. */
export function globToRegExp(glob: string): RegExp {
  return new RegExp(`^${translate(glob)}$`);
}

const TOKEN = /\*\*\/|\*\*|\*|\?|\[!?\]?[^\]]*\]|[{},]|[\s\S]/g;

function translate(glob: string): string {
  let depth = 0;
  return (glob.match(TOKEN) ?? [])
    .map((token) => {
      if (token === '{') depth++;
      if (token === '}' && depth > 0) return (depth--, ')');
      return translateToken(token, depth);
    })
    .join('');
}

function translateToken(token: string, depth: number): string {
  if (token === '**/') return '(?:[^/]+/)*';
  if (token === '**') return '.*';
  if (token === '*') return '[^/]*';
  if (token === '?') return '[^/]';
  if (token === '{') return '(?:';
  if (token === ',' && depth > 0) return '|';
  if (token.length > 2 && token.startsWith('[')) return token.replace(/^\[!/, '[^').replace(/\\/g, '\\\\');
  return token.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
