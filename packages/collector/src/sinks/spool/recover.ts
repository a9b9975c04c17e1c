import type { Checkpoint } from './checkpoint.js';
import type { SpoolFiles } from './files.js';
import { addFrame, type FrameRange, type Range, type Scan, scanFrames } from './scan.js';
import { readHeader, type SegmentFile, segmentHeaderBytes } from './segment.js';

/** What stands in a segment. */
export interface Contents extends Pick<Scan, 'damaged' | 'torn'> {
  /** Id in its header; nothing when the header is damaged. */
  readonly id: string | undefined;
  /** Size of the file. Unit: bytes. */
  readonly size: number;
  /** Whole frames that are not drained yet. */
  readonly ranges: readonly FrameRange[];
  /** When the oldest of these frames was written, ms since the Unix epoch. */
  readonly oldestAt: number | undefined;
}

/**
 * Reads a segment to its end, changing nothing.
 *
 * @throws If it cannot be read or is of another version. Nothing is skipped without somebody's say.
 */
export async function readContents(
  { path }: SegmentFile,
  checkpoint: Checkpoint | undefined,
  files: SpoolFiles,
): Promise<Contents> {
  const file = await files.open(path, 'r');
  try {
    const size = await file.size();
    const header = size < segmentHeaderBytes ? undefined : await readHeader(file, path);
    const drained = header && checkpoint?.segment === header.id ? checkpoint.offset : 0;
    const ranges: FrameRange[] = [];
    let oldestAt: number | undefined;
    const from = Math.min(size, segmentHeaderBytes);
    const scan = await scanFrames(file, from, size, (frame) => {
      if (frame.to <= drained) return;
      addFrame(ranges, frame);
      oldestAt ??= frame.at;
    });
    // A file without any frame, whose header is not whole, was begun and no more.
    const headless = header === undefined && scan.ranges.length > 0;
    return {
      id: header?.id,
      size,
      ranges,
      oldestAt,
      damaged: headless ? [{ from: 0, to: from }, ...scan.damaged] : scan.damaged,
      torn: scan.torn,
    };
  } finally {
    await file.close();
  }
}

export const bytesOf = (ranges: readonly Range[]): number => ranges.reduce((sum, { from, to }) => sum + to - from, 0);
export const recordsOf = (ranges: readonly FrameRange[]): number =>
  ranges.reduce((sum, { records }) => sum + records, 0);
