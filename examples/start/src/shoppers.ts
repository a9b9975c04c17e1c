import { runShoppers } from '@rastro/example-storefront';

/** Sends shoppers into the shop. @returns What waits until they have left. */
export async function sendShoppers(baseUrl: string, count: number, signal: AbortSignal): Promise<() => Promise<void>> {
  const finder = new URL('../../../scripts/browser.mjs', import.meta.url).href;
  const { findBrowser } = (await import(finder)) as { findBrowser(): { path: string; own: boolean } | undefined };
  const browser = findBrowser();
  if (!browser) {
    throw new Error(
      '--shoppers needs Chromium, and none was found. Install one (npm run browser tries), or name it in RASTRO_CHROMIUM.',
    );
  }
  const executablePath = browser.own ? undefined : browser.path;
  const log = (message: string): void => void process.stderr.write(`${message}\n`);
  const done = runShoppers({ baseUrl, count, executablePath, signal, log }).catch((error: unknown) =>
    log(`The shoppers did not come: ${(error as Error).message}`),
  );
  return () => done;
}
