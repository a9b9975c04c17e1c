// @ts-check
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { decode } from '../lib/sink.mjs';

const event = JSON.stringify({ event: 'Product Viewed', properties: { product_id: 'view-17', brand: 'Flor de Sal' } });

it.each([
  ['plain', Buffer.from(event)],
  ['gzip', gzipSync(event)],
  ['base64 in JSON', Buffer.from(JSON.stringify({ ue_px: Buffer.from(event).toString('base64url') }))],
  ['base64 in a form', Buffer.from(`data=${encodeURIComponent(Buffer.from(event).toString('base64'))}`)],
])('finds a product in a body that is %s', (_, body) => {
  expect(decode(body)).toContain('view-17');
});
