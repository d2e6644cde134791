/** Colours for a terminal, or none. */
import { styleText } from 'node:util';

export type Ink = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
export type Paint = (ink: Ink, text: string) => string;

/** A function that paints, or one that leaves the text as it is. */
export function createPaint(color: boolean): Paint {
  // Whether to colour was decided by the caller: not to be decided again by looking at this process's streams.
  return color ? (ink, text) => styleText(ink, text, { validateStream: false }) : (_ink, text) => text;
}

/** A patch as git colours it. Takes and gives bytes as latin1. */
export function paintPatch(patch: string, color: boolean): string {
  if (!color) return patch;
  const paint = createPaint(true);
  const lines = patch.split('\n').map((line) => {
    if (/^(?:diff |--- |\+\+\+ |# )/.test(line)) return paint('bold', line);
    const ink = INKS[line.charAt(0)];
    return ink === undefined ? line : paint(ink, line);
  });
  return lines.join('\n');
}

const INKS: Readonly<Record<string, Ink>> = { '+': 'green', '-': 'red', '@': 'cyan' };
