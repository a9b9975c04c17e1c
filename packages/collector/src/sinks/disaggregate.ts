import { createHash } from 'node:crypto';
import type { Part } from './aggregate.js';

const magicNumber = 0xf3899ac2;
const magicBytes = 4;
const md5Bytes = 16;

/**
 * Takes an aggregate of the Kinesis Producer Library apart, whoever made it. Whose hash lies on which shard is not asked:
 * nothing is dropped.
 *
 * @returns The records in order, their data a view of `bytes`; nothing when it is no aggregate, or a damaged one, which
 *   readers take for a record of its own.
 */
export function disaggregate(bytes: Uint8Array): Part[] | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < magicBytes + md5Bytes || buffer.readUInt32BE(0) !== magicNumber) return undefined;
  const message = buffer.subarray(magicBytes, -md5Bytes);
  if (!createHash('md5').update(message).digest().equals(buffer.subarray(-md5Bytes))) return undefined;

  const keys: string[] = [];
  const records: { index: number; data: Uint8Array }[] = [];
  for (const { field, value } of fieldsOf(message)) {
    if (value === undefined) return undefined;
    if (field === 1 && typeof value !== 'number') keys.push(value.toString());
    if (field !== 3 || typeof value === 'number') continue;
    let index: number | undefined;
    let data: Uint8Array | undefined;
    for (const inner of fieldsOf(value)) {
      if (inner.value === undefined) return undefined;
      if (inner.field === 1 && typeof inner.value === 'number') index = inner.value;
      if (inner.field === 3 && typeof inner.value !== 'number') data = inner.value;
    }
    if (index === undefined || data === undefined) return undefined;
    records.push({ index, data });
  }
  const parts: Part[] = [];
  // A table may stand behind what points into it.
  for (const { index, data } of records) {
    const partitionKey = keys[index];
    if (partitionKey === undefined) return undefined;
    parts.push({ partitionKey, data });
  }
  return parts;
}

interface Field {
  readonly field: number;
  /** Nothing when the rest cannot be read. */
  readonly value: number | Buffer | undefined;
}

/** The fields of a protobuf message, those of 32 and 64 bits as their bytes. https://protobuf.dev/programming-guides/encoding/ */
function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0;
  const readNumber = (): number | undefined => {
    let value = 0;
    for (let factor = 1; at < message.length; factor *= 128) {
      const byte = message[at++] ?? 0;
      value += (byte % 128) * factor;
      if (byte < 128) return Number.isSafeInteger(value) ? value : undefined;
    }
    return undefined;
  };
  const readBytes = (length: number | undefined): Buffer | undefined => {
    if (length === undefined || length > message.length - at) return undefined;
    at += length;
    return message.subarray(at - length, at);
  };
  const fixedBytes: Readonly<Record<number, number>> = { 1: 8, 5: 4 };
  while (at < message.length) {
    const head = readNumber();
    if (head === undefined) return yield { field: 0, value: undefined };
    const kind = head % 8;
    const value = kind === 0 ? readNumber() : readBytes(kind === 2 ? readNumber() : fixedBytes[kind]);
    yield { field: Math.floor(head / 8), value };
    if (value === undefined) return;
  }
}
