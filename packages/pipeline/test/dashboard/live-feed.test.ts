import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { createLiveFeed } from '../../src/dashboard/live-feed.js';
import { createLiveSource } from '../../src/dashboard/live-source.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A connection that takes more, or does not. */
class Connection extends EventEmitter {
  written: string[] = [];
  takesMore = true;
  ended = false;
  writeHead(): this {
    return this;
  }
  write(text: string): boolean {
    this.written.push(text);
    return this.takesMore;
  }
  end(): void {
    this.ended = true;
  }
  products(): string[] {
    return [...this.written.join('').matchAll(/"product":"([^"]*)"/g)].map(([, product = '']) => product);
  }
}

function open(max = 200) {
  const source = createLiveSource({ max, now: () => 0 });
  const feed = createLiveFeed({ source, tickMs: 100, statusMs: 1_000, heartbeatMs: 15_000 });
  onTestFinished(() => feed.close());
  const connect = (): Connection => {
    const connection = new Connection();
    feed.open(connection as unknown as ServerResponse);
    return connection;
  };
  const add = (from: number, to: number): void => {
    for (let n = from; n <= to; n++) source.add({ product_id: String(n) });
  };
  return { source, feed, connect, add };
}

it('gathers what comes within a tick into one write', () => {
  const { connect, add } = open();
  const connection = connect();
  const before = connection.written.length;
  add(1, 20);
  expect(connection.written.length).toBe(before);
  vi.advanceTimersByTime(100);
  expect(connection.written.length).toBe(before + 1);
  expect(connection.products()).toHaveLength(20);
});

it('tells the newest 50 of what is more than anybody reads', () => {
  const { connect, add } = open();
  const connection = connect();
  add(1, 1000);
  vi.advanceTimersByTime(100);
  expect(connection.products()).toEqual(Array.from({ length: 50 }, (_, n) => String(951 + n)));
  vi.advanceTimersByTime(60_000);
  expect(connection.products()).toHaveLength(50);
});

it('writes nothing to a reader that is slow, which then misses what is not kept', () => {
  const { connect, add, source } = open(10);
  const [slow, quick] = [connect(), connect()];
  slow.takesMore = false;
  add(1, 1);
  vi.advanceTimersByTime(100);
  const before = slow.written.length;
  for (let round = 0; round < 600; round++) {
    add(round * 20 + 2, round * 20 + 21);
    source.update({ total: round });
    vi.advanceTimersByTime(100);
  }
  expect(slow.written.length).toBe(before);
  expect(quick.products()).toHaveLength(1 + 600 * 10);
  slow.takesMore = true;
  slow.emit('drain');
  expect(slow.products()).toEqual(['1', ...Array.from({ length: 10 }, (_, n) => String(11_992 + n))]);
  expect(slow.written.join('')).toContain('"total":599');
  expect(slow.written.length).toBe(before + 2);
});

it('keeps quiet connections open', () => {
  const { connect } = open();
  const connection = connect();
  const before = connection.written.length;
  vi.advanceTimersByTime(30_000);
  expect(connection.written.slice(before)).toEqual([': still here\n\n', ': still here\n\n']);
});

it('forgets those who left', () => {
  const { feed, connect, add } = open();
  const connection = connect();
  expect(feed.readers).toBe(1);
  connection.emit('close');
  expect(feed.readers).toBe(0);
  const before = connection.written.length;
  add(1, 5);
  vi.advanceTimersByTime(20_000);
  expect(connection.written.length).toBe(before);
});

it('ends every connection when it is closed, and keeps no timer', () => {
  const { feed, connect, add } = open();
  const connections = [connect(), connect()];
  add(1, 1);
  feed.close();
  expect(connections.map(({ ended }) => ended)).toEqual([true, true]);
  expect(vi.getTimerCount()).toBe(0);
});
