import { MultiBar } from 'cli-progress';
import type { Io } from './io.js';

const lineEveryMs = 5000;
const redrawEveryMs = 200;

export interface Reading {
  /** How far the file is read. Unit: bytes on disk. */
  readonly bytes: number;
  /** Rows that the collector has answered for. */
  readonly rows: number;
}

export interface ProgressView {
  /** Writes a line that stays, above the bar. */
  log(line: string): void;
  stop(): void;
}

/**
 * Shows how far a file is: a bar on a terminal, elsewhere a line every 5 s.
 *
 * @param size Unit: bytes on disk.
 * @param read Called whenever it is time to show something.
 */
export function showProgress(name: string, size: number, io: Io, read: () => Reading): ProgressView {
  return io.stderr.isTTY === true ? showBar(name, size, io, read) : showLines(name, size, io, read);
}

function showBar(name: string, size: number, io: Io, read: () => Reading): ProgressView {
  const speed = createSpeed(io, read);
  const bars = new MultiBar({
    stream: io.stderr as NodeJS.WriteStream,
    format: `${name} [{bar}] {percentage} % | {rows} rows | {speed} rows/s | {eta_formatted} left`,
    barsize: 24,
    etaBuffer: 50,
    clearOnComplete: true,
    forceRedraw: true,
    hideCursor: true,
  });
  const payload = (): object => ({ rows: read().rows.toLocaleString('en'), speed: speed() });
  const bar = bars.create(size, 0, payload());
  const timer = setInterval(() => bar.update(read().bytes, payload()), redrawEveryMs);
  return {
    log(line) {
      bars.log(`${line}\n`);
      bars.update();
    },
    stop() {
      clearInterval(timer);
      bars.stop();
    },
  };
}

function showLines(name: string, size: number, io: Io, read: () => Reading): ProgressView {
  const speed = createSpeed(io, read);
  const startedAt = io.now();
  const write = (line: string): void => void io.stderr.write(`${line}\n`);
  const timer = setInterval(() => {
    const { bytes, rows } = read();
    const part = size === 0 ? 0 : bytes / size;
    // Before the first answer there is nothing to reckon from.
    const leftMs = rows === 0 || part === 0 ? undefined : (io.now() - startedAt) * (1 / part - 1);
    const left = leftMs === undefined ? '' : `, about ${Math.round(leftMs / 1000)} s left`;
    const percent = Math.floor(part * 100);
    write(`${name}: ${percent} %, ${rows.toLocaleString('en')} rows, ${speed()} rows/s${left}`);
  }, lineEveryMs);
  return { log: write, stop: () => clearInterval(timer) };
}

/** Rows per second since the first call, as text. */
function createSpeed(io: Io, read: () => Reading): () => string {
  const startedAt = io.now();
  const before = read().rows;
  return () => {
    const seconds = Math.max(io.now() - startedAt, 1) / 1000;
    return Math.round((read().rows - before) / seconds).toLocaleString('en');
  };
}
