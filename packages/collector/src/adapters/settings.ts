import { readFileSync } from 'node:fs';
import { readConfig, show } from './config-file.js';
import { type Action, type Env, isServiceLink, readFlags, unknownVariables } from './given.js';
import { allSettings, type Given, type NamedSetting, type Settings } from './settings-table.js';
import { checkOrigins, originsOf, sitesOf } from './sites.js';

export { help } from './help.js';
export type { LogLevel, Settings } from './settings-table.js';

/** Where a setting comes from. */
export type Source = 'flag' | 'env' | 'file' | 'default';
export type Sources = Readonly<Record<keyof Settings, Source>>;

export type Parsed =
  | { readonly action: 'help' }
  | { readonly action: 'version' }
  | {
      readonly action: 'serve' | 'print-config';
      readonly settings: Settings;
      readonly sources: Sources;
      /** What is given and does nothing: for the log. */
      readonly warnings: readonly string[];
    };

export interface ParseOptions {
  /**
   * `environment` is a Lambda function: no flags, problems name variables, and settings of a server are pointed out.
   * @default 'command'
   */
  style?: 'command' | 'environment' | undefined;
  /** Reads the configuration file. @default from the disk */
  readFile?: ((path: string) => string) | undefined;
}

/** Everything that is wrong with what was given, one line each in the message. */
export class SettingsError extends TypeError {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

/**
 * Reads settings from flags, else from the environment, else from the configuration file, else the defaults.
 *
 * @throws {SettingsError} With all that is wrong, for a person at a terminal.
 */
export function parseSettings(argv: readonly string[], env: Env, options: ParseOptions = {}): Parsed {
  const { style = 'command', readFile = (path) => readFileSync(path, 'utf8') } = options;
  const inFunction = style === 'environment';
  const flags = readFlags(inFunction ? [] : argv);
  for (const action of ['help', 'version'] as const) if (flags.actions.has(action)) return { action };
  const unknown = unknownVariables(env);
  const problems = [...flags.problems, ...unknown.problems];
  const warnings = [...unknown.warnings];

  const textOf = (setting: NamedSetting): { text: string; from: 'flag' | 'env'; label: string } | undefined => {
    const { flag, env: variable, kind } = setting;
    const words = flag === undefined ? undefined : flags.values.get(flag);
    // An empty value is none: that is how a shell or a compose file leaves one out.
    if (words) {
      const text = kind.many ? words.join(',') : (words.at(-1) ?? '');
      return text === '' ? undefined : { text, from: 'flag', label: `--${flag}` };
    }
    const text = variable === undefined ? '' : (env[variable] ?? '');
    return text === '' || isServiceLink(variable ?? '', text)
      ? undefined
      : { text, from: 'env', label: variable ?? '' };
  };

  const find = (name: keyof Given): NamedSetting =>
    allSettings.find((setting) => setting.name === name) as NamedSetting;
  const path = textOf(find('config'))?.text;
  const file = path === undefined ? undefined : open(path, readFile);
  problems.push(...(file?.problems ?? []));
  // What a file was to say is not missing besides.
  const missing = (problem: string): void => void ((file?.problems.length ?? 0) > 0 || problems.push(problem));

  const labels = new Map<string, string>();
  const from = new Map<string, Source>();
  const given: Record<string, unknown> = {};
  for (const setting of allSettings) {
    const { name, kind } = setting;
    const told = textOf(setting);
    const filed = told === undefined && setting.file ? file?.values[name] : undefined;
    const label = told?.label ?? `${path}: ${name}`;
    given[name] = setting.default;
    from.set(name, told?.from ?? (filed === undefined ? 'default' : 'file'));
    labels.set(name, label);
    if (told === undefined && filed === undefined) continue;
    const value = told ? kind.read(told.text) : kind.take(filed);
    if (value === undefined) problems.push(`${label} must be ${kind.expects}, got ${told?.text ?? show(filed)}`);
    else given[name] = value;
    if (inFunction && setting.inFunction === 'ignored') warnings.push(`${label} does nothing in a function`);
    if (inFunction && setting.inFunction === 'refused' && value !== false) {
      problems.push(`${label} cannot be used in a function: nothing of it outlives an invocation`);
    }
  }

  const { key, origin, sites: filedSites, ...rest } = given as unknown as Given;
  const is = (name: keyof Given): boolean => from.get(name) !== 'default';
  const name = (of: keyof Given): string => {
    const { flag, env: variable } = find(of);
    return inFunction ? String(variable) : `--${flag} (${variable})`;
  };
  const label = (of: keyof Given): string => labels.get(of) ?? of;

  if (!is('stream') && !rest.dev) {
    const hint = inFunction ? '' : ' Or try --dev.';
    missing(`${name('stream')} is missing: the Kinesis stream for the events.${hint}`);
  }
  if (is('stream') && !is('region') && !is('kinesisEndpoint')) {
    missing(`${name('region')} is missing: where is the stream?`);
  }
  for (const needs of ['spoolMaxBytes', 'spoolMode'] as const) {
    if (is(needs) && !is('spoolDirectory')) problems.push(`${label(needs)} needs ${name('spoolDirectory')}`);
  }
  if (is('deviceCookieDomain') && !rest.deviceCookie) {
    problems.push(`${label('deviceCookieDomain')} needs ${name('deviceCookie')}`);
  }
  if (inFunction && typeof rest.trustedProxies !== 'number' && rest.trustedProxies.length > 0) {
    problems.push(
      `${label('trustedProxies')} must be how many proxies stand in front, in a function: it does not see their addresses`,
    );
  }
  if (rest.dev && rest.workers > 1)
    problems.push(`${label('workers')} does not go with --dev: its stream is in the process`);
  if (rest.port !== 0 && rest.metricsPort === rest.port) {
    problems.push(`${label('metricsPort')} must be another port than ${rest.port}, which takes the events`);
  }

  let sites = filedSites;
  if (key.length > 0 || filedSites === undefined) {
    const origins = originsOf(origin, label('origin'), problems);
    const keys = key.length === 0 && rest.dev ? ['demo'] : key;
    if (keys.length === 0) missing(`${name('key')} is missing: the key that the tracker sends.`);
    if (filedSites) warnings.push(`${label('key')} is given: the sites of ${path} are not used`);
    sites = sitesOf(keys, origins, label('key'), problems);
    from.set('sites', from.get('key') ?? 'default');
  } else {
    if (is('origin')) {
      problems.push(`${label('origin')} goes with ${name('key')}: the sites of ${path} have origins of their own`);
    }
    sites = checkOrigins(filedSites, label('sites'), problems);
  }

  if (problems.length > 0) throw new SettingsError(problems);
  const settings: Settings = {
    ...rest,
    deadLetterStream: rest.deadLetterStream ?? (rest.stream && `${rest.stream}-dead-letter`),
    sites: sites ?? {},
  };
  const sources = Object.fromEntries(
    Object.keys(settings).map((of) => [of, from.get(of) ?? 'default']),
  ) as unknown as Sources;
  const asked: Action = 'print-config';
  return { action: flags.actions.has(asked) ? asked : 'serve', settings, sources, warnings };
}

function open(path: string, readFile: (path: string) => string): ReturnType<typeof readConfig> {
  let content: string;
  try {
    content = readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = { ENOENT: 'there is no such file', EACCES: 'it is not allowed', EISDIR: 'it is a folder' }[code ?? ''];
    return { values: {}, problems: [`${path} cannot be read: ${why ?? message}`] };
  }
  return readConfig(content, path);
}

/** The text of `--print-config`: each setting in force, and where it comes from. There are no secrets among them. */
export function printConfig({ settings, sources }: { settings: Settings; sources: Sources }): string {
  const rows = Object.entries(settings).map(([name, value]) => [
    name,
    { value: value ?? null, from: sources[name as keyof Settings] },
  ]);
  return `${JSON.stringify(Object.fromEntries(rows), null, 2)}\n`;
}
