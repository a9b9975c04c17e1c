import { type ChildProcess, fork } from 'node:child_process';

/** A child process and what it has told so far. */
export interface Life {
  readonly child: ChildProcess;
  /** What it sent by `process.send`. */
  readonly told: Record<string, unknown>[];
  /** What it wrote to stderr. */
  errors(): string;
  /** Resolves with the message that has `key`; rejects when the process ends without it. */
  tells(key: string): Promise<Record<string, unknown>>;
  /** Resolves when it has ended and all it wrote is read. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export function startLife(program: string, args: readonly string[]): Life {
  const child = fork(program, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const told: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  let errors = '';
  let over = false;
  child.stderr?.on('data', (text) => {
    errors += text;
  });
  child.on('message', (message: Record<string, unknown>) => {
    told.push(message);
    for (const look of waiting) look();
  });
  const ended: Life['ended'] = new Promise((resolve) => {
    child.once('close', (code, signal) => {
      over = true;
      resolve({ code, signal });
      for (const look of waiting) look();
    });
  });
  return {
    child,
    told,
    errors: () => errors,
    ended,
    tells: (key) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const message = told.find((one) => key in one);
          if (!message && !over) return;
          waiting.delete(look);
          if (message) resolve(message);
          else reject(new Error(`The process ended and never told '${key}': ${errors}`));
        };
        waiting.add(look);
        look();
      }),
  };
}

export interface KillPlan {
  /** Module to fork. It tells `{ ready: true }` when it has begun its work. */
  program: string;
  /** Of each life, counted from 0. */
  argsOf(life: number): readonly string[];
  kills: number;
  /** Chance in [0, 1) of the moment of a kill. */
  random(): number;
  /** A life is killed up to so long after it was ready. Unit: ms. */
  longestLifeMs: number;
  /** Called before each kill, which waits for it. */
  onLife?(life: Life, number: number): void | Promise<void>;
}

/**
 * Starts a process again and again and kills it (SIGKILL) at a random moment of its work. A process may also kill itself,
 * at a moment that chance would hardly find.
 *
 * @throws If one ends by itself in another way, with what it wrote to stderr.
 */
export async function killRepeatedly(plan: KillPlan): Promise<void> {
  for (let number = 0; number < plan.kills; number++) {
    const life = startLife(plan.program, plan.argsOf(number));
    const fuse = life
      .tells('ready')
      .then(() => new Promise((resolve) => setTimeout(resolve, plan.random() * plan.longestLifeMs)));
    // It may have killed itself before it was ready.
    await Promise.race([fuse.catch(() => {}), life.ended]);
    await plan.onLife?.(life, number);
    life.child.kill('SIGKILL');
    const { signal, code } = await life.ended;
    if (signal !== 'SIGKILL') throw new Error(`Life ${number} ended by itself with ${code}: ${life.errors()}`);
  }
}
