import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { connectionDefaults } from '../../src/adapters/connections.js';
import { help, type ParseOptions, parseSettings, printConfig, SettingsError } from '../../src/adapters/settings.js';
import { allSettings } from '../../src/adapters/settings-table.js';

const aws = ['--stream', 's', '--region', 'eu-west-1', '--key', 'k'];
const parse = (argv: string[], env = {}, options?: ParseOptions) => {
  const parsed = parseSettings(argv, env, options);
  if (!('settings' in parsed)) throw new Error(parsed.action);
  return parsed;
};
const settings = (argv: string[], env = {}) => parse(argv, env).settings;
const file = (content: unknown): ParseOptions => ({
  readFile: () => (typeof content === 'string' ? content : JSON.stringify(content)),
});
/** What is wrong, line by line. */
const problems = (argv: string[], env = {}, options?: ParseOptions): readonly string[] => {
  try {
    parseSettings(argv, env, options);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
};

describe('parseSettings', () => {
  test('reads flags, with defaults', () => {
    expect(settings(aws)).toEqual({
      port: 8080,
      host: '127.0.0.1',
      stream: 's',
      deadLetterStream: 's-dead-letter',
      region: 'eu-west-1',
      kinesisEndpoint: undefined,
      sites: { k: { name: 'k', origins: '*' } },
      config: undefined,
      dev: false,
      trustedProxies: [],
      maxConnections: 10_000,
      requestTimeoutMs: 30_000,
      keepAliveTimeoutMs: 75_000,
      maxBodyBytes: 500_000,
      rateLimitPerClient: 0,
      rateLimitPerKey: 0,
      deviceCookie: false,
      deviceCookieDomain: undefined,
      lingerMs: 5,
      maxInFlight: 8,
      maxQueueBytes: 67_108_864,
      putDeadlineMs: 3_000,
      strictOrder: false,
      aggregate: false,
      salt: 0,
      spoolDirectory: undefined,
      spoolMaxBytes: 1_073_741_824,
      spoolMode: 'fallback',
      workers: 1,
      drainDelayMs: 0,
      drainTimeoutMs: 20_000,
      metrics: true,
      metricsPort: undefined,
      logLevel: 'info',
    });
  });

  test('reads the environment where there is no flag', () => {
    const env = {
      KINESIS_STREAM: 'e',
      AWS_REGION: 'r',
      RASTRO_KEYS: 'a=Shop A, b',
      RASTRO_ORIGINS: 'https://a.example',
      PORT: '9',
      DEAD_LETTER_STREAM: 'd',
      HOST: '',
    };
    expect(settings(['--stream', 'flag'], env)).toMatchObject({
      stream: 'flag',
      deadLetterStream: 'd',
      port: 9,
      host: '127.0.0.1',
      sites: { a: { name: 'Shop A', origins: ['https://a.example'] }, b: { name: 'b' } },
    });
  });

  test('needs nothing with --dev', () => {
    expect(settings(['--dev'])).toMatchObject({ dev: true, stream: undefined, sites: { demo: {} } });
  });

  test.each([
    [[], '--stream (KINESIS_STREAM) is missing'],
    [['--stream', 's', '--key', 'k'], '--region (AWS_REGION) is missing'],
    [['--stream', 's', '--region', 'r'], '--key (RASTRO_KEYS) is missing'],
    [[...aws, '--port', '70000'], '--port must be 0–65535, got 70000'],
    [[...aws, '--port', '0x10'], '--port must be 0–65535, got 0x10'],
    [[...aws, '--kinesis-endpoint', 'nowhere'], '--kinesis-endpoint must be a URL'],
    [[...aws, '--key', 'k=again'], '--key: k is there twice'],
    [[...aws, '--nonsense'], "Unknown option '--nonsense'"],
  ])('with %j says %s', (argv, message) => {
    expect(() => parseSettings(argv, {})).toThrow(message);
  });

  test.each<[string[], string]>([
    [['--linger', '5'], "Unknown option '--linger': did you mean --linger-ms?"],
    [['--prot=1'], "Unknown option '--prot': did you mean --port?"],
    [['--keys', 'a'], "Unknown option '--keys': did you mean --key?"],
    [['--drainTimeoutMs', '5'], "Unknown option '--drainTimeoutMs': did you mean --drain-timeout-ms?"],
    [['-help'], "Unknown option '-help': did you mean --help?"],
    [['extra'], "Unexpected argument 'extra'"],
    [['--host'], '--host needs a value: --host ADDRESS'],
    [['--host', '--dev'], '--host needs a value: --host ADDRESS'],
    [['--metrics=maybe'], '--metrics must be true or false, got maybe'],
    [['--spool-mode', 'always', '--spool-directory', 'd'], '--spool-mode must be fallback or first, got always'],
    [['--log-level', 'loud'], '--log-level must be info, warn, error or silent, got loud'],
    [['--max-body-bytes', '600001'], '--max-body-bytes must be 1000–600000, got 600001'],
    [['--linger-ms', '1.5'], '--linger-ms must be 0–1000, got 1.5'],
    [['--linger-ms=-1'], '--linger-ms must be 0–1000, got -1'],
    [['--workers', '0'], '--workers must be 1–256 or auto, got 0'],
    [['--workers', '2', '--dev'], '--workers does not go with --dev: its stream is in the process'],
    [['--trusted-proxies', '10.0.0.0/33'], 'addresses, CIDR ranges or loopback, linklocal, uniquelocal'],
    [['--trusted-proxies', '0.0.0.0/0'], '--trusted-proxies must be'],
    [['--trusted-proxies', '11'], '--trusted-proxies must be'],
    [['--kinesis-endpoint', 'http://a:b@c'], '--kinesis-endpoint must be a URL'],
    [
      ['--device-cookie', '--device-cookie-domain', 'shop'],
      '--device-cookie-domain must be a domain such as shop.example, got shop',
    ],
    [['--device-cookie-domain', 'a.b'], '--device-cookie-domain needs --device-cookie (RASTRO_DEVICE_COOKIE)'],
    [['--spool-max-bytes', '2000000'], '--spool-max-bytes needs --spool-directory (RASTRO_SPOOL_DIRECTORY)'],
    [['--metrics-port', '8080'], '--metrics-port must be another port than 8080'],
    [['--origin', 'shop.example'], '--origin: "shop.example" is not an origin such as https://shop.example'],
    [['--origin', 'https://Shop.example/'], 'did you mean https://shop.example?'],
    [['--key', '=Shop'], '--key: a key has 1–64 printable characters, got ""'],
  ])('with %j says one thing: %s', (argv, message) => {
    expect(problems([...aws, ...argv])).toEqual([expect.stringContaining(message)]);
  });

  test('says all that is wrong at once', () => {
    const wrong = ['--prot', '1', '--port', 'x', '--origin', 'a', '--stream', 's', '--key', 'k'];
    expect(problems(wrong, { RASTRO_WORKERS: 'many' })).toEqual([
      "Unknown option '--prot': did you mean --port?",
      '--port must be 0–65535, got x',
      'RASTRO_WORKERS must be 1–256 or auto, got many',
      '--region (AWS_REGION) is missing: where is the stream?',
      '--origin: "a" is not an origin such as https://shop.example',
    ]);
  });

  test.each([
    ['RASTRO_DRAIN_TIMOUT_MS', 'RASTRO_DRAIN_TIMEOUT_MS'],
    ['RASTRO_KEY', 'RASTRO_KEYS'],
    ['RASTRO_STREAM', 'KINESIS_STREAM'],
    ['RASTRO_PORT', 'PORT'],
    ['RASTRO_SPOOL_DIR', 'RASTRO_SPOOL_DIRECTORY'],
  ])('takes the variable %s for a misspelt %s', (variable, meant) => {
    expect(problems(aws, { [variable]: '1' })).toEqual([`Unknown variable ${variable}: did you mean ${meant}?`]);
  });

  test('lets a variable be that is like none of its own, and warns', () => {
    expect(parse(aws, { RASTRO_SOMEBODY_ELSES: '1' }).warnings).toEqual([
      'Unknown variable RASTRO_SOMEBODY_ELSES: no setting has this name',
    ]);
  });

  test('overlooks the variables that Kubernetes makes of services called rastro and rastro-metrics', () => {
    const env = {
      RASTRO_SERVICE_HOST: '10.0.0.11',
      RASTRO_SERVICE_PORT: '80',
      RASTRO_SERVICE_PORT_HTTP: '80',
      RASTRO_PORT: 'tcp://10.0.0.11:80',
      RASTRO_PORT_80_TCP: 'tcp://10.0.0.11:80',
      RASTRO_PORT_80_TCP_PROTO: 'tcp',
      RASTRO_PORT_80_TCP_PORT: '80',
      RASTRO_PORT_80_TCP_ADDR: '10.0.0.11',
      RASTRO_METRICS_PORT: 'tcp://10.0.0.12:9090',
    };
    expect(parse(aws, env)).toMatchObject({ warnings: [], settings: { metricsPort: undefined } });
  });

  test.each([
    [['--no-metrics'], { metrics: false }],
    [['--metrics=false'], { metrics: false }],
    [['--device-cookie', '--device-cookie-domain', '.shop.example'], { deviceCookie: true }],
    [['--trusted-proxies', '2'], { trustedProxies: 2 }],
    [
      ['--trusted-proxies', '10.0.0.0/8,::1', '--trusted-proxies', 'loopback'],
      { trustedProxies: ['10.0.0.0/8', '::1', 'loopback'] },
    ],
    [['--port', '1', '--port', '2'], { port: 2 }],
    [['--key', 'b=Shop = B'], { sites: { k: {}, b: { name: 'Shop = B', origins: '*' } } }],
    [['--origin', 'null,*'], { sites: { k: { origins: ['null', '*'] } } }],
    [['--origin', '*', '--origin', 'https://a.example'], { sites: { k: { origins: '*' } } }],
  ])('reads %j', (argv, expected) => {
    expect(settings([...aws, ...argv])).toMatchObject(expected);
  });

  test('takes auto for the number of CPUs', () => {
    expect(settings([...aws, '--workers', 'auto']).workers).toBe(availableParallelism());
  });
});

describe('the configuration file', () => {
  const sites = { 'my-shop': { name: 'Shop', origins: ['https://shop.example', 'null'] }, other: {} };
  const whole = { stream: 'f', region: 'r', sites };

  test('gives whole sites', () => {
    expect(parse(['--config', 'c.json'], {}, file(whole)).settings).toMatchObject({
      stream: 'f',
      deadLetterStream: 'f-dead-letter',
      config: 'c.json',
      sites: { 'my-shop': sites['my-shop'], other: { name: 'other', origins: '*' } },
    });
  });

  test('stands below variables, which stand below flags', () => {
    const options = file({ ...whole, port: 1, host: 'file', lingerMs: 1 });
    const { settings: got, sources } = parse(
      ['--port', '3'],
      { RASTRO_CONFIG: 'c.json', PORT: '2', HOST: 'env' },
      options,
    );
    expect(got).toMatchObject({ port: 3, host: 'env', lingerMs: 1, salt: 0 });
    expect(sources).toMatchObject({
      port: 'flag',
      host: 'env',
      lingerMs: 'file',
      salt: 'default',
      sites: 'file',
      config: 'env',
    });
  });

  test('gives way with its sites to --key, and says so', () => {
    const { settings: got, warnings } = parse(['--config', 'c.json', '--key', 'k'], {}, file(whole));
    expect(got.sites).toEqual({ k: { name: 'k', origins: '*' } });
    expect(warnings).toEqual(['--key is given: the sites of c.json are not used']);
  });

  test.each<[unknown, string[]]>([
    [{ ...whole, prot: 1 }, ['unknown key "prot": did you mean port?']],
    [{ ...whole, 'linger-ms': 1 }, ['unknown key "linger-ms": did you mean lingerMs?']],
    [{ ...whole, keys: ['a'] }, ['unknown key "keys": did you mean sites?']],
    [{ ...whole, port: '8080' }, ['port must be 0–65535, got "8080"']],
    [{ ...whole, metrics: 'yes' }, ['metrics must be true or false, got "yes"']],
    [{ ...whole, workers: 'all' }, ['workers must be 1–256 or auto, got "all"']],
    [{ ...whole, trustedProxies: ['x'] }, ['trustedProxies must be addresses']],
    [{ ...whole, kinesisEndpoint: 'http://' }, ['kinesisEndpoint must be a URL']],
    [{ stream: 'f', region: 'r', sites: {} }, ['sites must be an object with at least one site, got {}']],
    [{ ...whole, sites: { ['x'.repeat(65)]: {} } }, ['sites: a key has 1–64 printable characters']],
    [{ ...whole, sites: { a: { origin: [] } } }, ['sites.a: unknown key "origin": did you mean origins?']],
    [
      { ...whole, sites: { a: { origins: 'https://a.example' } } },
      ['sites.a.origins must be "*" or a list of origins'],
    ],
    [{ ...whole, sites: { a: { origins: ['a.example'] } } }, ['sites.a.origins: "a.example" is not an origin']],
    [{ ...whole, sites: { a: { name: '' } } }, ['sites.a.name must be 1–64 printable characters, got ""']],
    [{ ...whole, sites: { a: null } }, ['sites.a must be an object such as']],
    [{ ...whole, port: -1, salt: null }, ['port must be 0–65535, got -1', 'salt must be 0–256, got null']],
    [[], ['c.json must be one JSON object, got []']],
    ['{"port": 1,\n "host" 2}', ['c.json is not JSON: ']],
  ])('with %j says %j', (content, expected) => {
    expect(problems(['--config', 'c.json'], {}, file(content))).toEqual(
      expected.map((text) => expect.stringContaining(text)),
    );
  });

  test('names the line of what is no JSON', () => {
    expect(problems(['--config', 'c.json'], {}, file('{"port": 1,\n "host" 2}'))[0]).toMatch(/line 2 column 9/);
  });

  test('is named when it is not there', () => {
    expect(problems(['--config', '/nowhere/c.json'])).toEqual([
      '/nowhere/c.json cannot be read: there is no such file',
    ]);
  });

  test('does not go with --origin', () => {
    expect(problems(['--config', 'c.json', '--origin', 'https://a.example'], {}, file(whole))).toEqual([
      '--origin goes with --key (RASTRO_KEYS): the sites of c.json have origins of their own',
    ]);
  });
});

describe('the settings of a function', () => {
  const env = { KINESIS_STREAM: 's', AWS_REGION: 'r', RASTRO_KEYS: 'k' };
  const style = { style: 'environment' } as const;

  test('come from the environment alone', () => {
    expect(parse(['--port', 'x'], env, style)).toMatchObject({ settings: { stream: 's' }, warnings: [] });
  });

  test('are named by their variables when they are wrong', () => {
    expect(problems([], { RASTRO_SALT: 'x', RASTRO_DEVICE_COOKIE_DOMAIN: 'a.b' }, style)).toEqual([
      'RASTRO_SALT must be 0–256, got x',
      'KINESIS_STREAM is missing: the Kinesis stream for the events.',
      'RASTRO_DEVICE_COOKIE_DOMAIN needs RASTRO_DEVICE_COOKIE',
      'RASTRO_KEYS is missing: the key that the tracker sends.',
    ]);
  });

  test('are pointed out when they belong to a server', () => {
    expect(parse([], { ...env, PORT: '8080', RASTRO_WORKERS: '2' }, style).warnings).toEqual([
      'PORT does nothing in a function',
      'RASTRO_WORKERS does nothing in a function',
    ]);
  });

  test('count proxies, since a function does not see their addresses', () => {
    expect(parse([], { ...env, RASTRO_TRUSTED_PROXIES: '1' }, style).warnings).toEqual([]);
    expect(problems([], { ...env, RASTRO_TRUSTED_PROXIES: '10.0.0.0/8' }, style)).toEqual([
      'RASTRO_TRUSTED_PROXIES must be how many proxies stand in front, in a function: it does not see their addresses',
    ]);
  });

  test('are refused when they promise what a function cannot keep', () => {
    expect(problems([], { ...env, RASTRO_SPOOL_DIRECTORY: '/tmp/spool', RASTRO_DEV: 'false' }, style)).toEqual([
      'RASTRO_SPOOL_DIRECTORY cannot be used in a function: nothing of it outlives an invocation',
    ]);
  });
});

describe('the table of settings', () => {
  test('has a text in --help for each flag and variable', () => {
    for (const { flag, env } of allSettings) {
      if (!flag) continue;
      expect(help()).toMatch(new RegExp(`  --(no-)?${flag}[ \\n]`));
      expect(help().replace(/\s+/g, ' ')).toContain(`[${env}]`);
    }
  });

  test('has defaults that pass their own checks', () => {
    for (const { name, kind, default: fallback } of allSettings) {
      if (fallback === undefined || Array.isArray(fallback)) continue;
      expect(kind.read(String(fallback)), name).toBe(fallback);
    }
  });

  test('has the defaults that the server has without settings', () => {
    expect(settings(aws)).toMatchObject(connectionDefaults);
  });

  test('has no name twice', () => {
    for (const names of [allSettings.map(({ flag }) => flag), allSettings.map(({ env }) => env)]) {
      const given = names.filter(Boolean);
      expect(new Set(given).size).toBe(given.length);
    }
  });
});

describe('printConfig', () => {
  test('shows each setting, and where it comes from', () => {
    const parsed = parse([...aws, '--print-config'], { PORT: '9' });
    expect(parsed.action).toBe('print-config');
    const printed = JSON.parse(printConfig(parsed));
    expect(printed).toMatchObject({
      stream: { value: 's', from: 'flag' },
      deadLetterStream: { value: 's-dead-letter', from: 'default' },
      sites: { value: { k: { name: 'k', origins: '*' } }, from: 'flag' },
      port: { value: 9, from: 'env' },
      metricsPort: { value: null, from: 'default' },
    });
    expect(Object.keys(printed).sort()).toEqual(Object.keys(parsed.settings).sort());
  });
});

describe('the command', () => {
  const run = (...args: string[]) => {
    const bin = fileURLToPath(new URL('../../bin/rastro-collector.js', import.meta.url));
    return spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8', env: { PATH: process.env['PATH'] } });
  };

  test('prints help and version', () => {
    expect(run('--help')).toMatchObject({ status: 0, stdout: help() });
    expect(run('--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  test('ends with 1 and one clear line when a setting is wrong', () => {
    expect(run('--port', 'x', ...aws)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'rastro-collector: --port must be 0–65535, got x\nSee rastro-collector --help.\n',
    });
    expect(run(...aws, '--origin', 'shop.example')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('"shop.example" is not an origin'),
    });
  });

  test('ends with 1 and a line for each that is wrong', () => {
    expect(run('--port', 'x', '--hots', 'y', ...aws)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: `rastro-collector: Unknown option '--hots': did you mean --host?
rastro-collector: --port must be 0–65535, got x
See rastro-collector --help.
`,
    });
  });

  test('prints the settings in force, those of a file among them', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'rastro-config-')), 'c.json');
    writeFileSync(path, JSON.stringify({ lingerMs: 7, sites: { a: {} } }));
    const { status, stdout } = run('--config', path, '--stream', 's', '--region', 'r', '--print-config');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ lingerMs: { value: 7, from: 'file' }, sites: { from: 'file' } });
  });
});
