import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { brokenOf, runPipelineKills } from '../../../scripts/lib/pipeline/scenario.mjs';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rastro-shop-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A shop's rows, the same each time: users and products that come again, orders of several lines. */
function shop(rows: number): string {
  const lines = ['event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session'];
  for (let at = 0; at < rows; at++) {
    const time = new Date(Date.UTC(2019, 9, 1) + Math.floor(at / 3) * 1000).toISOString();
    const user = 500_000_000 + ((at * 7) % 90);
    const type = at % 17 === 0 ? 'purchase' : at % 5 === 0 ? 'cart' : 'view';
    const category = `14875800051342${String(38_553 + (at % 23)).padStart(5, '0')}`;
    const shown = `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
    lines.push(`${shown},${type},${5_000 + at},${category},,runail,${(at % 900) / 100},${user},s-${user}`);
  }
  return `${lines.join('\n')}\n`;
}

test('a reader that is killed again and again loses no row and counts none twice', { timeout: 180_000 }, async () => {
  const file = join(directory, 'shop.csv');
  await writeFile(file, shop(3_000));
  const result = await runPipelineKills({ file, kills: 6, rate: 250 });
  expect(brokenOf(result)).toEqual([]);
  expect(result).toMatchObject({ rows: 3_000, events: 3_000, missing: 0, wrongWindows: 0 });
  expect(result.countedWindows).toBe(result.windows);
  expect(result.flushes).toBeGreaterThan(1);
});
