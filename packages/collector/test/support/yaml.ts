/** Reads the YAML that our own files use: maps, lists, plain and quoted text, comments. Anything else is an error. */
export function parseYaml(text: string): unknown {
  const lines = text
    .split('\n')
    .map((line, at) => ({ at: at + 1, indent: line.search(/\S/), text: line.trim() }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'));
  let next = 0;
  const fail = (line: Line | undefined, what: string): never => {
    throw new Error(`line ${line?.at}: ${what}: ${line?.text}`);
  };

  const block = (indent: number): unknown => {
    const first = lines[next];
    if (!first || first.indent !== indent) return fail(first, 'not indented as expected');
    return first.text.startsWith('- ') ? list(indent) : map(indent);
  };
  const list = (indent: number): unknown[] => {
    const found: unknown[] = [];
    for (let line = lines[next]; line?.indent === indent; line = lines[next]) {
      if (!line.text.startsWith('- ')) fail(line, 'no entry of a list');
      // What follows the dash is a block of its own, two columns further.
      lines[next] = { ...line, indent: indent + 2, text: line.text.slice(2) };
      found.push(
        /^[\w./-]+:( |$)/.test(line.text.slice(2)) ? map(indent + 2) : scalar(lines[next++]?.text ?? '', line),
      );
    }
    return found;
  };
  const map = (indent: number): Record<string, unknown> => {
    const found: Record<string, unknown> = {};
    for (let line = lines[next]; line?.indent === indent; line = lines[next]) {
      const [, key = '', rest = ''] = /^([\w./-]+):(?: +(.*))?$/.exec(line.text) ?? fail(line, 'no entry of a map');
      if (key in found) fail(line, 'twice');
      next++;
      const below = lines[next]?.indent ?? -1;
      found[key] = rest === '' ? block(below > indent ? below : fail(line, 'without a value')) : scalar(rest, line);
    }
    return found;
  };
  const scalar = (value: string, line: Line): unknown => {
    if (value.startsWith('"')) return JSON.parse(value);
    if (/^[[\]{}>|*&!%@`'"]|: | #|:$/.test(value)) fail(line, 'to be quoted');
    return /^-?\d+$/.test(value) ? Number(value) : value;
  };

  const whole = block(0);
  if (next < lines.length) fail(lines[next], 'not indented as expected');
  return whole;
}

interface Line {
  readonly at: number;
  readonly indent: number;
  readonly text: string;
}
