/** Colours for a terminal, or none. */
import { styleText } from 'node:util';

export type Ink = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
export type Paint = (ink: Ink, text: string) => string;

/** A function that paints, or one that leaves the text as it is. */
export function createPaint(color: boolean): Paint {
  // Whether to colour was decided by the caller: not to be decided again by looking at this process's streams.
  return color ? (ink, text) => styleText(ink, text, { validateStream: false }) : (_ink, text) => text;
}
