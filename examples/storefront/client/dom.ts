const brl = new Intl.NumberFormat('en', { style: 'currency', currency: 'BRL' });

/** @param amount BRL, not cents. */
export function formatMoney(amount: number): string {
  return brl.format(amount);
}

/** @throws {Error} If the page lacks the element: page and script are out of step. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`This page has no #${id}.`);
  return element as T;
}

/** An element with attributes and children. Strings become text, never markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function setText(id: string, text: string): void {
  byId(id).textContent = text;
}

let hideTimer: ReturnType<typeof setTimeout> | undefined;

/** Shows a message for a few seconds, and has a screen reader say it. */
export function announce(...message: readonly (Node | string)[]): void {
  const status = byId('status');
  status.replaceChildren(...message);
  status.classList.add('shown');
  clearTimeout(hideTimer);
  hideTimer = setTimeout(() => {
    // A link that holds the focus must not vanish below it.
    if (!status.contains(document.activeElement)) status.classList.remove('shown');
  }, 6000);
}

/** The text of a form's field, without blanks around it; empty for a field that the form lacks. */
export function fieldOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
