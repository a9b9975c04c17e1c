import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DevServer } from '@rastro/collector/dev';
import { readHolder } from '@rastro/collector/spool';
import { createLiveSource, dashboard } from '@rastro/pipeline/dashboard';
import { createDuckDb } from '@rastro/pipeline/duckdb';
import { readFacets } from '@rastro/pipeline/reports';
import { type DevPipeline, lakeBelow, startDevPipeline } from '@rastro/pipeline/run';
import { terminalChannel } from '@rastro/pipeline/windows';
import type { FastifyPluginAsync } from 'fastify';

export interface Answers {
  /** Where the lake is in the end: another folder than asked for when that one is in use. */
  readonly directory: string;
  /** The dashboard, to be registered before the server listens. */
  readonly page: FastifyPluginAsync;
  /** Begins to read the stream. */
  start(server: DevServer): Promise<DevPipeline>;
  /** Path of the dashboard over the days that got events since the start, or all days if none did. */
  freshDays(): Promise<string>;
  close(): Promise<void>;
}

/**
 * Opens what answers questions about the stream: its lake is kept from one start to the next. A lake has one writer: while
 * another start has it, this one gets a lake of its own, which ends with it.
 */
export async function openAnswers(given: { directory: string; fresh: boolean }): Promise<Answers> {
  const holder = await readHolder(lakeBelow(given.directory)).catch(() => undefined);
  const directory = holder ? await mkdtemp(join(tmpdir(), 'rastro-')) : given.directory;
  if (holder) {
    process.stderr.write(
      `${lakeBelow(given.directory)} is in use by the process ${holder.pid}: this start keeps nothing. Give it a folder of its own: --data DIR\n`,
    );
  } else if (given.fresh) await rm(lakeBelow(directory), { recursive: true, force: true });
  const engine = await createDuckDb({ lake: lakeBelow(directory) });
  const live = createLiveSource();
  let pipeline: DevPipeline | undefined;
  const days = new Set<string>();
  return {
    directory,
    page: async (app) => {
      await app.register(dashboard, { engine, live, alerts: () => pipeline?.alerts() ?? [] });
    },
    async start({ streams, embedded }) {
      pipeline = await startDevPipeline({
        stream: streams,
        directory,
        live,
        from: embedded ? 'TRIM_HORIZON' : 'LATEST',
        lake: {
          flushMs: 2_000,
          onFlush: (flush) => {
            for (const day of flush.days) days.add(day);
          },
        },
        channels: [terminalChannel((line) => void process.stdout.write(`  ${line}`))],
        onError: (error, part) => void process.stderr.write(`${part}: ${(error as Error).message}\n`),
        onEnd: (error, part) => void process.stderr.write(`${part} cannot go on: ${(error as Error).message}\n`),
      });
      return pipeline;
    },
    async freshDays() {
      const { firstDay, lastDay } = await readFacets(engine, {});
      const [from = firstDay, to = lastDay] = [[...days].sort()[0], [...days].sort().at(-1)];
      return from === null ? '/dashboard' : `/dashboard?from=${from}&to=${to}`;
    },
    async close() {
      await pipeline?.close();
      await engine.close();
      if (holder) await rm(directory, { recursive: true, force: true });
    },
  };
}
