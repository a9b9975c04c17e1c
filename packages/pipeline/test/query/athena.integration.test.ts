import { describe, expect, it, onTestFinished } from 'vitest';
import { type AthenaOptions, createAthena } from '../../src/query/athena.js';
import { type SqlEngine, SqlError } from '../../src/query/engine.js';
import { type FakeAthena, type FakeQuery, startFakeAthena } from './fake-athena.js';

async function open(
  query: FakeQuery | ((sql: string) => FakeQuery),
  options: Partial<AthenaOptions> = {},
): Promise<{ engine: SqlEngine; fake: FakeAthena }> {
  const fake = await startFakeAthena(typeof query === 'function' ? query : () => query);
  const engine = createAthena({ client: fake.client, database: 'shop', pollMs: 1, ...options });
  onTestFinished(() => engine.close());
  return { engine, fake };
}

const actions = ({ calls }: FakeAthena): string[] => calls.map(({ action }) => action);

describe('a query', () => {
  it('is started, asked after, and its answer read', async () => {
    const { engine, fake } = await open(
      {
        columns: [
          ['brand', 'varchar'],
          ['views', 'bigint'],
        ],
        rows: [
          ['apple', '3'],
          [null, '9007199254740993'],
        ],
        polls: 2,
      },
      { workGroup: 'reports', outputLocation: 's3://answers/here/', reuseMinutes: 60 },
    );
    expect(await engine.query('SELECT brand, views FROM b')).toEqual({
      columns: [
        { name: 'brand', type: 'text' },
        { name: 'views', type: 'integer' },
      ],
      rows: [
        ['apple', 3],
        [null, '9007199254740993'],
      ],
    });
    expect(actions(fake)).toEqual([
      'StartQueryExecution',
      'GetQueryExecution',
      'GetQueryExecution',
      'GetQueryExecution',
      'GetQueryResults',
    ]);
    expect(fake.calls[0]?.input).toEqual({
      QueryString: 'SELECT brand, views FROM b',
      ClientRequestToken: expect.stringMatching(/^[\w-]{32,128}$/),
      QueryExecutionContext: { Database: 'shop', Catalog: 'AwsDataCatalog' },
      WorkGroup: 'reports',
      ResultConfiguration: { OutputLocation: 's3://answers/here/' },
      ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: 60 } },
    });
  });

  it('is read page by page, and its names are no row of it', async () => {
    const rows = Array.from({ length: 2500 }, (_, n) => [String(n)]);
    const { engine, fake } = await open({ columns: [['n', 'integer']], rows });
    const answer = await engine.query('SELECT n FROM t');
    expect(answer.rows).toEqual(rows.map(([n]) => [Number(n)]));
    expect(actions(fake).filter((action) => action === 'GetQueryResults')).toHaveLength(3);
  });

  it('stops reading at the rows that were asked for, and says so', async () => {
    const rows = Array.from({ length: 2500 }, (_, n) => [String(n)]);
    const { engine, fake } = await open({ columns: [['n', 'integer']], rows });
    const answer = await engine.query('SELECT n FROM t', { maxRows: 2 });
    expect(answer).toMatchObject({ rows: [[0], [1]], truncated: true });
    expect(actions(fake).filter((action) => action === 'GetQueryResults')).toHaveLength(1);
  });

  it('says that an answer is too large', async () => {
    const { engine } = await open({ columns: [['n', 'integer']], rows: [['1'], ['2']] }, { maxRows: 1 });
    await expect(engine.query('SELECT n FROM t')).rejects.toThrow('more than 1 rows');
  });

  it('keeps the first row where that holds no names', async () => {
    const { engine } = await open({
      statementType: 'UTILITY',
      columns: [['tab_name', 'string']],
      rows: [['tab_name'], ['events']],
    });
    expect((await engine.query('SHOW TABLES')).rows).toEqual([['tab_name'], ['events']]);
  });

  it('keeps a row that equals the names', async () => {
    const { engine } = await open({ columns: [['a', 'varchar']], rows: [['a'], ['b']] });
    expect((await engine.query("VALUES ('a'), ('b')")).rows).toEqual([['a'], ['b']]);
  });

  it('goes on when calls are throttled, and is started once', async () => {
    const { engine, fake } = await open({ columns: [['a', 'integer']], rows: [['1']] });
    fake.fail('StartQueryExecution', 'TooManyRequestsException', 1);
    fake.fail('GetQueryExecution', 'ThrottlingException', 4);
    fake.fail('GetQueryResults', 'TooManyRequestsException', 1);
    expect((await engine.query('SELECT 1 AS a')).rows).toEqual([[1]]);
    const tokens = fake.calls
      .filter(({ action }) => action === 'StartQueryExecution')
      .map(({ input }) => input['ClientRequestToken']);
    expect(tokens).toHaveLength(2);
    expect(new Set(tokens).size).toBe(1);
  });
});

describe('errors', () => {
  it.each([
    ['FAILED', 'COLUMN_NOT_FOUND: line 1:8: Column nosuch cannot be resolved'],
    ['CANCELLED', 'Query cancelled by user'],
  ] as const)('are what Athena says: %s', async (state, reason) => {
    const { engine } = await open({ state, reason });
    await expect(engine.query('SELECT nosuch')).rejects.toThrow(new SqlError(reason));
  });

  it('name what the call was refused for', async () => {
    const { engine, fake } = await open({});
    fake.fail('StartQueryExecution', 'InvalidRequestException', 1);
    await expect(engine.query('SELECT')).rejects.toThrow(new SqlError('InvalidRequestException: as the test says'));
  });

  it.each<[string, Partial<AthenaOptions>]>([
    ['database must be a text that is not empty, got ""', { database: '' }],
    [`outputLocation must be like 's3://bucket/prefix/', got "bucket"`, { outputLocation: 'bucket' }],
    ['pollMs must be a whole number from 1 to 60000, got 0', { pollMs: 0 }],
    ['reuseMinutes must be a whole number from 0 to 10080, got 10081', { reuseMinutes: 10_081 }],
  ])('%s', async (message, options) => {
    await expect(open({}, options)).rejects.toThrow(new TypeError(message));
  });
});

describe('an end before the answer', () => {
  it('stops the query in Athena when the signal fires', async () => {
    const { engine, fake } = await open({ state: 'RUNNING' });
    const stop = new AbortController();
    const answer = engine.query('SELECT 1', { signal: stop.signal });
    const ended = expect(answer).rejects.toThrow('gone');
    await expect.poll(() => actions(fake)).toContain('GetQueryExecution');
    stop.abort(new Error('gone'));
    await ended;
    expect(fake.calls.at(-1)).toEqual({ action: 'StopQueryExecution', input: { QueryExecutionId: 'q-1' } });
  });

  it('stops the query that was being started', async () => {
    const { engine, fake } = await open({ state: 'RUNNING' });
    const stop = new AbortController();
    const answer = engine.query('SELECT 1', { signal: stop.signal });
    stop.abort(new Error('gone'));
    await expect(answer).rejects.toThrow('gone');
    expect(actions(fake)).toEqual(['StartQueryExecution', 'StopQueryExecution']);
  });

  it('stops the query when it takes too long', async () => {
    const { engine, fake } = await open({ state: 'RUNNING' }, { timeoutMs: 50 });
    await expect(engine.query('SELECT 1')).rejects.toThrow(
      new SqlError('The query took longer than 0.05 s and was stopped.'),
    );
    expect(actions(fake).at(-1)).toBe('StopQueryExecution');
  });

  it('stops all queries when the engine is closed', async () => {
    const { engine, fake } = await open({ state: 'RUNNING' });
    const answer = engine.query('SELECT 1').catch((error: unknown) => error);
    await expect.poll(() => actions(fake)).toContain('GetQueryExecution');
    await engine.close();
    expect(await answer).toEqual(new SqlError('The engine was closed.'));
    expect(actions(fake).at(-1)).toBe('StopQueryExecution');
    await expect(engine.query('SELECT 1')).rejects.toThrow('The engine is closed.');
  });
});

describe('cells', () => {
  it.each<[string, string, string, unknown]>([
    ['tinyint', '7', 'integer', 7],
    ['integer', '-7', 'integer', -7],
    ['bigint', '9007199254740993', 'integer', '9007199254740993'],
    ['double', '0.1', 'double', 0.1],
    ['double', '1.0E-7', 'double', 1e-7],
    ['double', 'NaN', 'double', 'NaN'],
    ['float', '-Infinity', 'double', '-Infinity'],
    ['decimal', '489.070000', 'decimal', '489.070000'],
    ['boolean', 'true', 'boolean', true],
    ['boolean', 'false', 'boolean', false],
    ['date', '2019-10-01', 'date', '2019-10-01'],
    ['timestamp', '2019-10-01 10:00:00.123', 'timestamp', '2019-10-01T10:00:00.123Z'],
    ['timestamp', '2019-10-01 10:00:00', 'timestamp', '2019-10-01T10:00:00.000Z'],
    ['timestamp', '2019-10-01 10:00:00.123456', 'timestamp', '2019-10-01T10:00:00.123456Z'],
    ['timestamp with time zone', '2019-10-01 10:00:00.123 UTC', 'timestamp', '2019-10-01T10:00:00.123Z'],
    ['timestamp with time zone', '2019-10-01 10:00:00.000 +02:00', 'timestamp', '2019-10-01T08:00:00.000Z'],
    [
      'timestamp with time zone',
      '2019-10-01 10:00:00.000 Asia/Kathmandu',
      'timestamp',
      '2019-10-01 10:00:00.000 Asia/Kathmandu',
    ],
    ['varchar', '', 'text', ''],
    ['varchar', '1487582000000000001', 'text', '1487582000000000001'],
    ['array', '[1, 2]', 'text', '[1, 2]'],
    ['constructor', 'x', 'text', 'x'],
  ])('%s %s is %s', async (athenaType, text, type, value) => {
    const { engine } = await open({ columns: [['x', athenaType]], rows: [[text]] });
    const { columns, rows } = await engine.query('SELECT x');
    expect([columns[0]?.type, rows[0]?.[0]]).toEqual([type, value]);
  });
});
