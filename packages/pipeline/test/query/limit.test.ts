import { expect, it } from 'vitest';
import { createLimit } from '../../src/query/limit.js';

function held() {
  let resolve = (_value: string): void => {};
  const promise = new Promise<string>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

it('runs so much at once, the rest in its order', async () => {
  const limit = createLimit(2);
  const works = [held(), held(), held(), held()];
  const begun: number[] = [];
  const answers = works.map((work, n) =>
    limit(() => {
      begun.push(n);
      return work.promise;
    }),
  );
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  works[1]?.resolve('b');
  await answers[1];
  await expect.poll(() => begun).toEqual([0, 1, 2]);
  for (const work of works) work.resolve('x');
  await Promise.all(answers);
  expect(begun).toEqual([0, 1, 2, 3]);
});

it('goes on after a failure', async () => {
  const limit = createLimit(1);
  await expect(limit(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await limit(async () => 'next')).toBe('next');
});

it('gives up what waits when its signal fires, and what comes after has its turn', async () => {
  const limit = createLimit(1);
  const first = held();
  const stop = new AbortController();
  const running = limit(() => first.promise);
  const waiting = limit(async () => 'never', stop.signal);
  const last = limit(async () => 'last');
  stop.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  first.resolve('done');
  expect(await running).toBe('done');
  expect(await last).toBe('last');
});
