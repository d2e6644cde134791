#!/usr/bin/env node
import { start } from '../dist/src/cli/start.js';
process.exitCode = await start(process);
