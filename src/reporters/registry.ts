/** All output formats of check, diff and apply, loaded when they are asked for. A new one is a file and a line here. */
import type { Reporter } from './reporter.ts';

export const REPORTERS: Readonly<Record<string, () => Promise<Reporter>>> = {
  text: async () => (await import('./text.ts')).textReporter,
  json: async () => (await import('./json.ts')).jsonReporter,
  jsonl: async () => (await import('./jsonl.ts')).jsonlReporter,
  sarif: async () => (await import('./sarif.ts')).sarifReporter,
  github: async () => (await import('./github.ts')).githubReporter,
  gitlab: async () => (await import('./gitlab.ts')).gitlabReporter,
  markdown: async () => (await import('./markdown.ts')).markdownReporter,
  html: async () => (await import('./html.ts')).htmlReporter,
  patch: async () => (await import('./patch.ts')).patchReporter,
};
