import { describe, expect, it } from 'vitest';
import { createSharedAnswers } from '../../src/dashboard/shared-answers.js';

const never = new AbortController().signal;
const shared = (maxAnswers = 10, maxWeight = 100) =>
  createSharedAnswers<string>({ maxAnswers, maxWeight, weigh: ({ length }) => length });

/** Counts how often it is asked. */
function work(text: string) {
  const calls: AbortSignal[] = [];
  return { calls, run: async (signal: AbortSignal) => `${text}${calls.push(signal)}` };
}

describe('an answer', () => {
  it('is shared by those who ask at once, and kept', async () => {
    const answers = shared();
    const { run, calls } = work('a');
    const both = [answers.get('k', true, run, never), answers.get('k', true, run, never)];
    expect(await Promise.all(both)).toEqual(['a1', 'a1']);
    expect(await answers.get('k', true, run, never)).toBe('a1');
    expect(await answers.get('other', true, run, never)).toBe('a2');
    expect(calls).toHaveLength(2);
  });

  it('is shared but not kept where nobody knows whether the data changes', async () => {
    const answers = shared();
    const { run } = work('a');
    const both = [answers.get('k', false, run, never), answers.get('k', false, run, never)];
    expect(await Promise.all(both)).toEqual(['a1', 'a1']);
    expect(await answers.get('k', false, run, never)).toBe('a2');
  });

  it('is not kept when it failed', async () => {
    const answers = shared();
    const broken = async (): Promise<string> => {
      throw new Error('broken');
    };
    await expect(answers.get('k', true, broken, never)).rejects.toThrow('broken');
    expect(await answers.get('k', true, work('a').run, never)).toBe('a1');
  });

  it('is given up by those who leave, and ended when all have left', async () => {
    const answers = shared();
    const first = new AbortController();
    const second = new AbortController();
    let ended = false;
    const run = (signal: AbortSignal) =>
      new Promise<string>((_, reject) => {
        signal.addEventListener('abort', () => {
          ended = true;
          reject(signal.reason);
        });
      });
    const one = answers.get('k', true, run, first.signal);
    const two = answers.get('k', true, run, second.signal);
    first.abort(new Error('one is gone'));
    await expect(one).rejects.toThrow('one is gone');
    expect(ended).toBe(false);
    second.abort(new Error('two is gone'));
    await expect(two).rejects.toThrow('two is gone');
    expect(ended).toBe(true);
    expect(await answers.get('k', true, work('a').run, never)).toBe('a1');
  });

  it('is forgotten for newer ones, those used last last', async () => {
    const answers = shared(2);
    const { run, calls } = work('a');
    for (const key of ['k1', 'k2', 'k1', 'k3', 'k1']) await answers.get(key, true, run, never);
    expect(calls).toHaveLength(3);
    await answers.get('k2', true, run, never);
    expect(calls).toHaveLength(4);
  });

  it('is forgotten by weight, and not kept when it is too heavy', async () => {
    const answers = shared(10, 40);
    const { run, calls } = work('123456789');
    for (const key of ['k1', 'k2', 'k3', 'k4', 'k5']) await answers.get(key, true, run, never);
    await answers.get('k5', true, run, never);
    expect(calls).toHaveLength(5);
    await answers.get('k1', true, run, never);
    expect(calls).toHaveLength(6);
    const heavy = work('x'.repeat(20));
    await answers.get('heavy', true, heavy.run, never);
    await answers.get('heavy', true, heavy.run, never);
    expect(heavy.calls).toHaveLength(2);
  });
});
