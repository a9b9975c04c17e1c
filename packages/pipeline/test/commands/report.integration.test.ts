import { describe, expect, it } from 'vitest';
import { reportCommand } from '../../src/commands/report.js';
import { reports } from '../../src/reports.js';
import { type SmallLake, shopRows, smallLake } from '../query/support.js';
import { run } from './support.js';

async function shop(): Promise<SmallLake> {
  const lake = await smallLake();
  await lake.addEvents('2019-10-01', shopRows);
  return lake;
}

describe('report', () => {
  it('writes a table, with the days it is about', async () => {
    const { path } = await shop();
    const { code, stdout, stderr } = await run(reportCommand, ['visitors', '--lake', path]);
    expect(stdout).toMatch(/^day +visitors +sessions +views +carts +purchases\n/);
    expect(stdout).toMatch(/\n2019-10-01 +1 +1 +1 +0 +1\n\(1 row, 2019-10-01 to 2019-10-01, \d+\.\d\d s\)\n$/);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('takes its parameters as flags', async () => {
    const { path } = await shop();
    const argv = ['visitors', '--lake', path, '--json', '--from', '2019-10-01', '--to', '2019-10-03', '--bots'];
    const east = await run(reportCommand, [...argv, '--utc-offset', '+14:00']);
    expect(JSON.parse(east.stdout)).toMatchObject([{ day: '2019-10-02' }]);
    const west = await run(reportCommand, [...argv, '--utc-offset=-660']);
    expect(JSON.parse(west.stdout)).toMatchObject([{ day: '2019-10-01', visitors: 1 }]);
    const other = await run(reportCommand, [...argv, '--site', 'other']);
    expect(JSON.parse(other.stdout)).toEqual([]);
  });

  it('is about the last days, if asked for', async () => {
    const lake = await shop();
    await lake.addEvents('2019-10-05', [{ ...shopRows[0], event_id: 'later', event_time: '2019-10-05T23:30:00.000Z' }]);
    const days = async (...argv: string[]): Promise<string | undefined> => {
      const { stdout } = await run(reportCommand, ['visitors', '--lake', lake.path, ...argv]);
      return /\(\d+ rows?, (.*), /.exec(stdout)?.[1];
    };
    expect(await days('--last', '1')).toBe('2019-10-05 to 2019-10-05');
    expect(await days('--last', '3')).toBe('2019-10-03 to 2019-10-05');
    expect(await days('--last', '3', '--utc-offset', '60')).toBe('2019-10-04 to 2019-10-06');
    expect(await days('--last', '2', '--to', '2019-10-02')).toBe('2019-10-01 to 2019-10-02');
    expect(await days('--last', '36500')).toBe('1970-01-01 to 2019-10-05');
  });

  it('says that the lake has no events yet', async () => {
    const { path } = await smallLake();
    for (const argv of [[], ['--last', '7']]) {
      const { code, stdout, stderr } = await run(reportCommand, ['visitors', '--lake', path, ...argv]);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/\n\(0 rows, the lake has no events yet, \d+\.\d\d s\)\n$/);
    }
  });

  it('says how many events of robots are left out of a table', async () => {
    const lake = await shop();
    const robots = ['a', 'b'].map((event_id) => ({ ...shopRows[0], event_id, is_bot: true }));
    await lake.addEvents('2019-10-01', robots);
    const said = async (...argv: string[]): Promise<string> =>
      (await run(reportCommand, [...argv, '--lake', lake.path])).stderr;
    expect(await said('visitors')).toBe('2 events by robots left out; --bots counts them\n');
    expect(await said('visitors', '--bots')).toBe('');
    expect(await said('visitors', '--json')).toBe('');
    expect(await said('facets')).toBe('');
    expect(await said('visitors', '--site', "o'hara")).toBe('');
    expect(await said('visitors', '--to', '2019-09-30')).toBe('');
  });

  it('names what has no brand, and rounds, in a table alone', async () => {
    const lake = await smallLake();
    const row = (event_id: string, event_type: string) => ({ ...shopRows[0], brand: '', event_id, event_type });
    await lake.addEvents('2019-10-01', [row('a', 'view'), row('b', 'view'), row('c', 'view'), row('d', 'purchase')]);
    const argv = ['brands', '--lake', lake.path, '--min-views', '1'];
    const { stdout } = await run(reportCommand, argv);
    expect(stdout).toMatch(/\n\(no brand\) /);
    expect(stdout).toContain(' 0.3333');
    expect(stdout).not.toContain('0.33333');
    const { stdout: json } = await run(reportCommand, [...argv, '--json']);
    expect(json).toContain('"brand":""');
    expect(json).toContain('0.33333333');
  });

  it('names parameters as flags in its help', async () => {
    for (const name of Object.keys(reports)) {
      const { stdout } = await run(reportCommand, [name, '--help']);
      expect(stdout).not.toMatch(/`?(utcOffsetMinutes|windowHours|minViews)/);
      expect(stdout).toContain('\n  --last N ');
    }
    expect((await run(reportCommand, ['brands', '--help'])).stdout).toContain('at least --min-views views');
  });

  it.each(Object.keys(reports))('%s runs, and explains its columns', async (name) => {
    const { path } = await shop();
    const { code, stdout, stderr } = await run(reportCommand, [name, '--lake', path, '--csv']);
    expect([code, stderr]).toEqual([0, '']);
    const names = reports[name as keyof typeof reports].columns.map((column) => column.name);
    expect(stdout.split('\r\n')[0]).toBe(names.join(','));
    const help = await run(reportCommand, [name, '--help']);
    for (const column of names) expect(help.stdout).toContain(`\n  ${column} `);
  });

  it('lists the reports', async () => {
    const { code, stdout } = await run(reportCommand, ['--list']);
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual([...Object.keys(reports), '']);
  });

  it('prints its SQL, with the days ready to run', async () => {
    const template = await run(reportCommand, ['funnel', '--sql']);
    expect([template.code, template.stdout]).toEqual([0, `${reports.funnel.sql}\n`]);
    const ready = await run(reportCommand, ['funnel', '--sql', '--from', '2019-10-01', '--to', '2019-10-31']);
    expect(ready.stdout).toContain("TIMESTAMP '2019-10-01 00:00:00'");
    expect(ready.stdout).not.toMatch(/:[a-z]/);
  });

  it.each<[string[], string]>([
    [[], 'which report? --list shows them'],
    [['nosuch'], 'there is no report "nosuch"; there are facets, kpis,'],
    [['kpis', 'funnel'], 'one report at a time, got also funnel'],
    [['kpis', '--from', 'yesterday'], '--from: expected a day like 2026-11-20, got "yesterday"'],
    [['abandoned', '--limit', '0'], '--limit: expected an integer from 1 to 100000, got 0'],
    [['visitors', '--utc-offset', '900'], '--utc-offset: expected an integer from -840 to 840, got 900'],
    [['kpis', '--min-views', '5'], '--min-views: the report kpis does not know it'],
    [['kpis', '--site', ''], '--site: expected a value, got none'],
    [['kpis', '--sql', '--from', '2019-10-01'], '--sql: both --from and --to, or neither'],
    [['kpis', '--last', '2', '--from', '2019-10-01'], '--last and --from: one of them'],
    [['kpis', '--last', '0'], '--last must be a whole number from 1 to 36500, got "0"'],
    [['kpis', '--last', '2', '--sql'], '--sql: needs --from and --to instead of --last'],
    [['kpis', '--json', '--bom'], '--bom: needs --csv'],
    [['kpis', '--json', '--table'], '--table and --json: one of them'],
  ])('refuses %j', async (argv, message) => {
    const { path } = await shop();
    const { code, stdout, stderr } = await run(reportCommand, [...argv, '--lake', path]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`rastro-pipeline report: ${message}`);
  });

  it('says where there is no lake', async () => {
    const { code, stderr } = await run(reportCommand, ['kpis', '--lake', '/nowhere/lake']);
    expect(code).toBe(1);
    expect(stderr).toContain('There is no lake in /nowhere/lake');
  });
});
