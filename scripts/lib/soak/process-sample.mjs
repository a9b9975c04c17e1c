// @ts-check
import { readFile } from 'node:fs/promises';

/** Linux counts processor time in these, whatever the kernel's own: man 5 proc. */
const ticksPerSecond = 100;

/**
 * What a process has taken, from Linux's /proc.
 *
 * @param {number | undefined} pid
 * @returns {Promise<{ rssMb: number, cpuSeconds: number } | undefined>} Nothing where there is no such process, or no /proc.
 */
export async function sampleProcess(pid) {
  try {
    const [status, stat] = await Promise.all([
      readFile(`/proc/${pid}/status`, 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    const kib = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
    // The name of the program stands in parentheses, and may have blanks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { rssMb: kib / 1024, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond };
  } catch {
    return undefined;
  }
}
