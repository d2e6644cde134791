/** All presets, by name. Generated from the folder: UPDATE=1 npx vitest run test/resources/presets.test.ts */
import type { Preset } from '../preset.ts';
import { preset as descriptors } from './descriptors.ts';
import { preset as directories } from './directories.ts';
import { preset as glib } from './glib.ts';
import { preset as language } from './language.ts';
import { preset as libcMemory } from './libc-memory.ts';
import { preset as mimalloc } from './mimalloc.ts';
import { preset as mmap } from './mmap.ts';
import { preset as openssl } from './openssl.ts';
import { preset as pcre2 } from './pcre2.ts';
import { preset as process } from './process.ts';
import { preset as pthread } from './pthread.ts';
import { preset as regex } from './regex.ts';
import { preset as sdBus } from './sd-bus.ts';
import { preset as sockets } from './sockets.ts';
import { preset as sodium } from './sodium.ts';
import { preset as sqlite } from './sqlite.ts';
import { preset as stdio } from './stdio.ts';
import { preset as strings } from './strings.ts';
import { preset as win32 } from './win32.ts';

export const PRESETS: Readonly<Record<string, Preset>> = {
  descriptors,
  directories,
  glib,
  language,
  'libc-memory': libcMemory,
  mimalloc,
  mmap,
  openssl,
  pcre2,
  process,
  pthread,
  regex,
  'sd-bus': sdBus,
  sockets,
  sodium,
  sqlite,
  stdio,
  strings,
  win32,
};
