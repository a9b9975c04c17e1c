import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStateFile } from '../../src/reader/state-file.js';
import { scratch } from '../support/scratch.js';

test('state and ids are written together, and what comes meanwhile shares the next write', async () => {
  const directory = await scratch();
  const file = await openStateFile(directory);
  await file.restart('s@1');
  await Promise.all(Array.from({ length: 20 }, (_, n) => file.put(`shard ${n}`, { position: String(n) }, [`id ${n}`])));
  await file.close();
  const again = await openStateFile(directory);
  expect(again.stream).toBe('s@1');
  expect(again.shardIds()).toHaveLength(20);
  expect(again.get('shard 7')).toEqual({ position: '7' });
  expect(Array.from({ length: 20 }, (_, n) => again.seen.has(`id ${n}`))).not.toContain(false);
  expect(again.seen.bytes).toBe(320);
  await again.restart('s@2');
  expect([again.shardIds(), again.seen.has('id 7')]).toEqual([[], true]);
  await again.close();
});

test('what cannot be written can be put again', async () => {
  const directory = await scratch();
  const file = await openStateFile(directory);
  const ids = ['a'];
  await mkdir(join(directory, 'reader.json.new'));
  await expect(file.put('s', { position: '1' }, ids)).rejects.toThrow('EISDIR');
  await rmdir(join(directory, 'reader.json.new'));
  await file.put('s', { position: '1' }, ids);
  await file.close();
  const again = await openStateFile(directory);
  expect([again.get('s').position, again.seen.bytes]).toEqual(['1', 16]);
  await again.close();
});

test('a file that cannot be read is no beginning', async () => {
  const directory = await scratch();
  await writeFile(join(directory, 'reader.json'), '{"version":1');
  await expect(openStateFile(directory)).rejects.toThrow(/reader\.json cannot be read: .*delete it/);
  await writeFile(join(directory, 'reader.json'), '{"version":2}');
  await expect(openStateFile(directory)).rejects.toThrow('version 2 is not known here');
  expect(await readFile(join(directory, 'reader.json'), 'utf8')).toBe('{"version":2}');
});

test.each([
  ['{"version":1}', 'stream is no text'],
  ['null', 'version undefined is not known here'],
  ['{"version":1,"stream":"x","seenBytes":"a","shards":{}}', 'seenBytes is no number of bytes'],
  ['{"version":1,"stream":"x","seenBytes":0,"shards":null}', 'shards is no object'],
  [
    '{"version":1,"stream":"x","seenBytes":0,"shards":{"s":{"position":12}}}',
    'the position of s is no sequence number',
  ],
])('%s is refused, with the file and what is wrong', async (text, message) => {
  const directory = await scratch();
  await writeFile(join(directory, 'reader.json'), text);
  await expect(openStateFile(directory)).rejects.toThrow(`reader.json cannot be read: ${message}`);
});
