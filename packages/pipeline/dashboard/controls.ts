import { isDay } from './days.js';
import { byId, find, h, setText } from './dom.js';
import { browserOffset, type DayRange, defaults, type Filters, offsetName, type Preset } from './filters.js';
import { count, counted } from './format.js';
import { shorten } from './names.js';
import type { Facets } from './report.js';

export interface Controls {
  /** Shows these filters. */
  show(filters: Filters, days: DayRange | undefined, preset?: Preset): void;
  /** Offers what there is. */
  offer(whole: Facets, chosen: Facets, filters: Filters): void;
}

/** The form of filters. @param change Told of what someone chose. */
export function createControls(change: (next: Partial<Filters>) => void): Controls {
  const form = byId<HTMLFormElement>('filters');
  const from = byId<HTMLInputElement>('from');
  const to = byId<HTMLInputElement>('to');
  const site = byId<HTMLSelectElement>('site');
  const currency = byId<HTMLSelectElement>('currency');
  const category = byId<HTMLInputElement>('category');
  const bots = byId<HTMLInputElement>('bots');
  const zone = byId<HTMLSelectElement>('zone');

  const within = byId('within');
  const more = byId<HTMLButtonElement>('all-days');
  const toggle = byId<HTMLButtonElement>('more-filters');

  find(zone, '[value="local"]').textContent = `Yours (${offsetName(browserOffset())})`;
  form.addEventListener('submit', (event) => event.preventDefault());
  for (const radio of form.querySelectorAll<HTMLInputElement>('[name="range"]')) {
    radio.addEventListener('change', () => change({ range: radio.value as Filters['range'], from: '', to: '' }));
  }
  const custom = (changed: HTMLInputElement, other: HTMLInputElement): void => {
    // A half typed date is none yet.
    if (!isDay(changed.value)) return;
    if (!isDay(other.value) || from.value > to.value) other.value = changed.value;
    change({ range: 'custom', from: from.value, to: to.value });
  };
  from.addEventListener('change', () => custom(from, to));
  to.addEventListener('change', () => custom(to, from));
  site.addEventListener('change', () => change({ site: site.value }));
  currency.addEventListener('change', () => change({ currency: currency.value }));
  category.addEventListener('change', () => change({ category: category.value.trim() }));
  bots.addEventListener('change', () => change({ bots: bots.checked }));
  zone.addEventListener('change', () => change({ zone: zone.value as Filters['zone'] }));
  more.addEventListener('click', () => {
    change({ range: 'all', from: '', to: '' });
    // The button goes away: what it did is what the focus is on now.
    find<HTMLInputElement>(form, '[name="range"][value="all"]').focus();
  });
  // Only where there is no room for all of them: dashboard.css shows the button there.
  toggle.addEventListener('click', () => {
    const open = form.classList.toggle('open');
    toggle.setAttribute('aria-expanded', String(open));
  });
  byId('reset').addEventListener('click', () => change(defaults));

  return {
    show(filters, days, preset) {
      for (const radio of form.querySelectorAll<HTMLInputElement>('[name="range"]'))
        if (preset || filters.range !== 'auto') radio.checked = radio.value === (preset ?? filters.range);
      // Nobody's typing is overwritten.
      if (document.activeElement !== from) from.value = days?.from ?? '';
      if (document.activeElement !== to) to.value = days?.to ?? '';
      choose(site, filters.site);
      choose(currency, filters.currency);
      if (document.activeElement !== category || !filters.category) category.value = filters.category;
      bots.checked = filters.bots;
      zone.value = filters.zone;
      const chosen = [filters.site, filters.currency, filters.category, filters.bots, filters.zone === 'local'];
      const used = chosen.filter(Boolean).length;
      setText(toggle, used > 0 ? `Filters (${used})` : 'Filters');
      byId<HTMLButtonElement>('reset').disabled = Object.entries(defaults).every(
        ([name, value]) => filters[name as keyof Filters] === value,
      );
    },
    offer(whole, chosen, filters) {
      options(site, 'All sites', whole.sites, filters.site);
      options(currency, 'All currencies', chosen.currencies, filters.currency);
      const list = byId('categories');
      const key = JSON.stringify(chosen.categories);
      if (list.dataset['key'] !== key) {
        list.dataset['key'] = key;
        list.replaceChildren(...chosen.categories.map((value) => h('option', { value })));
      }
      const left = counted(chosen.botEvents, 'robot event');
      setText(
        byId('bots-told'),
        chosen.botEvents === 0 ? 'no robots' : filters.bots ? `${left} in` : `${left} left out`,
      );
      const all = filters.site !== '' || chosen.events >= whole.events;
      setText(
        within,
        all
          ? `${counted(chosen.events, 'event')} in these days`
          : `${count(chosen.events)} of ${counted(whole.events, 'event')} in these days`,
      );
      more.hidden = all;
    },
  };
}

/** Rebuilt only where it differs: an open list stays open. */
function options(select: HTMLSelectElement, all: string, values: readonly string[], chosen: string): void {
  const wanted = ['', ...new Set(chosen ? [...values, chosen] : values)];
  if (JSON.stringify([...select.options].map(({ value }) => value)) === JSON.stringify(wanted)) return;
  select.replaceChildren(...wanted.map((value) => h('option', { value }, value ? shorten(value, 40) : all)));
  select.value = chosen;
}

function choose(select: HTMLSelectElement, value: string): void {
  if (![...select.options].some((option) => option.value === value))
    select.append(h('option', { value }, shorten(value, 40)));
  select.value = value;
}
