/** Plays the samples of a platform's page, and shows what the tracker made of them. */
import { type Player, players, type Sample } from './players.js';

interface Seen {
  readonly events: string[];
  readonly reasons: string[];
}
type Fields = Readonly<Record<string, unknown>>;
interface Told {
  on(listener: (type: string, detail: Fields) => void): void;
}

const samples = JSON.parse(document.getElementById('samples')?.textContent ?? '[]') as Sample[];
const slug = document.querySelector<HTMLScriptElement>('script[data-platform]')?.dataset['platform'] ?? '';
const status = document.getElementById('status') as HTMLElement;
let seen: Seen = { events: [], reasons: [] };

/** `2 × 9 at 1600.99 USD`. */
const product = ({ product_id, quantity, price, currency }: Fields): string =>
  `${quantity ? `${quantity} × ` : ''}${product_id}${price === undefined ? '' : ` at ${price} ${currency ?? ''}`}`.trim();
/** `purchase A-1: 2 × 9 at 1600.99 USD`. */
const describe = ({ event_type, order_id, items, ...fields }: Fields): string =>
  Array.isArray(items)
    ? `${event_type} ${order_id}: ${items.map((item: Fields) => product({ currency: fields['currency'], ...item })).join(', ')}`
    : `${event_type} ${product(fields)}`;
const tell = (type: string, detail: Fields): void => {
  if (type === 'event') seen.events.push(describe(detail));
  if (type === 'error') seen.reasons.push(String(detail['message']));
};

// What the platform's hook wakes up later has two frames for it, and some tasks after them.
const settled = (): Promise<void> =>
  new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 100))));

async function play(player: Player, sample: Sample): Promise<void> {
  const row = document.querySelector(`[data-sample="${CSS.escape(`${sample.folder}/${sample.name}`)}"]`) as HTMLElement;
  seen = { events: [], reasons: [] };
  await player(sample);
  await settled();
  const fill = (name: keyof Seen, none: string): void => {
    const cell = row.querySelector(`.${name}`) as HTMLElement;
    cell.replaceChildren(
      ...(seen[name].length
        ? seen[name].map((text) => Object.assign(document.createElement('p'), { textContent: text }))
        : [none]),
    );
  };
  fill('events', 'none');
  fill('reasons', '');
  row.dataset['played'] = seen.events.length ? 'mapped' : seen.reasons.length ? 'refused' : 'ignored';
}

const start = async (): Promise<void> => {
  const player = await players[slug]?.(tell);
  if (!player) throw new Error(`nobody plays ${slug}`);
  window.rastro?.use({ setup: (tracker: Told) => tracker.on(tell) });
  // One after the other, also when two buttons are clicked in a row.
  let queue = Promise.resolve();
  const later = (some: readonly Sample[]): void => {
    queue = queue.then(async () => {
      for (const [at, sample] of some.entries()) {
        status.textContent = `Playing ${at + 1} of ${some.length}`;
        await play(player, sample);
      }
      status.textContent = `Played ${some.length}`;
    });
  };
  document.getElementById('play-all')?.addEventListener('click', () => later(samples));
  for (const button of document.querySelectorAll('.play')) {
    const id = button.closest<HTMLElement>('[data-sample]')?.dataset['sample'];
    button.addEventListener('click', () => later(samples.filter(({ folder, name }) => `${folder}/${name}` === id)));
  }
  document.body.dataset['ready'] = '';
};
void start();
