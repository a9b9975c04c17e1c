import { read, write } from './storage.js';

export interface Customer {
  /** What the tracker gets to know. */
  id: string;
  /** Stays in this browser. */
  email: string;
}

export function readCustomer(): Customer | undefined {
  return read<Customer>('shop.customer');
}

export function logIn(email: string): Customer {
  const customer = { id: customerIdOf(email), email: email.trim() };
  write('shop.customer', customer);
  return customer;
}

export function logOut(): void {
  write('shop.customer', undefined);
}

/**
 * The same customer number for the same e-mail, in any browser. It stands in for the number from a shop's data base,
 * which is what a real shop should use: whoever knows an e-mail can compute its hash.
 */
export function customerIdOf(email: string): string {
  // FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/. crypto.subtle is missing on plain http.
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(email.trim().toLowerCase())) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return `c-${hash.toString(36)}`;
}
