import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { SinkRecord } from '../../../src/core/types.js';
import { crc32, tableCrc32 } from '../../../src/sinks/spool/crc32.js';
import type { SpoolFile } from '../../../src/sinks/spool/files.js';
import { createFrameBuffer, decodeRecords, frameTargetBytes, parseFrame } from '../../../src/sinks/spool/frame.js';
import { scanFrames } from '../../../src/sinks/spool/scan.js';
import { numbers } from './support.js';

const memoryFile = (bytes: Buffer): SpoolFile => ({
  read: async (buffer, offset, length, position) => bytes.copy(buffer, offset, position, position + length),
  write: async () => 0,
  sync: async () => {},
  truncate: async () => {},
  size: async () => bytes.length,
  close: async () => {},
});
const encode = (...appends: SinkRecord[][]): Buffer => {
  const frames = createFrameBuffer();
  for (const [at, records] of appends.entries()) frames.add(records, at);
  return Buffer.from(frames.bytes());
};
/** What a scan finds, with all its records. */
const scan = async (bytes: Buffer) => {
  const records: SinkRecord[] = [];
  const found = await scanFrames(memoryFile(bytes), 0, bytes.length, ({ buffer, start, from, to }) =>
    decodeRecords(buffer, start, to - from, records),
  );
  return { ...found, records };
};

describe('frames', () => {
  test('give back the same records: any text, empty ones, long ones', async () => {
    const records: SinkRecord[] = [
      { id: '', partitionKey: 'k', data: '' },
      { id: 'é\n“€', partitionKey: '💄'.repeat(128), data: '{"a":"\u0000\ufffd\ud83d\udc84"}' },
      { id: 'x', partitionKey: 'y', data: 'z'.repeat(3_000_000) },
      { id: 'ascii', partitionKey: 'ascii', data: '{}' },
    ];
    expect((await scan(encode(records))).records).toEqual(records);
  });

  test('hold one append each, and no more than 64 KB beside one record', async () => {
    const records = numbers(0, 5_000);
    const bytes = encode(records);
    let frames = 0;
    await scanFrames(memoryFile(bytes), 0, bytes.length, ({ from, to }) => {
      frames++;
      expect(to - from).toBeLessThan(frameTargetBytes + 200);
    });
    expect(frames).toBe(Math.ceil(bytes.length / (frameTargetBytes + 100)));
    expect((await scan(bytes)).records).toEqual(records);
  });

  test('take back the last append, and are used again', async () => {
    const frames = createFrameBuffer();
    frames.add(numbers(0, 2), 1);
    frames.add(numbers(2, 9), 2);
    frames.undo();
    expect(frames.records).toBe(2);
    expect((await scan(Buffer.from(frames.bytes()))).records).toEqual(numbers(0, 2));
    frames.clear();
    frames.add(numbers(9, 10), 3);
    expect((await scan(Buffer.from(frames.bytes()))).records).toEqual(numbers(9, 10));
  });

  test('cut at any byte, those before the cut are read and the rest is known as unfinished', async () => {
    const whole = encode(numbers(0, 3), numbers(3, 4), numbers(4, 6));
    const ends = (await (async () => {
      const list: { to: number; records: number }[] = [];
      await scanFrames(memoryFile(whole), 0, whole.length, ({ to, records }) => void list.push({ to, records }));
      return list;
    })()) as { to: number; records: number }[];
    for (let cut = 0; cut <= whole.length; cut++) {
      const before = ends.filter(({ to }) => to <= cut);
      const { records, damaged, torn } = await scan(whole.subarray(0, cut));
      expect(records).toEqual(
        numbers(
          0,
          before.reduce((sum, one) => sum + one.records, 0),
        ),
      );
      expect(damaged).toEqual([]);
      const end = before.at(-1)?.to ?? 0;
      expect(torn).toEqual(cut === end ? undefined : { from: end, to: cut });
    }
  });

  test('an end of zeros is unfinished: a power failure leaves it', async () => {
    const whole = encode(numbers(0, 3));
    const { records, damaged, torn } = await scan(Buffer.concat([whole, Buffer.alloc(5_000)]));
    expect({ records, damaged, torn }).toEqual({
      records: numbers(0, 3),
      damaged: [],
      torn: { from: whole.length, to: whole.length + 5_000 },
    });
  });

  test('any one damaged byte costs the frame it is in, and is reported', async () => {
    const parts = [encode(numbers(0, 2)), encode(numbers(2, 4)), encode(numbers(4, 6))] as const;
    const from = parts[0].length;
    const to = from + parts[1].length;
    for (let at = from; at < to; at++) {
      const bytes = Buffer.concat(parts);
      bytes[at] = (bytes[at] ?? 0) ^ 0x40;
      const { records, damaged, torn } = await scan(bytes);
      expect(records).toEqual([...numbers(0, 2), ...numbers(4, 6)]);
      expect({ damaged, torn }).toEqual({ damaged: [{ from, to }], torn: undefined });
    }
  });

  test('garbage longer than a window between frames is skipped', async () => {
    const garbage = randomBytes(2_500_000);
    const { records, damaged } = await scan(Buffer.concat([encode(numbers(0, 2)), garbage, encode(numbers(2, 4))]));
    expect(records).toEqual(numbers(0, 4));
    expect(damaged.map(({ from, to }) => to - from)).toEqual([garbage.length]);
  });

  test('beginnings of frames within garbage deceive nobody', async () => {
    const frame = encode(numbers(2, 4));
    const fakes = Buffer.concat([
      frame.subarray(0, 4),
      frame.subarray(0, 27),
      frame.subarray(0, 40),
      frame.subarray(0, 3),
    ]);
    const { records } = await scan(Buffer.concat([encode(numbers(0, 2)), fakes, frame]));
    expect(records).toEqual(numbers(0, 4));
  });

  test('a frame that is not there yet says how much of it is missing', () => {
    const frame = encode(numbers(0, 2));
    expect(parseFrame(frame, 0, 10)).toEqual({ kind: 'short', bytes: 28 });
    expect(parseFrame(frame, 0, 28)).toEqual({ kind: 'short', bytes: frame.length });
  });
});

test('the table gives the CRC-32 of zlib', () => {
  expect(tableCrc32(Buffer.from('123456789'))).toBe(0xcbf43926);
  for (const bytes of [0, 1, 7, 4_096].map((length) => randomBytes(length)))
    expect(tableCrc32(bytes)).toBe(crc32(bytes));
});
