// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pageOf, pages, slug, targetOf } from '../../docs/.vitepress/pages.mjs';
import { sidebar } from '../../docs/.vitepress/sidebar.mjs';
import { anchorsOf, linksOf } from '../lib/markdown.mjs';
import { root } from '../lib/run.mjs';

const read = (/** @type {string} */ path) => readFileSync(join(root, path), 'utf8');
const files = pages();

describe('the links of the docs', () => {
  it.each(files)('%s leads to files and headings that are there', (page) => {
    const dead = linksOf(read(page)).filter((link) => {
      if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return false;
      const [path = '', anchor] = decodeURI(link).split('#');
      const file = path ? posix.join(posix.dirname(page), path) : page;
      if (file.startsWith('..') || !existsSync(join(root, file))) return true;
      return anchor !== undefined && file.endsWith('.md') && !anchorsOf(read(file), slug).includes(anchor);
    });
    expect(dead).toEqual([]);
  });

  it.each([
    ['[a](b.md) and ![c](d.png "title")', ['b.md', 'd.png']],
    ['`[a](b.md)`\n\n```md\n[a](b.md)\n```\n\n[e](#f)', ['#f']],
    ['[ref]: g.md', ['g.md']],
    ['<img src="h.png">', ['h.png']],
  ])('are found in %j', (markdown, links) => expect(linksOf(markdown)).toEqual(links));

  it('have the anchors that code hosts give to headings', () => {
    const text =
      '# The `view` call\n## What it costs\n## What it costs\n```sh\n# no heading\n```\n## “Ações”: a/b & c_d-e (v2)\n## [Link](x.md) *here*';
    expect(anchorsOf(text, slug)).toEqual([
      'the-view-call',
      'what-it-costs',
      'what-it-costs-1',
      'ações-ab--c_d-e-v2',
      'link-here',
    ]);
  });
});

describe('the pages of the site', () => {
  it('are as many as there are files', () => {
    expect(new Set(files.map(pageOf)).size).toBe(files.length);
    expect(files).toContain('docs/README.md');
    expect(pageOf('docs/README.md')).toBe('index.md');
  });

  it('all stand in the sidebar, once', () => {
    const links = sidebar(files).flatMap(({ items }) => items.map(({ link }) => link));
    expect(new Set(links).size).toBe(links.length);
    expect(links).toHaveLength(files.length);
  });

  it.each([
    ['docs/wire.md', 'events.md#fields', { href: '/events.html#fields' }],
    ['docs/plugins/debug.md', '../../packages/tracker/README.md#options', { href: '/tracker.html#options' }],
    ['packages/tracker/README.md', '../../docs/privacy.md', { href: '/privacy.html' }],
    ['README.md', 'docs/README.md', { href: '/' }],
    ['README.md', 'examples/replay', { href: '/examples/replay.html' }],
    ['docs/operations.md', 'operations/grafana-dashboard.json', { file: 'docs/operations/grafana-dashboard.json' }],
    ['docs/wire.md', '../packages', undefined],
    ['docs/wire.md', '#origins', { href: '#origins' }],
    ['docs/wire.md', 'https://shop.example/a', { href: 'https://shop.example/a' }],
  ])('%s: the link %s leads where it leads in the repository', (from, link, target) => {
    expect(targetOf(from, link)).toEqual(target);
  });

  it('fail the build where a link leads nowhere', () => {
    expect(() => targetOf('docs/wire.md', 'nothing.md')).toThrow('docs/wire.md links to nothing.md');
    expect(() => targetOf('README.md', '../outside.md')).toThrow('is not there');
  });
});
