// @ts-check
// The site that `npm run docs` builds. The pages are the Markdown files that the code host shows: nothing is written for
// the site alone, so what code hosts read otherwise than VitePress is made to read alike here.
import { createHash } from 'node:crypto';
import { cp, mkdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { excluded, pageOf, pages, root, slug, targetOf } from './pages.mjs';
import { sidebar } from './sidebar.mjs';

const files = pages();
/** Files that pages link to and that are no pages: dashboards, schemas, sources. @type {Set<string>} */
const linked = new Set();
/** Shown by every browser as text. @param {string} file */
const shownAs = (file) => `files/${file}${/\.(json|svg|png|ya?ml|txt)$/.test(file) ? '' : '.txt'}`;

/** The trail of the live page. */
const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" stroke="#0e7f76" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"><path d="M2 12l4-4 3 2 5-6"/></svg>';

/** @typedef {import('vitepress').MarkdownRenderer} MarkdownRenderer */

/** @param {MarkdownRenderer} md */
function readAsCodeHostsDo(md) {
  // `{{ }}` is text, and so are `{#id}`, `:name:` and `[[toc]]`.
  md.disable(['emoji', 'toc'], true);
  for (const rule of /** @type {const} */ (['text', 'code_inline'])) {
    const render = md.renderer.rules[rule];
    md.renderer.rules[rule] = (...args) => (render?.(...args) ?? '').replaceAll('{{', '&#123;&#123;');
  }

  md.core.ruler.push('links', (state) => {
    const from = relative(root, state.env.realPath ?? state.env.path ?? root)
      .split(sep)
      .join('/');
    for (const token of state.tokens.flatMap(({ children }) => children ?? [])) {
      if (token.type !== 'link_open') continue;
      const target = targetOf(from, token.attrGet('href') ?? '');
      if (!target) token.attrs = [['title', 'A folder of the repository']];
      else if ('href' in target) token.attrSet('href', target.href);
      else {
        linked.add(target.file);
        token.attrSet('href', `/${shownAs(target.file)}`);
        token.attrSet('target', '_blank');
      }
    }
  });
}

/**
 * Only the site itself, and of inline scripts those that were built.
 *
 * @param {string} html
 */
function policyOf(html) {
  const scripts = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, code = '']) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    `script-src 'self' ${[...new Set(scripts)].join(' ')}`,
    // Colours of code are style attributes.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** Pages become Vue components; some lie outside of the folder that Vue is installed in. @type {import('vite').Plugin} */
const vueOfThisFolder = {
  name: 'vue-of-this-folder',
  enforce: 'pre',
  resolveId(source, importer, options) {
    if (!/^vue(\/|$)/.test(source) || !importer) return undefined;
    // The pages rendered while building run in this folder, and find Vue as a package.
    if (options.ssr) return { id: source, external: true };
    return this.resolve(source, fileURLToPath(import.meta.url), { ...options, skipSelf: true });
  },
};

/** `--dev`: what the theme imports is found in this folder, not beside the pages, and is made of modules already. @type {import('vite').Plugin} */
const nothingToPrebundle = {
  name: 'nothing-to-prebundle',
  config: {
    order: 'post',
    handler(config) {
      config.optimizeDeps = { ...config.optimizeDeps, include: [], entries: [] };
    },
  },
};

export default defineConfig({
  title: 'Rastro',
  description: 'E-commerce clickstream: the tracker for the page, the collector for the server.',
  lang: 'en',
  srcDir: '..',
  srcExclude: excluded,
  rewrites: Object.fromEntries(files.map((file) => [file, pageOf(file)]).filter(([file, page]) => file !== page)),
  metaChunk: true,
  head: [
    ['meta', { name: 'referrer', content: 'no-referrer' }],
    ['link', { rel: 'icon', type: 'image/svg+xml', href: `data:image/svg+xml,${encodeURIComponent(icon)}` }],
  ],
  markdown: {
    attrs: { disable: true },
    anchor: {
      slugify: slug,
      getTokensText: (tokens) =>
        tokens.map(({ type, content }) => (type === 'text' || type === 'code_inline' ? content : '')).join(''),
    },
    config: readAsCodeHostsDo,
  },
  themeConfig: {
    search: { provider: 'local' },
    sidebar: sidebar(files),
    outline: [2, 3],
    nav: [
      { text: 'Tracker', link: '/tracker' },
      { text: 'Collector', link: '/collector' },
      { text: 'Recipes', link: '/recipes/' },
      { text: 'Fields', link: '/events' },
    ],
    docFooter: { prev: 'Before', next: 'Next' },
  },
  transformHtml: (html) =>
    html.replace('<head>', `<head>\n    <meta http-equiv="Content-Security-Policy" content="${policyOf(html)}">`),
  async buildEnd({ outDir }) {
    for (const file of linked) {
      const copy = join(outDir, shownAs(file));
      await mkdir(dirname(copy), { recursive: true });
      await cp(join(root, file), copy);
    }
  },
  vite: {
    plugins: [vueOfThisFolder, nothingToPrebundle],
    server: { fs: { allow: [root] } },
  },
});
