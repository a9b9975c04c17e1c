import type { RequestErrorCode } from './errors.js';
import { clip } from './text.js';
import type { CollectRequest } from './types.js';

export type Decoded =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** Without a byte order mark. */
      readonly text: string;
      /** Decompressed, with everything that was there: what a dead letter keeps. */
      readonly bytes: Uint8Array;
    }
  | {
      readonly ok: false;
      readonly code: RequestErrorCode;
      readonly message?: string;
      /** The bytes to keep in the dead letter, when there are any worth keeping. */
      readonly bytes?: Uint8Array;
    };

const mediaTypes = ['text/plain', 'application/json'];
/** `x-gzip` is to be taken as equivalent: https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.3 */
const gzipNames = ['gzip', 'x-gzip'];

/**
 * Reads the body of a request as JSON.
 *
 * @param maxBodyBytes Bound of the body, before and after decompression.
 */
export async function decode(request: CollectRequest, maxBodyBytes: number): Promise<Decoded> {
  const type = (request.headers['content-type'] || 'text/plain').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!mediaTypes.includes(type)) return { ok: false, code: 'unsupported_media_type' };
  if (request.body.byteLength > maxBodyBytes) return { ok: false, code: 'body_too_large' };

  const encoding = (request.headers['content-encoding'] || 'identity').trim().toLowerCase();
  let bytes = request.body;
  if (gzipNames.includes(encoding)) {
    const unpacked = await gunzip(bytes, maxBodyBytes);
    if (unpacked === 'too large') return { ok: false, code: 'body_too_large' };
    if (unpacked === 'broken') return { ok: false, code: 'malformed_encoding', bytes };
    bytes = unpacked;
  } else if (encoding !== 'identity') return { ok: false, code: 'unsupported_media_type' };

  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { ok: false, code: 'malformed_json', message: 'The body is not UTF-8 text.', bytes };
  }
  try {
    return { ok: true, value: JSON.parse(text) as unknown, text, bytes };
  } catch (error) {
    // The engine quotes the body, and may cut a character in two.
    const message = clip(`The body is not JSON: ${(error as Error).message}`, 256);
    return { ok: false, code: 'malformed_json', message, bytes };
  }
}

/** Stops at the bound, so that a small body cannot grow without limit. */
async function gunzip(bytes: Uint8Array, most: number): Promise<Uint8Array | 'too large' | 'broken'> {
  const reader = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'))
    .getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.byteLength;
      if (size > most) {
        await reader.cancel().catch(() => undefined);
        return 'too large';
      }
      chunks.push(value);
    }
  } catch {
    return 'broken';
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
