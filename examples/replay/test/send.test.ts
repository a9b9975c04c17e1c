import { describe, expect, it } from 'vitest';
import { createSender, type Sender } from '../src/send.js';
import type { FakeOptions } from './support/collector.js';
import { createTestIo, type TestIo, useCollector } from './support/run.js';

const body = '{"events":[{"event_id":"1"}]}';
const never = new AbortController().signal;

async function create(fake: FakeOptions, giveUpAfter = 60): Promise<{ sender: Sender; io: TestIo; log: string[] }> {
  const { endpoint } = await useCollector(fake);
  const io = createTestIo();
  const log: string[] = [];
  const options = { endpoint: new URL(endpoint), userAgent: 'test', giveUpAfter };
  return { sender: createSender(options, io, (line) => log.push(line)), io, log };
}

describe('createSender', () => {
  it.each([408, 429, 500, 502, 503, 504])('tries again after %i', async (status) => {
    const { sender, io } = await create({ refuse: (n) => (n <= 3 ? { status } : undefined) });
    expect((await sender.send(body, 'rows 1–1', never)).accepted).toBe(1);
    expect(io.sleeps).toEqual([125, 250, 500]);
    expect(sender).toMatchObject({ requests: 4, retries: 3 });
  });

  it('tries again when the connection breaks', async () => {
    const { sender, log } = await create({ refuse: (n) => (n === 1 ? 'hang up' : undefined) });
    await sender.send(body, 'rows 1–1', never);
    expect(log).toEqual([
      expect.stringMatching(/^The collector cannot be reached \(.+\)\. Trying rows 1–1 again in 0\.1 s/),
    ]);
  });

  it('waits at least as long as Retry-After says, in seconds or by date', async () => {
    const { sender, io } = await create({
      refuse: (n) => {
        if (n === 1) return { status: 503, headers: { 'retry-after': '7' } };
        if (n > 2) return undefined;
        return { status: 429, headers: { 'retry-after': new Date(io.now() + 9000).toUTCString() } };
      },
    });
    await sender.send(body, 'rows 1–1', never);
    expect(io.sleeps[0]).toBe(7125);
    expect(io.sleeps[1]).toBeGreaterThan(8000);
    expect(io.sleeps[1]).toBeLessThan(9300);
  });

  it('gives up when nothing got through for too long, with a last attempt at the end', async () => {
    const error = { code: 'unavailable', message: 'Come again.' };
    const { sender, io, log } = await create({ refuse: () => ({ status: 503, body: { error } }) });
    await expect(sender.send(body, 'rows 1–1', never)).rejects.toThrow(
      'The collector answered 503 unavailable: Come again. Giving up: nothing got through within 60 s.',
    );
    expect(io.sleeps.reduce((sum, ms) => sum + ms)).toBe(60_000);
    expect(log.at(-1)).toMatch(/giving up in \d+\.\d s\.$/);
  });

  it('gives up at once when it is asked to wait longer than it may', async () => {
    const { sender, io } = await create({ refuse: () => ({ status: 503, headers: { 'retry-after': '90' } }) });
    await expect(sender.send(body, 'rows 1–1', never)).rejects.toThrow('asks to wait 90.0 s');
    expect(io.sleeps).toEqual([]);
  });

  it('goes on for ever when it may not give up', async () => {
    const { sender, io } = await create({ refuse: (n) => (n <= 100 ? { status: 503 } : undefined) }, 0);
    await sender.send(body, 'rows 1–1', never);
    expect(Math.max(...io.sleeps)).toBe(5000);
    expect(io.sleeps).toHaveLength(100);
  });

  it('stops with the words of the collector when it refuses', async () => {
    const error = { code: 'unknown_key', message: 'No site has this key.' };
    const { sender } = await create({ refuse: () => ({ status: 401, body: { error } }) });
    await expect(sender.send(body, 'rows 1–1', never)).rejects.toThrow(
      'The collector refuses rows 1–1: 401 unknown_key: No site has this key.',
    );
    expect(sender.requests).toBe(1);
  });

  it('does not follow a redirect, nor take any 200 for an answer', async () => {
    const moved = await create({ refuse: () => ({ status: 301, headers: { location: 'https://shop.example/e' } }) });
    await expect(moved.sender.send(body, 'rows 1–1', never)).rejects.toThrow('redirects to https://shop.example/e');
    const other = await create({ refuse: () => ({ status: 200, body: { hello: 'world' } }) });
    await expect(other.sender.send(body, 'rows 1–1', never)).rejects.toThrow('not as a collector does');
  });
});
