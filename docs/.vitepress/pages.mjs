// @ts-check
// Which Markdown file of the repository is which page of the site, and where its links lead there.
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Markdown of the repository that is no page. */
export const excluded = ['bench/**', 'e2e/**', 'scripts/**', '**/test/**', '**/node_modules/**', '**/dist/**'];

/** Path in the repository of each page, in order. */
export const pages = () =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => file && existsSync(join(root, file)) && !/^(bench|e2e|scripts)\/|\/test\//.test(file))
    .sort();

/**
 * @param {string} file Path in the repository, such as `docs/events.md`.
 * @returns {string} Path in the site, such as `events.md`.
 */
export function pageOf(file) {
  if (file === 'README.md') return 'start.md';
  return file
    .replace(/^docs\//, '')
    .replace(/^packages\/([^/]+)\/README\.md$/, '$1.md')
    .replace(/^examples\/([^/]+)\/README\.md$/, 'examples/$1.md')
    .replace(/(^|\/)README\.md$/, '$1index.md');
}

/**
 * Anchors as code hosts make them of headings: what is written in one place leads to the same heading in the other.
 *
 * @param {string} heading Its text.
 */
export const slug = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');

/**
 * Where a link leads on the site.
 *
 * @param {string} from File that it stands in.
 * @param {string} link As it is written.
 * @returns {{ href: string } | { file: string } | undefined} A page; a file that is no page, to be shown as it is; or
 *   nothing to show, such as a folder without a README.
 * @throws {Error} When there is no such file.
 */
export function targetOf(from, link) {
  if (/^[a-z][a-z0-9+.-]*:|^\/\/|^#/i.test(link)) return { href: link };
  const [, path = '', rest = ''] = /^([^#?]*)(.*)$/.exec(link) ?? [];
  let file = posix.join(posix.dirname(from), decodeURI(path)).replace(/\/$/, '');
  const onDisk = join(root, file);
  if (file.startsWith('..') || !existsSync(onDisk)) throw new Error(`${from} links to ${link}, which is not there`);
  if (statSync(onDisk).isDirectory()) {
    file += '/README.md';
    if (!existsSync(join(root, file))) return undefined;
  }
  if (!file.endsWith('.md')) return { file };
  return {
    href: `/${pageOf(file)
      .replace(/(^|\/)index\.md$/, '$1')
      .replace(/\.md$/, '.html')}${rest}`,
  };
}
