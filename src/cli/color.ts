/** Whether to colour: the flag, then FORCE_COLOR, NO_COLOR, TERM=dumb, then whether a person is looking. */
import type { Io, Sink } from './io.ts';

export type ColorChoice = 'auto' | 'always' | 'never';
export const COLOR_CHOICES: readonly ColorChoice[] = ['auto', 'always', 'never'];

export function wantsColor(choice: ColorChoice, env: Io['env'], sink: Sink): boolean {
  if (choice !== 'auto') return choice === 'always';
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false;
  return sink.isTty;
}
