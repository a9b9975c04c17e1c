import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** An assertion that was not over when its test was. */
export interface Forgotten {
  /** As it stands in the test: `expect(rastro).toHaveTracked('cart')`. */
  readonly text: string;
  /** File, line and column. */
  readonly place: string | undefined;
}

/** The assertions of a test that wait: one that nobody waits for has tested nothing. */
export interface Calls {
  /**
   * Runs one.
   *
   * @param atEnd What it comes to when the test is over before it is: its own outcome would be some other test's.
   * @default nothing: it never ends
   */
  run<T>(text: string, act: () => Promise<T>, atEnd?: () => T): Promise<T>;
  /** Ends those under way. @returns All that were ended so. */
  end(): readonly Forgotten[];
}

export function createCalls(): Calls {
  const open = new Map<Forgotten, () => void>();
  const forgotten: Forgotten[] = [];
  return {
    run(text, act, atEnd) {
      const call = { text, place: placeOf() };
      return new Promise((done, fail) => {
        open.set(call, () => atEnd && done(atEnd()));
        const isOpen = (): boolean => open.delete(call);
        act().then(
          (value) => isOpen() && done(value),
          (error: unknown) => isOpen() && fail(error),
        );
      });
    },
    end() {
      for (const [call, stop] of open) {
        forgotten.push(call);
        stop();
      }
      open.clear();
      return forgotten;
    },
  };
}

/** What a test is told that forgot to wait. */
export const forgottenText = (forgotten: readonly Forgotten[]): string =>
  forgotten
    .map(({ text, place }) => `${text} was not awaited: write await before it${place ? ` (${shortPlace(place)})` : ''}`)
    .join('\n');

/** From where people start their tests, without the column. */
const shortPlace = (place: string): string => relative(process.cwd(), place.replace(/:\d+$/, ''));

const kitFolder = fileURLToPath(new URL('.', import.meta.url));

/** The line of the test, or of its helper, that has called the kit. */
function placeOf(): string | undefined {
  const { stackTraceLimit } = Error;
  // Playwright stands between the test and its matchers with more than the usual ten frames.
  Error.stackTraceLimit = 100;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return stack
    .split('\n')
    .map((frame) => /((?:file:\/\/|\/|[A-Z]:).*?:\d+:\d+)\)?$/.exec(frame)?.[1])
    .map((place) => place?.replace(/^file:\/\/.*(?=:\d+:\d+$)/, (url) => fileURLToPath(url)))
    .find((place) => place && !place.startsWith(kitFolder) && !/[\\/]node_modules[\\/]/.test(place));
}
