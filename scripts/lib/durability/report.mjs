// @ts-check
/** @typedef {import('./scenarios.mjs').Result} Result */

/** @param {number} value */
const count = (value) => value.toLocaleString('en-US');
/** @param {number} ms */
const inSeconds = (ms) => `${(ms / 1_000).toLocaleString('en-US', { maximumFractionDigits: 1 })} s`;

/** @param {Result} result */
export function titleOf(result) {
  if (result.scenario === 'kills') return `killed ${count(result.kills)} times (SIGKILL)`;
  if (result.scenario === 'terms') return `ended ${count(result.terms)} times (SIGTERM)`;
  return `the stream refuses connections for ${inSeconds(result.outageMs)}`;
}

/**
 * The results as a Markdown table, a row each.
 *
 * @param {readonly Result[]} results
 */
export function killTable(results) {
  const rows = results.map((result) => {
    const { ledger, spool } = result;
    return [
      titleOf(result),
      `${spool === 'none' ? 'no' : spool}${result.strict ? ', `--strict-order`' : ''}`,
      count(ledger.acknowledged),
      count(ledger.found),
      count(ledger.missing),
      percent(ledger.duplicates, ledger.records),
      count(ledger.deadLetters - ledger.deadLetterDuplicates),
      count(ledger.disordered),
      result.scenario === 'outage' && result.drainMs !== undefined && spool !== 'none' ? inSeconds(result.drainMs) : '',
    ].join(' | ');
  });
  return `| what happens, under load | spool | acknowledged | of these, there | missing | twice on the stream | dead letters | out of order | drained within |
|---|---|---:|---:|---:|---:|---:|---:|---:|
${rows.map((row) => `| ${row} |`).join('\n')}`;
}

/**
 * What the table has no room for.
 *
 * @param {Result} result
 */
export function details(result) {
  const { ledger, outcomes, faults, requests, durationMs, settleMs } = result;
  const list = (/** @type {Record<string, number>} */ counts) =>
    Object.entries(counts)
      .filter(([, value]) => value > 0)
      .map(([name, value]) => `${name} ${count(value)}`)
      .join(', ');
  return [
    `${titleOf(result)}, spool: ${result.spool}${result.strict ? ', strict order' : ''}, in ${inSeconds(durationMs)}`,
    `  ${count(requests)} requests, answered: ${list(outcomes)}`,
    ...(result.scenario === 'kills' ? [`  ${count(result.cutOff)} requests were under way when it was killed`] : []),
    ...(result.scenario === 'terms'
      ? [`  it took ${inSeconds(result.longestEndMs)} at most to end; ${count(result.reset)} connections were reset`]
      : []),
    ...(result.scenario === 'outage'
      ? [
          `  answers meanwhile: ${list(result.during)}; ${count(result.acknowledged)} events acknowledged`,
          ...(result.waiting > 0
            ? [
                `  ${count(result.waiting)} of them waited for the stream, and ${result.drainMs === undefined ? 'did not all arrive' : `were there ${inSeconds(result.drainMs)} after its return`}`,
              ]
            : []),
        ]
      : []),
    `  faults: ${list({ ...faults })}`,
    `  sent ${count(ledger.sent)}, acknowledged ${count(ledger.acknowledged)}, found ${count(ledger.found)}, missing ${count(ledger.missing)}`,
    `  ${count(ledger.records)} records, of these twice ${count(ledger.duplicates)}; ${count(ledger.deadLetters)} dead letters, of these twice ${count(ledger.deadLetterDuplicates)}; out of order ${count(ledger.disordered)}; written without an answer ${count(ledger.unacknowledged)}`,
    `  the last records arrived ${inSeconds(settleMs)} after the load ended`,
  ].join('\n');
}

/**
 * @param {number} part
 * @param {number} whole
 */
function percent(part, whole) {
  return whole === 0 ? '0 %' : `${Math.round((1_000 * part) / whole) / 10} %`;
}
