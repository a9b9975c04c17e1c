// @ts-check
// One report in a process of its own: what it costs when nothing is warm, then again and again, and its peak memory.
import { readFile } from 'node:fs/promises';
import { createDuckDb } from '@rastro/pipeline/duckdb';
import { runReport } from '@rastro/pipeline/reports';
import { peakOf } from './numbers.mjs';

/**
 * @typedef {object} Work
 * @property {string} lake
 * @property {import('@rastro/pipeline').ReportName} report
 * @property {import('@rastro/pipeline').ReportParams} params
 * @property {string} memory
 * @property {number} threads
 * @property {number} warmRuns After the first.
 *
 * @typedef {object} Cost
 * @property {number} coldMs Opening the engine and the first answer. The process itself is running, its modules are loaded.
 * @property {number[]} warmMs
 * @property {number} rows Of the answer.
 * @property {number} peakBytes Of the whole process, highest.
 */

const work = /** @type {Work} */ (JSON.parse(process.argv[2] ?? ''));
const started = performance.now();
const engine = await createDuckDb({ lake: work.lake, memoryLimit: work.memory, threads: work.threads });
const { rows } = await runReport(engine, work.report, work.params);
const coldMs = performance.now() - started;
const warmMs = [];
for (let run = 0; run < work.warmRuns; run++) {
  const begun = performance.now();
  await runReport(engine, work.report, work.params);
  warmMs.push(performance.now() - begun);
}
await engine.close();
// VmHWM, where there is /proc; elsewhere what the system says at the end of a process.
const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
/** @type {Cost} */
const cost = {
  coldMs,
  warmMs,
  rows: rows.length,
  peakBytes: peakOf(status) ?? process.resourceUsage().maxRSS * 1024,
};
process.stdout.write(JSON.stringify(cost));
