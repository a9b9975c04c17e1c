import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A payload as a platform hands it over, and where it is published. */
export interface Sample {
  readonly folder: string;
  readonly name: string;
  readonly origin: string;
  readonly note?: string;
  readonly payload: unknown;
}

const root = fileURLToPath(new URL('../samples/', import.meta.url));

/** The samples of these folders, in the order of the folders, then by name. */
export async function readSamples(folders: readonly string[]): Promise<Sample[]> {
  const files = await Promise.all(
    folders.map(async (folder) => {
      const names = (await readdir(`${root}${folder}`)).filter((name) => name.endsWith('.json')).sort();
      return names.map((name) => ({ folder, path: `${root}${folder}/${name}` }));
    }),
  );
  return Promise.all(
    files.flat().map(async ({ folder, path }) => ({ folder, ...JSON.parse(await readFile(path, 'utf8')) }) as Sample),
  );
}
