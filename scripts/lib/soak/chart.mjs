// @ts-check
/**
 * @typedef {object} Line
 * @property {string} name
 * @property {string} color
 * @property {readonly (number | undefined)[]} values At even distances, from the beginning to the end.
 *
 * @typedef {object} Panel
 * @property {string} title
 * @property {readonly Line[]} lines
 */

const width = 720;
const panelHeight = 150;
const left = 48;
const top = 26;

/**
 * Lines over time, a panel below the other, as an SVG that reads on light and on dark.
 *
 * @param {readonly Panel[]} panels
 * @param {number} minutes How long it was.
 */
export function chart(panels, minutes) {
  const height = panels.length * (panelHeight + top) + 22;
  const parts = panels.map((panel, at) => drawPanel(panel, at * (panelHeight + top) + top));
  const grey = 'fill="#808080"';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<title>Memory of the collector, and time to its answers</title>
${parts.join('\n')}
<text x="${left}" y="${height - 6}" ${grey}>0</text>
<text x="${width - 8}" y="${height - 6}" ${grey} text-anchor="end">${Math.round(minutes * 10) / 10} min</text>
</svg>
`;
}

/** @param {Panel} panel @param {number} y */
function drawPanel({ title, lines }, y) {
  const used = lines.filter(({ values }) => values.some((value) => value !== undefined));
  const most = nice(Math.max(0, ...used.flatMap(({ values }) => values.map((value) => value ?? 0))));
  const bottom = y + panelHeight - 8;
  const scale = (bottom - y) / most;
  const grid = [0, 0.5, 1].map((share) => {
    const at = round(bottom - most * share * scale);
    return `<path d="M${left} ${at}H${width - 8}" stroke="#808080" stroke-opacity=".35"/><text x="${left - 6}" y="${at + 4}" fill="#808080" text-anchor="end">${(most * share).toLocaleString('en-US')}</text>`;
  });
  const paths = used.map(({ color, values }) => {
    const step = (width - 8 - left) / Math.max(1, values.length - 1);
    const points = values.flatMap((value, at) =>
      value === undefined ? [] : [`${round(left + at * step)} ${round(bottom - value * scale)}`],
    );
    return `<path d="M${points.join('L')}" fill="none" stroke="${color}" stroke-width="1.5"/>`;
  });
  const legend = used.map(({ name, color }) => `<tspan fill="${color}" dx="10">${name}</tspan>`).join('');
  return [`<text x="${left}" y="${y - 8}" fill="#808080">${title}${legend}</text>`, ...grid, ...paths].join('\n');
}

/** The next 1, 2 or 5 with zeros. @param {number} value */
export function nice(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * /** @type {number} */ ([1, 2, 5, 10].find((step) => step * power >= value));
}

/** @param {number} value */
const round = (value) => Math.round(value * 10) / 10;
