import { expect, test } from 'vitest';
import { terminalChannel } from '../../src/alerts/terminal.js';
import { alert } from './support.js';

async function lineOf(fields: Parameters<typeof alert>[0]): Promise<string> {
  const lines: string[] = [];
  await terminalChannel((line) => void lines.push(line))(alert(fields));
  return lines.join('');
}

test('says who did how much, and when, in one line', async () => {
  expect(await lineOf({})).toBe(
    'ALERT ana at shop is too fast for a person: 183 interactions, more than 90, from 2026-11-20T09:30:00.000Z to 2026-11-20T09:31:00.000Z (180 view, 3 cart)\n',
  );
  expect(await lineOf({ rule: 'rows', threshold: 1000 })).toContain(': more than 1000 events of one type, from');
});

test.each([
  ['\u001b[2J\u001b]0;title\u0007', '?[2J?]0;title?'],
  ['a\r\nALERT b', 'a??ALERT b'],
  ['\u009b31m', '?31m'],
  ['\u202eana\u2028', '?ana?'],
  ['a\u200b\ufeffb', 'a??b'],
  ['José 山田', 'José 山田'],
])('shows a hostile user and obeys none: %j', async (user_id, shown) => {
  const line = await lineOf({ user_id });
  expect(line).toContain(`ALERT ${shown} at shop`);
  expect(line.match(/[\p{Cc}\p{Zl}]/gu)).toEqual(['\n']);
});
