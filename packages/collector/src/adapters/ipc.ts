/** One end of a pair of processes that ask each other. */
export interface Link {
  /** Asks the other end. @throws What it throws, as text; or that it does not answer in time, or is gone. */
  ask(kind: string, value?: unknown): Promise<unknown>;
  /** Says that the other end is gone: nothing is waited for any more. */
  end(): void;
}
export interface Channel {
  send(message: object): void;
  receive(listener: (message: unknown) => void): void;
}
interface Message {
  readonly rastro: 'ask' | 'answer' | 'error';
  readonly id: number;
  readonly kind?: string;
  readonly value?: unknown;
}

/** @param answer What this end answers, by kind. @param timeoutMs Longest wait for an answer; `Infinity` for some kinds. */
export function createLink(
  channel: Channel,
  answer: (kind: string, value: unknown) => unknown,
  timeoutMs: (kind: string) => number = () => 2_000,
): Link {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let last = 0;
  let gone = false;
  const send = (message: Message): void => {
    // The other end may have gone a moment ago.
    if (!gone) channel.send(message);
  };
  channel.receive((given) => {
    const { rastro, id, kind = '', value } = given as Message;
    if (rastro === 'ask') {
      new Promise((resolve) => resolve(answer(kind, value))).then(
        (result) => send({ rastro: 'answer', id, value: result }),
        (error: unknown) => send({ rastro: 'error', id, value: (error as Error).message }),
      );
    } else if (rastro === 'answer') waiting.get(id)?.resolve(value);
    else if (rastro === 'error') waiting.get(id)?.reject(new Error(String(value)));
  });
  return {
    async ask(kind, value) {
      if (gone) throw new Error('the other process is gone');
      const id = ++last;
      const wait = timeoutMs(kind);
      let timer: NodeJS.Timeout | undefined;
      try {
        return await new Promise((resolve, reject) => {
          waiting.set(id, { resolve, reject });
          if (wait < Number.POSITIVE_INFINITY) {
            timer = setTimeout(() => reject(new Error(`no answer to ${kind} within ${wait} ms`)), wait);
          }
          send({ rastro: 'ask', id, kind, value });
        });
      } finally {
        clearTimeout(timer);
        waiting.delete(id);
      }
    },
    end() {
      gone = true;
      for (const { reject } of waiting.values()) reject(new Error('the other process is gone'));
    },
  };
}
