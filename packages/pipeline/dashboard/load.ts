import { type Api, ApiError } from './api.js';
import type { Card, ReportQuery } from './card.js';
import type { ReportResult } from './report.js';
import type { Scene } from './scene.js';

/** One look at the data: what is asked for the same filters. Reports that two cards draw from are asked for once. */
export interface Load {
  readonly signal: AbortSignal;
  fill(card: Card): Promise<void>;
}

/** @param quietly Nothing else is asked than before. */
export function createLoad(
  api: Api,
  query: URLSearchParams,
  scene: Scene,
  signal: AbortSignal,
  quietly: boolean,
): Load {
  const asked = new Map<string, Promise<ReportResult>>();

  const paramsOf = ({ params = {} }: ReportQuery): URLSearchParams =>
    new URLSearchParams([...query, ...Object.entries(params)]);
  const ask = (report: ReportQuery): Promise<ReportResult> => {
    const key = `${report.name}?${paramsOf(report)}`;
    let answer = asked.get(key);
    if (!answer) {
      answer = api.report(report.name, paramsOf(report), signal);
      // Who asks again after a failure gets another try.
      answer.catch(() => asked.delete(key));
      asked.set(key, answer);
    }
    return answer;
  };

  return {
    signal,
    async fill(card) {
      const reports = card.spec.reports();
      const start = performance.now();
      card.loading(quietly);
      try {
        const results = await Promise.all(reports.map(ask));
        if (signal.aborted) return;
        const [first] = reports as [ReportQuery];
        card.show(results, scene, api.csvUrl(first.name, paramsOf(first)));
        measure(card.spec.id, first.name, start);
      } catch (error) {
        if (signal.aborted) return;
        card.fail(error instanceof ApiError ? error.message : `The page itself failed: ${String(error)}`);
        if (!(error instanceof ApiError)) console.error(error);
      }
    },
  };
}

/** From the question to the chart, for whoever measures: `rastro:chart:NAME`. */
function measure(id: string, report: string, start: number): void {
  performance.mark(`rastro:chart:${id}`, { detail: { report } });
  performance.measure(`rastro:chart:${id}`, { start, end: performance.now(), detail: { report } });
}
