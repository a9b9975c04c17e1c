import type { ReportParams } from '../reports/report.js';

type Kind = 'text' | 'number' | 'boolean';

const kinds: Readonly<Record<keyof ReportParams, Kind>> = {
  from: 'text',
  to: 'text',
  site: 'text',
  currency: 'text',
  category: 'text',
  bots: 'boolean',
  utcOffsetMinutes: 'number',
  limit: 'number',
  windowHours: 'number',
  minViews: 'number',
};

const reportParamNames = Object.keys(kinds);

/**
 * Parameters as an address or a command line has them. Values keep their text where that is no number or no truth: the
 * report refuses them, in its own words. An empty one is absent, as forms send it.
 *
 * @throws {TypeError} For a name that is none, or that comes twice: `name: expected …, got …`.
 */
export function readReportParams(entries: Iterable<readonly [name: string, value: string]>): ReportParams {
  const params: Record<string, unknown> = {};
  for (const [name, value] of entries) {
    if (!Object.hasOwn(kinds, name)) {
      throw new TypeError(`${name}: expected no such parameter; there are ${reportParamNames.join(', ')}`);
    }
    if (name in params) throw new TypeError(`${name}: expected once, got more`);
    if (value !== '') params[name] = typed(value, kinds[name as keyof ReportParams]);
  }
  return params;
}

function typed(text: string, kind: Kind): unknown {
  if (kind === 'number') return /^-?\d{1,15}(\.\d{1,6})?$/.test(text) ? Number(text) : text;
  if (kind === 'boolean' && /^(true|1)$/.test(text)) return true;
  if (kind === 'boolean' && /^(false|0)$/.test(text)) return false;
  return text;
}

/** Which parameter an error is about: reports say `name: expected …, got …`. */
export function refusedParam(error: unknown): string | undefined {
  const [, name] = error instanceof TypeError ? (/^([A-Za-z]\w*): expected /.exec(error.message) ?? []) : [];
  return name;
}
