import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { broken, runKills, runOutage, runTerms } from '../../../../scripts/lib/durability/scenarios.mjs';
import { collectorCommand, type Spool } from '../../../../scripts/lib/durability/world.mjs';

// A short version of `npm run kills`, against the command as it is built.
const hasty = fileURLToPath(new URL('../support/hasty-collector.mjs', import.meta.url));
const timeout = 120_000;
const [program = '', ...args] = collectorCommand;
const able = execFileSync(program, [...args, '--help'], { encoding: 'utf8' }).includes('--spool-directory');
const spools: Spool[] = able ? ['none', 'fallback', 'first'] : ['none'];

describe.each(spools)('with the spool: %s', (spool) => {
  // Only so is the order kept when a call is taken in part, which the faults see to.
  const args = spool === 'none' ? [] : ['--strict-order'];

  test('loses nothing that it answered for when it is killed again and again', { timeout }, async () => {
    const result = await runKills({ kills: 5, seed: 11, spool, args });
    expect(broken(result)).toEqual([]);
    expect(result.ledger).toMatchObject({ missing: 0, found: result.ledger.acknowledged });
    // It was under load, and met faults.
    expect(result.outcomes['200']).toBeGreaterThan(10);
    // Answers that come from the disk are too quick to be caught on their way each time.
    if (spool !== 'first') expect(result.cutOff).toBeGreaterThan(0);
    expect(result.faults.recordThrottled).toBeGreaterThan(0);
    expect(result.ledger.deadLetters).toBeGreaterThan(0);
  });

  test('loses nothing, and ends well, when it is asked to end under load', { timeout }, async () => {
    const result = await runTerms({ terms: 2, seed: 12, spool, args });
    expect(broken(result)).toEqual([]);
    expect(result.ledger.acknowledged).toBeGreaterThan(10);
  });

  test('loses nothing when the stream goes away for a while', { timeout }, async () => {
    const result = await runOutage({ outageMs: 1_500, calmMs: 500, seed: 13, spool, args });
    expect(broken(result)).toEqual([]);
    expect(result.ledger.acknowledged).toBeGreaterThan(10);
  });
});

test('finds out a collector that answers before it has written', { timeout }, async () => {
  const command = [process.execPath, hasty];
  const result = await runKills({ kills: 3, seed: 14, command, patienceMs: 1_000, faults: {} });
  expect(result.ledger.missing).toBeGreaterThan(0);
  expect(broken(result).join()).toContain('acknowledged and missing');
});
