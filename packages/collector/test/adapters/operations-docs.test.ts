import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { metricTable } from '../../src/adapters/metric-table.js';
import { createMetrics } from '../../src/adapters/metrics.js';
import { parseYaml } from '../support/yaml.js';

const docs = new URL('../../../../docs/', import.meta.url);
const page = await readFile(new URL('operations.md', docs), 'utf8');
const rules = parseYaml(await readFile(new URL('operations/prometheus-rules.yaml', docs), 'utf8')) as Rules;
const dashboard = JSON.parse(await readFile(new URL('operations/grafana-dashboard.json', docs), 'utf8')) as Dashboard;

interface Rules {
  readonly kind: string;
  readonly spec: { readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[] };
}
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}
interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly targets: readonly { expr: string }[];
  }[];
}

interface Known {
  readonly name: string;
  readonly type: string;
  readonly help: string;
}

const alarms = rules.spec.groups.flatMap((group) => group.rules);
const queries = [
  ...alarms.map(({ alert, expr }): [string, string] => [alert, expr]),
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }): [string, string] => [title, expr])),
];
const metrics = (await createMetrics().registry.getMetricsAsJSON()) as unknown as Known[];
const byName = new Map(metrics.map((metric) => [metric.name, metric]));

/** The metric that a name in a query stands for; histograms have three. */
function metricOf(name: string): Known | undefined {
  const [, base = '', part] = /^(.*?)(_bucket|_sum|_count)?$/.exec(name) ?? [];
  const histogram = part ? byName.get(base) : undefined;
  if (histogram?.type === 'histogram') return histogram;
  const metric = byName.get(name);
  return metric?.type === 'histogram' ? undefined : metric;
}

describe('docs/operations.md', () => {
  test('has every metric, and none besides, with its type, labels and meaning', () => {
    const [, table = ''] = /<!-- metrics -->\n([\s\S]*?)\n<!-- \/metrics -->/.exec(page) ?? [];
    const rows = table.split('\n').slice(2);
    expect(rows.map((row) => row.split(' | ').slice(0, 4).join(' | '))).toEqual(
      Object.entries(metricTable).map(
        ([name, { type, labels, help }]) =>
          `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help}`,
      ),
    );
  });

  test('has an entry of the runbook for every alarm, and an alarm for every entry', () => {
    const entries = [...page.matchAll(/^### (Rastro\w+)$/gm)].map(([, name = '']) => name);
    expect(entries.toSorted()).toEqual(alarms.map(({ alert }) => alert).toSorted());
  });

  test('links to headings that are there', () => {
    const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(' ', '-'));
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.filter((link) => !anchors.includes(link))).toEqual([]);
  });

  test('shows examples that can be read', () => {
    for (const [, json = ''] of page.matchAll(/```json\n([\s\S]*?)```/g)) expect(() => JSON.parse(json)).not.toThrow();
  });
});

describe('the registry', () => {
  test('has what the table of metrics says', () => {
    const own = metrics.filter(({ name }) => name.startsWith('rastro_'));
    expect(own.map(({ name, type, help }) => [name, type, help]).toSorted()).toEqual(
      Object.entries(metricTable)
        .map(([name, { type, help }]) => [name, type, help])
        .toSorted(),
    );
  });
});

describe('the alarms and the dashboard', () => {
  test('are a PrometheusRule with a severity and a text for each, and panels with ids of their own', () => {
    expect(rules.kind).toBe('PrometheusRule');
    for (const { labels, annotations } of alarms) {
      expect(['critical', 'warning']).toContain(labels.severity);
      expect(annotations.summary).not.toBe('');
    }
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });

  test.each(queries)('%s asks for metrics and labels that exist: %s', (_title, expr) => {
    for (const [open, close] of [
      ['(', ')'],
      ['{', '}'],
      ['[', ']'],
    ] as const)
      expect(expr.split(open).length).toBe(expr.split(close).length);
    const text = expr.replace(/"[^"]*"/g, '""');
    const names = [...text.matchAll(/\b(?:rastro|process|nodejs)_\w+/g)].map(([name]) => name);
    expect(names.length + (text.includes('up{') ? 1 : 0)).toBeGreaterThan(0);
    expect(names.filter((name) => !metricOf(name))).toEqual([]);
    for (const [, name = '', selector = ''] of text.matchAll(/\b(rastro_\w+)\{([^}]*)\}/g)) {
      const known: readonly string[] = metricTable[metricOf(name)?.name as keyof typeof metricTable].labels;
      const used = [...selector.matchAll(/(\w+)\s*[=!]/g)].map(([, label = '']) => label);
      expect(used.filter((label) => ![...known, 'job', 'instance'].includes(label))).toEqual([]);
    }
  });
});
