import { nearest } from './nearest.js';
import { allSettings, type NamedSetting } from './settings-table.js';

export type Env = Readonly<Record<string, string | undefined>>;

/** Flags that ask for something else than a server. */
export const actions = {
  help: 'show this',
  version: 'show the version',
  'print-config': 'show each setting in force and where it comes from, as JSON',
} as const;
export type Action = keyof typeof actions;

/** Texts by flag, each as often as it was given; `''` is an on without a value. */
export interface Flags {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly actions: ReadonlySet<Action>;
  readonly problems: readonly string[];
}

const byFlag = new Map(allSettings.flatMap((setting) => (setting.flag ? [[setting.flag, setting] as const] : [])));
const isAction = (name: string): name is Action => Object.hasOwn(actions, name);

/**
 * Takes a command line apart, to its end: Node's `parseArgs` stops at the first thing it does not know, and whoever
 * writes a long line wants to hear of all of them.
 */
export function readFlags(argv: readonly string[]): Flags {
  const values = new Map<string, string[]>();
  const asked = new Set<Action>();
  const problems: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    const [, name = '', inline] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const negated = byFlag.get(name.replace(/^no-/, ''));
    const setting = byFlag.get(name);
    if (isAction(name)) asked.add(name);
    else if (setting) {
      const onOff = setting.kind.placeholder === undefined;
      const next = argv[at + 1];
      const value = inline ?? (onOff ? 'true' : next?.startsWith('--') ? undefined : next);
      if (value === undefined) problems.push(`--${name} needs a value: --${name} ${setting.kind.placeholder}`);
      else values.set(name, [...(values.get(name) ?? []), value]);
      if (inline === undefined && !onOff && value !== undefined) at++;
    } else if (negated?.kind.placeholder === undefined && negated?.flag && name.startsWith('no-')) {
      values.set(negated.flag, ['false']);
    } else if (word.startsWith('-')) {
      const known = nearest(name || word, [...byFlag.keys(), ...Object.keys(actions)]);
      problems.push(`Unknown option '${word.split('=', 1)}'${known ? `: did you mean --${known}?` : ''}`);
      // What stands behind it is its value, most likely.
      if (inline === undefined && argv[at + 1]?.startsWith('-') === false) at++;
    } else problems.push(`Unexpected argument '${word}'`);
  }
  return { values, actions: asked, problems };
}

/** Variables that begin with RASTRO_ and are no setting. One that is near a setting is a mistake, others may be anybody's. */
export function unknownVariables(env: Env): { problems: string[]; warnings: string[] } {
  const problems: string[] = [];
  const warnings: string[] = [];
  const known = new Set(allSettings.map(({ env: name }) => name));
  // RASTRO_STREAM is what one would expect, had KINESIS_STREAM not been there before.
  const expected = new Map(
    allSettings.flatMap(({ name, env: variable }) => (variable ? [[name, variable] as const] : [])),
  );
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith('RASTRO_') || known.has(variable) || !value || isServiceLink(variable, value)) continue;
    const word = variable.slice('RASTRO_'.length);
    const names = [...known].flatMap((name) => (name?.startsWith('RASTRO_') ? [name.slice('RASTRO_'.length)] : []));
    const near = nearest(word, names);
    const meant = near ? `RASTRO_${near}` : expected.get(nearest(word, [...expected.keys()]) as NamedSetting['name']);
    if (meant) problems.push(`Unknown variable ${variable}: did you mean ${meant}?`);
    else warnings.push(`Unknown variable ${variable}: no setting has this name`);
  }
  return { problems, warnings };
}

/**
 * Kubernetes gives every container variables that name the services of its namespace: a service called `rastro` makes
 * RASTRO_PORT=tcp://10.0.0.11:80. https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
export function isServiceLink(variable: string, value: string): boolean {
  return (
    /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(variable) ||
    /^(tcp|udp|sctp):\/\//.test(value)
  );
}
