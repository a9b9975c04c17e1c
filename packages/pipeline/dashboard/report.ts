/** What the API answers. */
export interface ReportResult {
  readonly report: string;
  readonly params: { readonly from: string; readonly to: string } & Readonly<Record<string, unknown>>;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  readonly tookMs: number;
}

export interface Facets {
  readonly firstDay: string | null;
  readonly lastDay: string | null;
  readonly events: number;
  readonly botEvents: number;
  readonly sites: readonly string[];
  readonly currencies: readonly string[];
  readonly categories: readonly string[];
}

/** One row, by the names of its columns. Decimals are text, as they came. */
export class Row {
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(values: ReadonlyMap<string, unknown>) {
    this.#values = values;
  }
  text(column: string): string {
    return String(this.#values.get(column) ?? '');
  }
  /** `null` where there is none: a ratio of nothing is not 0. */
  maybe(column: string): number | null {
    const value = this.#values.get(column);
    return value === null || value === undefined || value === '' ? null : Number(value);
  }
  number(column: string): number {
    return this.maybe(column) ?? 0;
  }
  /** With all its digits. */
  exact(column: string): `${number}` {
    return (this.text(column) || '0') as `${number}`;
  }
  is(column: string): boolean {
    return this.#values.get(column) === true;
  }
}

export function rowsOf({ columns, rows }: ReportResult): Row[] {
  return rows.map((values) => new Row(new Map(columns.map(({ name }, n) => [name, values[n]]))));
}

/** The currency that a chart of amounts is drawn in: amounts of two are never on one axis. */
export function currencyOf(rows: readonly Row[], wanted: string, usual: readonly string[]): string {
  const there = new Set(rows.map((row) => row.text('currency')));
  return [wanted, ...usual, ...there].find((code) => code !== '' && there.has(code)) ?? wanted;
}
