#!/usr/bin/env node
import { main } from './main';

// A program such as `head` may close the pipe before everything is written.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
// Without a top-level await: in the built file, modules that are loaded on demand stand after this line.
main(process.argv.slice(2)).then(() => {
  // Dawn's threads would keep the process alive. The exit waits until the output is written to the pipe.
  process.stdout.write('', () => process.exit());
});
