/**
 * Interactions of one user in one window above which an alert is given, by default: ten at once and four every three
 * seconds, 24 at least. 90 in a minute, 24 in ten seconds. docs/windows.md says what it was measured on.
 */
export function defaultThreshold(windowSeconds: number): number {
  return Math.max(24, Math.ceil(10 + (windowSeconds * 4) / 3));
}
