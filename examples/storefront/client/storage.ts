/** Keys of this shop in localStorage; the tracker has its own. */
export type Key = 'shop.cart' | 'shop.customer' | `shop.order.${string}`;

/** @returns What was stored, or `undefined` where there is nothing, nothing readable, or no storage at all. */
export function read<T>(key: Key): T | undefined {
  try {
    const text = localStorage.getItem(key);
    return text === null ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined;
  }
}

/**
 * Stores a value; `undefined` removes it.
 *
 * @returns `false` where the browser does not let the shop store anything.
 */
export function write(key: Key, value: unknown): boolean {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
