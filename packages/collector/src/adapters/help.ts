import { actions } from './given.js';
import { allSettings, type Group, groups, type NamedSetting } from './settings-table.js';

/** Terminals are wider than this, and logs as wide. */
const columns = 110;

/** The text of `--help`. */
export function help(): string {
  const flagOf = ({ flag, kind }: NamedSetting): string =>
    `  --${kind.placeholder === undefined && defaultsToOn.has(flag) ? 'no-' : ''}${flag}${kind.placeholder ? ` ${kind.placeholder}` : ''}`;
  const shown = allSettings.filter(({ flag }) => flag);
  const width = Math.max(...shown.map((setting) => flagOf(setting).length)) + 2;
  const row = (flag: string, text: string): string => flag.padEnd(width) + wrap(text, width);
  const sections = (Object.keys(groups) as Group[]).map((group) => {
    const rows = shown.filter((setting) => setting.group === group);
    const lines = rows.map((setting) => {
      const fallback = defaultOf(setting);
      return row(
        flagOf(setting),
        `${defaultsToOn.has(setting.flag) ? 'do not ' : ''}${setting.help}${fallback ? ` (default: ${fallback})` : ''} [${setting.env}]`,
      );
    });
    return `${groups[group]}\n${lines.join('\n')}`;
  });
  return `Usage: rastro-collector [options]
       rastro-collector spool --help

Takes the events of the Rastro tracker and puts them on a Kinesis stream. Each option has a variable of the environment,
here in [brackets], and a key in the configuration file; an option on the command line stands above both.

${sections.join('\n\n')}

${Object.entries(actions)
  .map(([flag, text]) => row(`  --${flag}`, text))
  .join('\n')}

Try it:   rastro-collector --dev
On AWS:   rastro-collector --stream shop-events --region eu-west-1 --key my-shop --origin https://shop.example
`;
}

/** Of these the flag that does something is the one that turns it off. */
const defaultsToOn = new Set(allSettings.filter((setting) => setting.default === true).map(({ flag }) => flag));

/** A default as a person reads it; nothing where it goes without saying. */
export function defaultOf({ default: value, defaultText }: NamedSetting): string {
  if (defaultText !== undefined) return defaultText;
  return value === undefined || typeof value === 'boolean' ? '' : String(value);
}

function wrap(text: string, indent: number): string {
  let line = '';
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    if (line && indent + line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}
