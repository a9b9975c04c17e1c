import { expect, test } from 'vitest';
import { html, jsonForScript } from '../src/html.js';

test('escapes every value, in content and in attributes', () => {
  const name = `"Eu <3 Pão" & Ana's`;
  expect(html`<a title="${name}">${name}</a>`.text).toBe(
    '<a title="&quot;Eu &lt;3 Pão&quot; &amp; Ana&#39;s">&quot;Eu &lt;3 Pão&quot; &amp; Ana&#39;s</a>',
  );
});

test('leaves markup of its own as it is, and joins lists', () => {
  expect(html`<ul>${[1, 2].map((n) => html`<li>${n}</li>`)}${false}${undefined}</ul>`.text).toBe(
    '<ul><li>1</li><li>2</li></ul>',
  );
});

test('keeps JSON from ending its script element', () => {
  const value = { name: '</script><!--' };
  const { text } = jsonForScript(value);
  expect(text).not.toContain('<');
  expect(JSON.parse(text)).toEqual(value);
});
