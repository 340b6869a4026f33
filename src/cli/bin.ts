#!/usr/bin/env node
import { main } from './main';

await main(process.argv.slice(2));
// Dawn's threads would keep the process alive.
process.exit();
