import { describe, expect, it, vi } from 'vitest';
import { createQueryCommand, queryCommand } from '../../src/commands/query.js';
import { type SmallLake, shopRows, smallLake } from '../query/support.js';
import { run } from './support.js';

async function shop(): Promise<SmallLake> {
  const lake = await smallLake();
  await lake.addEvents('2019-10-01', shopRows);
  return lake;
}

const sql = 'SELECT event_type, brand, price FROM events ORDER BY event_time';

describe('query', () => {
  it('writes a table and how many rows it has', async () => {
    const { path } = await shop();
    const { code, stdout, stderr } = await run(queryCommand, [sql, '--lake', path]);
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      'event_type  brand       price',
      '----------  -----  ----------',
      'view        apple  489.070000',
      'purchase    apple  489.070000',
    ]);
    expect(stdout).toMatch(/\n\(2 rows, \d+\.\d\d s\)\n$/);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('writes CSV', async () => {
    const { path } = await shop();
    const { code, stdout } = await run(queryCommand, [sql, '--lake', path, '--csv']);
    expect([code, stdout]).toEqual([
      0,
      'event_type,brand,price\r\nview,apple,489.070000\r\npurchase,apple,489.070000\r\n',
    ]);
  });

  it('begins CSV with a byte order mark, if asked for', async () => {
    const { path } = await shop();
    const { stdout } = await run(queryCommand, ["SELECT 'é' AS e", '--lake', path, '--csv', '--bom']);
    expect(stdout).toBe('\ufeffe\r\né\r\n');
  });

  it('writes JSON, and says when there is more', async () => {
    const { path } = await shop();
    const { code, stdout, stderr } = await run(queryCommand, [sql, '--lake', path, '--json', '--limit', '1']);
    expect(JSON.parse(stdout)).toEqual([{ event_type: 'view', brand: 'apple', price: '489.070000' }]);
    expect([code, stderr]).toEqual([0, 'Only the first 1 rows: there are more.\n']);
  });

  it('shows the first thousand rows of a long table', async () => {
    const { path } = await shop();
    const { stdout } = await run(queryCommand, ['SELECT * FROM range(5000)', '--lake', path]);
    expect(stdout).toMatch(/\n *999\n\(the first 1,000 rows; --limit for more, /);
    const all = await run(queryCommand, ['SELECT * FROM range(5000)', '--lake', path, '--csv']);
    expect(all.stdout.split('\r\n')).toHaveLength(5002);
  });

  it('reads SQL from standard input', async () => {
    const { path } = await shop();
    const command = createQueryCommand({ readStdin: async () => '-- how many\nSELECT count(*) AS n FROM events;\n' });
    expect((await run(command, ['-', '--lake', path, '--csv'])).stdout).toBe('n\r\n2\r\n');
  });

  it('says where there is no lake, and how to make one', async () => {
    const { code, stdout, stderr } = await run(queryCommand, ['SELECT 1', '--lake', '/nowhere/lake']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      'There is no lake in /nowhere/lake: it has no lake.json.\n' +
        '`rastro-pipeline run --data DIR` (or npm start) makes DIR/lake; --lake DIR/lake asks it.\n',
    );
  });

  it('says what DuckDB says, and no more', async () => {
    const { path } = await shop();
    const { code, stderr } = await run(queryCommand, ['SELECT brnd FROM events', '--lake', path]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Binder Error: Referenced column "brnd" not found/);
    expect(stderr).toContain('LINE 1: SELECT brnd FROM events');
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('writes nothing', async () => {
    const { path } = await shop();
    const { code, stderr } = await run(queryCommand, [`COPY events TO '${path}/x.csv'`, '--lake', path]);
    expect(code).toBe(1);
    expect(stderr).toContain('Only what reads is run');
  });

  it.each<[string[], string]>([
    [[], 'there is no SQL'],
    [['SELECT', '1'], 'the SQL is one argument'],
    [['SELECT 1', '--csv', '--json'], '--csv and --json: one of them'],
    [['SELECT 1', '--bom'], '--bom: needs --csv'],
    [['SELECT 1', '--limit', 'many'], '--limit must be a whole number from 1 to 100000000, got "many"'],
    [['SELECT 1', '--limit', '0'], 'got "0"'],
    [['SELECT 1', '--lke', 'x'], "Unknown option '--lke'"],
    [['SELECT 1', '--lake'], "'--lake <value>' argument missing"],
    [['SELECT 1', '--lake', 'x', '--athena-database', 'y'], '--lake and --athena-database: one of them'],
    [['SELECT 1', '--region', 'x'], '--region: needs --athena-database'],
  ])('refuses %j', async (argv, message) => {
    const { code, stdout, stderr } = await run(queryCommand, argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/See rastro-pipeline query --help\.\n$/);
  });

  it('explains itself', async () => {
    const { code, stdout } = await run(queryCommand, ['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('--lake DIR');
  });

  it('shows how long it takes, on a terminal alone', async () => {
    const { path } = await shop();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const slow = createQueryCommand({ readStdin: async () => 'SELECT sum(hash(i)) FROM range(50000000) r(i)' });
      const running = run(slow, ['-', '--lake', path], true);
      // The clock goes on until the query has ended.
      let ended = false;
      void running.finally(() => {
        ended = true;
      });
      while (!ended) {
        vi.advanceTimersByTime(1000);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      const { stderr } = await running;
      expect(stderr).toMatch(/^\rRunning: 1 s\rRunning: 2 s/);
      expect(stderr).toMatch(/\r +\r$/);
    } finally {
      vi.useRealTimers();
    }
  });
});
