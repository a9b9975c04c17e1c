// @ts-check
// The dashboard over a lake, as `rastro-pipeline run --port` serves it, with nothing beside it.
import { dashboard } from '@rastro/pipeline/dashboard';
import { createDuckDb } from '@rastro/pipeline/duckdb';
import { fastify } from 'fastify';

const work = /** @type {{ lake: string, memory: string, threads: number }} */ (JSON.parse(process.argv[2] ?? ''));
const engine = await createDuckDb({ lake: work.lake, memoryLimit: work.memory, threads: work.threads });
const app = fastify({ forceCloseConnections: true });
await app.register(dashboard, { engine });
const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
process.stdout.write(`${JSON.stringify({ port: Number(url.port) })}\n`);
process.on('SIGTERM', () => process.exit(0));
