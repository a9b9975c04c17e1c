import { byId } from './dom.js';
import type { ListName } from './feed-types.js';

/** Tabs as in https://www.w3.org/WAI/ARIA/apg/patterns/tabs/: one stop for Tab, arrow keys between them. */
export function createTabs(
  tabs: Readonly<Record<ListName, HTMLElement>>,
  onSelect: () => void,
): { selected(): ListName } {
  let selected: ListName = 'good';

  const select = (name: ListName): void => {
    selected = name;
    for (const tab of Object.values(tabs)) {
      const isSelected = tab === tabs[name];
      tab.setAttribute('aria-selected', String(isSelected));
      tab.tabIndex = isSelected ? 0 : -1;
      byId(tab.getAttribute('aria-controls') ?? '').hidden = !isSelected;
    }
    onSelect();
  };

  for (const name of ['good', 'bad'] as const) {
    tabs[name].addEventListener('click', () => select(name));
    tabs[name].addEventListener('keydown', ({ key }) => {
      if (key !== 'ArrowLeft' && key !== 'ArrowRight') return;
      const other = name === 'good' ? 'bad' : 'good';
      select(other);
      tabs[other].focus();
    });
  }
  return { selected: () => selected };
}
