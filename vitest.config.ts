import { defineConfig } from 'vitest/config';
import { CountReporter } from './test/house/count-reporter.ts';

export default defineConfig({
  test: {
    globalSetup: ['test/house/temporary-folder.ts'],
    include: ['test/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    reporters: ['default', new CountReporter()],
  },
});
