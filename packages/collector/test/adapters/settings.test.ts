import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { help, parseSettings } from '../../src/adapters/settings.js';

const aws = ['--stream', 's', '--region', 'eu-west-1', '--key', 'k'];
const settings = (argv: string[], env = {}) => {
  const parsed = parseSettings(argv, env);
  if (parsed.action !== 'serve') throw new Error(parsed.action);
  return parsed.settings;
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
      dev: false,
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

  test('has every setting in --help', () => {
    for (const word of ['--stream', 'KINESIS_STREAM', '--key', '--origin', '--port', '--dev'])
      expect(help()).toContain(word);
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
});
