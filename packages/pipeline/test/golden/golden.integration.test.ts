import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReportParams, SqlEngine } from '@rastro/pipeline';
import { createDuckDb } from '@rastro/pipeline/duckdb';
import { readFacets, reports, runReport } from '@rastro/pipeline/reports';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answersOf, fileOf } from './compute.mjs';
import * as golden from './lib/answers.mjs';
import { shopByHand, vitalsByHand } from './lib/by-hand.mjs';
import { cases, reportsFor } from './lib/cases.mjs';
import { lakeOfFiles, lakeOfRecords } from './lib/lake.mjs';
import { randomCarts, randomEvents, randomParams } from './lib/random.mjs';
import { dataPresent, type Event, recordsOf, sources } from './lib/records.mjs';

type DataSet = keyof typeof sources;
const dataSets = Object.keys(sources) as DataSet[];
const { reportNames, columnsOf, comparable } = golden;

/** Random tables and the questions to each. Every one is the same each time. */
const seeds = [20261120, 20261121, 20261122];
const questionsPerTable = 8;
/** On a machine that does much else. Unit: ms. */
const limitMs = 120_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rastro-golden-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Said {
  readonly columns: readonly (readonly [string, string])[];
  readonly rows: readonly (readonly golden.Cell[])[];
}

/** What the SQL answers, as it compares. */
async function answer(engine: SqlEngine, name: golden.Name, params: ReportParams): Promise<Said> {
  const { columns, rows } = await runReport(engine, name, params);
  return {
    columns: columns.map((column) => [column.name, column.type] as const),
    rows: comparable(rows, columnsOf[name]),
  };
}

/** What plain JavaScript answers. */
function expected(events: readonly Event[], name: golden.Name, params: ReportParams): Said {
  const columns = columnsOf[name];
  return { columns, rows: comparable(golden.reports[name](events, params), columns) };
}

describe('the contract of columns', () => {
  it.each(reportNames)('%s names and types what the golden answers have', (name) => {
    const report = reports[name];
    expect(report.columns.map((column) => [column.name, column.type])).toEqual(columnsOf[name]);
  });
});

describe('answers worked out by hand', () => {
  let engine: SqlEngine;
  beforeAll(async () => {
    const lake = join(folder, 'by-hand');
    await lakeOfRecords(lake, shopByHand.events);
    engine = await createDuckDb({ lake, threads: 1 });
  });
  afterAll(() => engine?.close());

  it.each(Object.entries(shopByHand.rows))('%s is so in JavaScript and in SQL', async (name, rows) => {
    const report = name as golden.Name;
    const byHand = {
      columns: columnsOf[report],
      rows: comparable(rows, columnsOf[report]),
    };
    expect(expected(shopByHand.events, report, shopByHand.params)).toEqual(byHand);
    expect(await answer(engine, report, shopByHand.params)).toEqual(byHand);
  });

  it('vitals of several pages are so in JavaScript and in SQL', async () => {
    const lake = join(folder, 'vitals-by-hand');
    await lakeOfRecords(lake, vitalsByHand.events);
    const vitals = await createDuckDb({ lake, threads: 1 });
    try {
      const { rows } = await answer(vitals, 'vitals', vitalsByHand.params);
      expect(rows).toEqual(vitalsByHand.rows);
      expect(golden.reports.vitals(vitalsByHand.events, vitalsByHand.params)).toEqual(vitalsByHand.rows);
    } finally {
      await vitals.close();
    }
  });
});

describe('tables of what is rare', () => {
  for (const seed of seeds) {
    describe(`table ${seed}`, () => {
      const [events, carts] = [randomEvents(seed, 400), randomCarts(seed, 400)];
      /** The last one leaves the days to the report. */
      const questions: ReportParams[] = Array.from({ length: questionsPerTable }, (_, at) => {
        const { from, to, ...others } = randomParams(seed * 1000 + at);
        return at === questionsPerTable - 1 ? others : { from, to, ...others };
      });
      let engine: SqlEngine;
      let cartEngine: SqlEngine;
      beforeAll(async () => {
        await lakeOfRecords(join(folder, `${seed}`), events);
        await lakeOfRecords(join(folder, `${seed}-carts`), carts);
        engine = await createDuckDb({ lake: join(folder, `${seed}`), threads: 1 });
        cartEngine = await createDuckDb({ lake: join(folder, `${seed}-carts`), threads: 1 });
      }, limitMs);
      afterAll(async () => {
        await engine?.close();
        await cartEngine?.close();
      });

      it.each(reportNames)('%s says in SQL what it says in JavaScript', { timeout: limitMs }, async (name) => {
        for (const params of questions) {
          const said = await answer(engine, name, params);
          expect({ params, ...said }).toEqual({ params, ...expected(events, name, params) });
        }
      });

      it('carts that are bought and emptied are so in SQL and in JavaScript', { timeout: limitMs }, async () => {
        for (const params of questions) {
          const said = await answer(cartEngine, 'abandoned', params);
          expect({ params, ...said }).toEqual({ params, ...expected(carts, 'abandoned', params) });
        }
      });

      it('facets say in SQL what they say in JavaScript', { timeout: limitMs }, async () => {
        for (const { from, to, site } of questions) {
          expect(await readFacets(engine, { from, to, site })).toEqual(golden.facets(events, { from, to, site }));
        }
      });
    });
  }
});

describe.skipIf(!dataPresent)('genuine rows', () => {
  for (const name of dataSets) {
    describe(name, () => {
      let events: Event[];
      let engine: SqlEngine;
      beforeAll(async () => {
        events = recordsOf(name);
        const lake = join(folder, name);
        await lakeOfFiles(lake, name);
        engine = await createDuckDb({ lake, threads: 1 });
      }, limitMs);
      afterAll(() => engine?.close());

      it('give the golden answers of this folder', { timeout: limitMs }, () => {
        expect(existsSync(fileOf(name))).toBe(true);
        expect(JSON.parse(JSON.stringify(answersOf(name)))).toEqual(JSON.parse(readFileSync(fileOf(name), 'utf8')));
      });

      it.each(Object.entries(cases[name]))(
        'every report over "%s" says in SQL what it says in JavaScript',
        { timeout: limitMs },
        async (_, params) => {
          for (const report of reportsFor(params)) {
            const said = await answer(engine, report, params);
            expect({ report, ...said }).toEqual({ report, ...expected(events, report, params) });
          }
        },
      );

      it('facets say in SQL what they say in JavaScript', { timeout: limitMs }, async () => {
        for (const { from, to, site } of Object.values(cases[name])) {
          expect(await readFacets(engine, { from, to, site })).toEqual(golden.facets(events, { from, to, site }));
        }
      });
    });
  }
});
