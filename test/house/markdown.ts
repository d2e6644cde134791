/**
 * Reads the fenced blocks of a Markdown document. Takes text; returns blocks with what stands behind their language:
 * in "```c file=clip.c" that is `file=clip.c`, which GitHub does not show.
 */

/** One fenced block. `text` ends in a newline unless it is empty. */
export interface FencedBlock {
  readonly language: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly text: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
}

/** All fenced blocks, in order; one that is never closed throws, since its end would be guessed. */
export function fencedBlocks(markdown: string): FencedBlock[] {
  const blocks: FencedBlock[] = [];
  let open: { language: string; attributes: Map<string, string>; lines: string[]; line: number } | undefined;
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^```\s*(\S*)\s*(.*)$/.exec(line);
    if (!fence) open?.lines.push(line);
    else if (!open)
      open = { language: fence[1] ?? '', attributes: attributesOf(fence[2] ?? ''), lines: [], line: index + 1 };
    else {
      const { lines, ...rest } = open;
      blocks.push({ ...rest, text: lines.map((text) => `${text}\n`).join('') });
      open = undefined;
    }
  }
  if (open) throw new Error(`the block opened in line ${open.line} is never closed`);
  return blocks;
}

function attributesOf(text: string): Map<string, string> {
  return new Map(
    text
      .split(/\s+/)
      .filter((part) => part !== '')
      .map((part) => [part.split('=')[0] ?? '', part.split('=').slice(1).join('=')]),
  );
}
