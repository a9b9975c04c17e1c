import { expect, test } from 'vitest';
import { isOfNetwork, messageOf } from '../../src/commands/message.js';
import { UsageError } from '../../src/commands/options.js';
import { load, MissingPackageError } from '../../src/dev/load.js';

test('says why, once', () => {
  const cause = new Error('connect ECONNREFUSED');
  expect(messageOf(new Error("The stream 's' cannot be described", { cause }))).toBe(
    "The stream 's' cannot be described: connect ECONNREFUSED",
  );
  expect(messageOf(new Error('It failed: connect ECONNREFUSED', { cause }))).toBe('It failed: connect ECONNREFUSED');
  expect(messageOf(new UsageError('--x is wrong', { cause }))).toBe('--x is wrong');
  expect(messageOf(Object.assign(new Error(''), { code: 'EPIPE' }))).toBe('EPIPE');
});

test('says what to set where credentials are missing', () => {
  const cause = Object.assign(new Error('Could not load credentials from any providers'), {
    name: 'CredentialsProviderError',
  });
  expect(messageOf(new Error(`The stream cannot be described: ${cause.message}`, { cause }))).toMatch(
    /^The stream cannot be described: there are no AWS credentials: set AWS_ACCESS_KEY_ID [^:]*$/,
  );
});

test('knows an error of the network behind others', () => {
  const cause = Object.assign(new Error('x'), { code: 'ECONNRESET' });
  expect(isOfNetwork(new Error('rows wait', { cause }))).toBe(true);
  expect(isOfNetwork(new Error('the disk is full'))).toBe(false);
});

test('a package that is missing is named, with the command that installs it', async () => {
  const missing = Object.assign(new Error("Cannot find package 'fastify' imported from /x/y.js"), {
    code: 'ERR_MODULE_NOT_FOUND',
  });
  const loading = load('--port', 'other', () => Promise.reject(missing), 'npm install');
  const error: unknown = await loading.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(MissingPackageError);
  expect(messageOf(error)).toBe('--port needs the package fastify, which is not installed. Run: npm install fastify');
});
