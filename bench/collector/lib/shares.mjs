// @ts-check
// Where the time of a CPU profile goes, by what the code is for: self time of each function, by its file and name.
import { readFile } from 'node:fs/promises';

/** The first that fits. @type {readonly [what: string, test: (url: string, name: string) => boolean][]} */
const kinds = [
  ['nothing to do', (_url, name) => name === '(idle)'],
  ['garbage collection', (_url, name) => name === '(garbage collector)'],
  [
    'HTTP in and out: Node.js and Fastify',
    (url, name) =>
      /node_modules\/(fastify|find-my-way|@fastify)/.test(url) ||
      /^node:(_http|net|internal\/stream|internal\/http|internal\/js_stream|events)/.test(url) ||
      /chunk-fastify|connections/.test(url) ||
      /^(writev|writeUtf8String|writeLatin1String|writeBuffer|readStart|writevGeneric)$/.test(name),
  ],
  ['reading JSON', (_url, name) => /^(decode|parse|decodeText)$/.test(name)],
  [
    'validation: Ajv and ours',
    (url, name) =>
      /^validate\d*$|^check|^prepare$|^dropEmpty$|^normalise|^fitsSurely$|ucs2length|decimalProblem|^isObject$|^locate$/.test(
        name,
      ) ||
      name.startsWith('RegExp: ') ||
      url.includes('ajv'),
  ],
  [
    'SDK: signature, middleware, client',
    (url, name) => /@smithy|@aws-sdk|@aws-crypto/.test(url) || /^(update|digest|createHash|Hash)$/.test(name),
  ],
  [
    'PutRecords: queue, base64, body, answer',
    (url, name) =>
      /chunk-client|chunk-assemble|kinesis/.test(url) ||
      /base64Slice|utf8Write|latin1Write|utf8WriteStatic|byteLength/.test(name) ||
      /node:buffer/.test(url),
  ],
  ['spool: frames, writes, syncs', (url) => /spool/.test(url) || /node:(internal\/)?fs/.test(url)],
  ['records made, requests answered', (url) => /packages\/collector/.test(url)],
];

/** @param {string} path @returns {Promise<[what: string, share: number][]>} Of the time in which something was done, most first. */
export async function shares(path) {
  const { nodes, samples, timeDeltas } = JSON.parse(await readFile(path, 'utf8'));
  const byId = new Map(nodes.map((/** @type {{ id: number }} */ node) => [node.id, node]));
  /** @type {Map<string, number>} */
  const times = new Map();
  for (const [at, id] of samples.entries()) {
    const { url, functionName } = byId.get(id).callFrame;
    const [what] = kinds.find(([, test]) => test(url, functionName)) ?? ['the rest of Node.js and V8'];
    times.set(what, (times.get(what) ?? 0) + timeDeltas[at]);
  }
  times.delete('nothing to do');
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([what, time]) => /** @type {[string, number]} */ ([what, time / total]))
    .sort((a, b) => b[1] - a[1]);
}
