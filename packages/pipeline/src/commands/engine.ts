import { load } from '../dev/load.js';
import { manifestName } from '../lake/manifest.js';
import type { SqlEngine } from '../query/engine.js';
import { manifestMark } from '../query/lake-files.js';
import { defaultLake } from './command.js';
import { CommandError, UsageError } from './options.js';

/** Options that say what to ask. For `parseArgs`. */
export const engineOptions = {
  lake: { type: 'string' },
  'athena-database': { type: 'string' },
  'athena-workgroup': { type: 'string' },
  'athena-output': { type: 'string' },
  region: { type: 'string' },
} as const;

export const engineHelp: string = `  --lake DIR               folder of the lake [${defaultLake}]
  --athena-database NAME   ask Athena instead, in this database
  --athena-workgroup NAME  [primary]
  --athena-output S3-URL   where Athena puts answers [that of the work group]
  --region REGION          of Athena [as the AWS SDK finds it]
`;

export interface EngineFlags {
  readonly lake?: string | undefined;
  readonly 'athena-database'?: string | undefined;
  readonly 'athena-workgroup'?: string | undefined;
  readonly 'athena-output'?: string | undefined;
  readonly region?: string | undefined;
}

/**
 * @throws {UsageError} If the options contradict one another.
 * @throws {CommandError} If there is no lake.
 */
export async function openEngine(flags: EngineFlags): Promise<SqlEngine> {
  const { lake = defaultLake, 'athena-database': database, region } = flags;
  const { 'athena-workgroup': workGroup, 'athena-output': outputLocation } = flags;
  if (database === undefined) {
    for (const name of ['athena-workgroup', 'athena-output', 'region'] as const) {
      if (flags[name] !== undefined) throw new UsageError(`--${name}: needs --athena-database`);
    }
    if ((await manifestMark(lake).catch(() => 'absent')) === 'absent') {
      throw new CommandError(
        `There is no lake in ${lake}: it has no ${manifestName}.\n` +
          '`rastro-pipeline run --data DIR` (or npm start) makes DIR/lake; --lake DIR/lake asks it.',
      );
    }
    return (await import('../query/duckdb.js')).createDuckDb({ lake });
  }
  if (flags.lake !== undefined) throw new UsageError('--lake and --athena-database: one of them');
  const { AthenaClient } = await load(
    'Athena',
    '@aws-sdk/client-athena',
    () => import('@aws-sdk/client-athena'),
    'npm install',
  );
  const { createAthena } = await import('../query/athena.js');
  return createAthena({
    client: new AthenaClient(region === undefined ? {} : { region }),
    database,
    workGroup,
    outputLocation,
  });
}
