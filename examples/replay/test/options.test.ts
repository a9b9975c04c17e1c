import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaults, help, parseOptions } from '../src/options.js';

describe('parseOptions', () => {
  it('has a default for all but the files', () => {
    const { endpoint, ...rest } = parseOptions(['a.csv', 'b.csv.gz']) as Exclude<
      ReturnType<typeof parseOptions>,
      string
    >;
    expect(endpoint.href).toBe('http://127.0.0.1:8080/e');
    expect(rest).toEqual({
      files: ['a.csv', 'b.csv.gz'],
      key: 'demo',
      rate: undefined,
      concurrency: 4,
      currency: 'USD',
      limit: undefined,
      giveUpAfter: 60,
      stateDir: '.replay',
      restart: false,
      json: false,
    });
  });

  it.each([
    [[], 'No file is named.'],
    [['a.csv', '--fast'], "Unknown option '--fast'"],
    [['a.csv', '--rate', 'high'], '--rate must be a number above 0. It is "high".'],
    [['a.csv', '--rate', '0'], '--rate must be a number above 0. It is "0".'],
    [['a.csv', '--limit', '1.5'], '--limit must be a whole number above 0. It is "1.5".'],
    [['a.csv', '--concurrency', '65'], '--concurrency must be a whole number from 1 to 64. It is "65".'],
    [['a.csv', '--give-up-after=-1'], '--give-up-after must be a number from 0. It is "-1".'],
    [['a.csv', '--currency', 'usd'], '--currency must be three capital letters, such as USD. It is "usd".'],
    [['a.csv', '--endpoint', 'localhost:8080'], '--endpoint must be an http or https URL. It is "localhost:8080".'],
    [['a.csv', '--key', ''], '--key must not be empty.'],
  ])('names what is wrong with %j', (argv, message) => {
    expect(() => parseOptions(argv)).toThrow(message);
  });
});

it('has a README that names every option with its default', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const options = help.match(/^ {2}--[a-z-]+/gm)?.map((name) => name.trim()) ?? [];
  expect(options).toHaveLength(12);
  for (const option of options) expect(readme).toContain(`| \`${option}`);
  for (const value of Object.values(defaults)) expect(readme).toMatch(new RegExp(`\\| \`${value}\` +\\|`));
});
