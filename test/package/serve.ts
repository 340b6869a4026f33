/** A simple static server. */

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.onnx': 'application/octet-stream',
};

/** Serves a folder under a path such as `/faces/`. Pages of other origins may read the files, as from a CDN. */
export async function serve(folder: string, path: string): Promise<{ readonly url: string; close(): void }> {
  const server = createServer(async ({ url }, response) => {
    const { pathname } = new URL(url!, 'http://localhost');
    const name = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
    const file =
      name.startsWith(path) && (await readFile(join(folder, name.slice(path.length))).catch(() => null));
    response.writeHead(file ? 200 : 404, {
      'content-type': TYPES[extname(file ? name : '.html')] ?? 'text/plain',
      'access-control-allow-origin': '*',
    });
    response.end(file || '<!doctype html><title>Not found</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
