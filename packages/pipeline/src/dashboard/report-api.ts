import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { csvOf } from '../query/csv.js';
import { type SqlEngine, SqlError } from '../query/engine.js';
import { readReportParams, refusedParam } from '../query/report-params.js';
import {
  type Facets,
  type ReportName,
  type ReportParams,
  type ReportResult,
  readFacets,
  reports,
  runReport,
} from '../reports.js';
import { createSharedAnswers } from './shared-answers.js';

/** What the API says when it has no answer. */
export interface ApiError {
  readonly error: 'wrong_parameter' | 'unknown_report' | 'query_failed' | 'forbidden' | 'too_many_readers';
  /** For people. */
  readonly message: string;
  /** Which parameter is wrong. */
  readonly parameter?: string;
  /** Names of the reports there are. */
  readonly reports?: readonly string[];
}

type Timed<T> = T & { readonly tookMs: number };
type Answer = Timed<ReportResult> | Timed<Facets>;

/** Cells kept for whoever asks again: some tens of MB at most. */
const maxCells = 500_000;
const maxAnswers = 200;

const noStore = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** Reports as JSON and CSV under `/dashboard/api`. No SQL is taken, only names and parameters. */
export function serveReports(fastify: FastifyInstance, engine: SqlEngine): void {
  const answers = createSharedAnswers<Answer>({
    maxAnswers,
    maxWeight: maxCells,
    weigh: (answer) => ('rows' in answer ? answer.rows.length * answer.columns.length : answer.categories.length),
  });

  const ask = async <T extends ReportResult | Facets>(
    name: string,
    params: ReportParams,
    signal: AbortSignal,
    run: (signal: AbortSignal) => Promise<T>,
  ): Promise<Timed<T>> => {
    const generation = await engine.generation?.();
    const sorted = Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify([name, sorted, generation]);
    const work = async (stop: AbortSignal): Promise<Answer> => {
      const begun = performance.now();
      const answer = await run(stop);
      return { ...answer, tookMs: Math.round(performance.now() - begun) } as Answer;
    };
    return (await answers.get(key, generation !== undefined, work, signal)) as unknown as Timed<T>;
  };

  const respond = async (
    request: FastifyRequest,
    reply: FastifyReply,
    work: (params: ReportParams, signal: AbortSignal) => Promise<unknown>,
  ): Promise<unknown> => {
    const gone = new AbortController();
    const onClose = (): void => gone.abort(new Error('the client is gone'));
    reply.raw.once('close', onClose);
    reply.headers(noStore);
    try {
      return await work(readReportParams(queryOf(request)), gone.signal);
    } catch (error) {
      // Nobody reads it; logs have a code of their own for it.
      if (gone.signal.aborted) return reply.code(499).send();
      const parameter = refusedParam(error);
      if (parameter !== undefined) {
        const { message } = error as Error;
        return fail(reply, 400, { error: 'wrong_parameter', parameter, message });
      }
      if (!(error instanceof SqlError)) throw error;
      request.log.error({ err: error }, 'a report failed');
      return fail(reply, engine.name === 'athena' ? 502 : 500, { error: 'query_failed', message: error.message });
    } finally {
      reply.raw.off('close', onClose);
    }
  };

  fastify.get('/dashboard/api/facets', (request, reply) =>
    respond(request, reply, (params, signal) => {
      const { from, to, site } = params;
      return ask('facets*', { from, to, site }, signal, (stop) =>
        readFacets(engine, { from, to, site }, { signal: stop }),
      );
    }),
  );

  fastify.get<{ Params: { name: string } }>('/dashboard/api/reports/:name', (request, reply) => {
    const isCsv = request.params.name.endsWith('.csv');
    const name = isCsv ? request.params.name.slice(0, -4) : request.params.name;
    return respond(request, reply, async (params, signal) => {
      if (!Object.hasOwn(reports, name)) {
        const names = Object.keys(reports);
        return fail(reply, 404, {
          error: 'unknown_report',
          message: `There is no report ${JSON.stringify(name)}; there are ${names.join(', ')}.`,
          reports: names,
        });
      }
      const report = name as ReportName;
      const answer = await ask(report, params, signal, (stop) => runReport(engine, report, params, { signal: stop }));
      return isCsv ? sendCsv(reply, answer) : answer;
    });
  });
}

export function fail(reply: FastifyReply, status: number, error: ApiError): FastifyReply {
  return reply.code(status).headers(noStore).send(error);
}

function sendCsv(reply: FastifyReply, answer: ReportResult): FastifyReply {
  const { from, to } = answer.params;
  return reply
    .type('text/csv; charset=utf-8; header=present')
    .header('content-disposition', `attachment; filename="rastro-${answer.report}-${from}-${to}.csv"`)
    .send(Readable.from(withMark(answer), { objectMode: false }));
}

/** These files are opened with a double click: without a byte order mark Excel reads them in the machine's old code page. */
function* withMark(answer: ReportResult): Generator<Buffer> {
  yield Buffer.from([0xef, 0xbb, 0xbf]);
  for (const text of csvOf(answer)) yield Buffer.from(text);
}

function queryOf({ url }: FastifyRequest): Iterable<[string, string]> {
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
}
