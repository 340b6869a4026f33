#!/usr/bin/env node
import { main } from './main';

// A reader such as `head` may close the pipe before all is written.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
await main(process.argv.slice(2));
// Dawn's threads would keep the process alive. A pipe may still hold what was written.
process.stdout.write('', () => process.exit());
