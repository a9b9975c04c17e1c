// @ts-check
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** @type {Readonly<Record<string, string>>} */
const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
  '.yaml': 'text/plain; charset=utf-8',
};

/**
 * A folder of files as a site, on 127.0.0.1.
 *
 * @param {string} folder
 * @param {number} port 0 takes a free one, and so does one that is taken.
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function serveFolder(folder, port) {
  const server = createServer((request, response) => {
    answer(folder, request, response).catch(() => response.destroy());
  });
  await listen(server, port).catch((error) => {
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
    return listen(server, 0);
  });
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * @param {import('node:http').Server} server
 * @param {number} port
 * @returns {Promise<void>}
 */
const listen = (server, port) =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });

/**
 * @param {string} folder
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer(folder, { url = '/', method }, response) {
  const path = safePath(url);
  const file = path && (await fileAt(folder, path));
  const found = file ?? (await fileAt(folder, '/404.html'));
  if (!found) return response.writeHead(404).end();
  response.writeHead(file ? 200 : 404, {
    'content-type': types[extname(found)] ?? 'application/octet-stream',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
  });
  if (method === 'HEAD') return response.end();
  return pipeline(createReadStream(found), response);
}

/** The path inside of the folder, whatever is asked for. @param {string} url */
function safePath(url) {
  try {
    const path = decodeURIComponent(url.replace(/[?#].*/, ''));
    return path.includes('\0') ? undefined : normalize(`/${path}`);
  } catch {
    return undefined;
  }
}

/**
 * @param {string} folder
 * @param {string} path
 */
async function fileAt(folder, path) {
  for (const name of [path, `${path}.html`, join(path, 'index.html')]) {
    const file = join(folder, name);
    if ((await stat(file).catch(() => undefined))?.isFile()) return file;
  }
  return undefined;
}
