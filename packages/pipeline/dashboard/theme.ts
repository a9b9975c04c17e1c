import { byId } from './dom.js';

const key = 'rastro:theme';
type Theme = 'light' | 'dark';

/** The system's theme, until someone chooses another: that is remembered. */
export function followTheme(): void {
  const button = byId<HTMLButtonElement>('theme');
  const system = matchMedia('(prefers-color-scheme: dark)');
  let chosen = remembered();

  const apply = (): void => {
    const theme: Theme = chosen ?? (system.matches ? 'dark' : 'light');
    if (chosen) document.documentElement.dataset['theme'] = chosen;
    else delete document.documentElement.dataset['theme'];
    button.setAttribute('aria-pressed', String(theme === 'dark'));
  };
  button.addEventListener('click', () => {
    const now: Theme = chosen ?? (system.matches ? 'dark' : 'light');
    chosen = now === 'dark' ? 'light' : 'dark';
    try {
      localStorage.setItem(key, chosen);
    } catch {
      // A browser that keeps nothing: it holds for this page.
    }
    apply();
  });
  system.addEventListener('change', apply);
  apply();
}

function remembered(): Theme | undefined {
  try {
    const theme = localStorage.getItem(key);
    return theme === 'light' || theme === 'dark' ? theme : undefined;
  } catch {
    return undefined;
  }
}
