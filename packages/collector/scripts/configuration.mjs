// docs/configuration.md and config.schema.json, made of the table of settings. Needs the package to be built.
import { configSchema } from '../dist/modules/adapters/config-file.js';
import { defaultOf } from '../dist/modules/adapters/help.js';
import { allSettings, groups } from '../dist/modules/adapters/settings-table.js';

const cell = (text) => text.replaceAll('|', '\\|');
const code = (text) => (text ? `\`${cell(text)}\`` : '');
const number = (value) => (Number.isSafeInteger(value) ? value.toLocaleString('en-US') : String(value));

/** What a value may be, in a cell. */
function bounds({ kind, default: fallback }) {
  const { schema, placeholder } = kind;
  const { minimum, maximum } = schema.anyOf?.find(({ type }) => type === 'integer') ?? schema;
  if (placeholder === undefined) return typeof fallback === 'boolean' ? 'on, off' : '';
  if (schema.enum) return schema.enum.map((word) => code(word)).join(', ');
  const range = minimum === undefined ? '' : `${number(minimum)}–${number(maximum)}`;
  if (placeholder === 'N|auto') return `${range}, \`auto\``;
  return placeholder.startsWith('CIDR') ? `a list, or ${range}` : range;
}

function fallback(setting) {
  const text = defaultOf(setting);
  if (setting.default === true) return 'on';
  if (setting.default === false) return 'off';
  const counts = typeof setting.default === 'number' && setting.name !== 'port';
  return counts ? number(setting.default) : text;
}

const inFunction = { same: '●', ignored: '', refused: '' };

function row(setting) {
  const { name, flag, env, file, help } = setting;
  const onByDefault = setting.default === true ? `, \`--no-${flag}\`` : '';
  const cells = [
    flag ? `${code(`--${flag}`)}${onByDefault}` : '',
    code(env),
    file ? code(name) : '',
    `${help[0].toUpperCase()}${help.slice(1)}.`,
    bounds(setting),
    fallback(setting),
    inFunction[setting.inFunction],
  ];
  return `| ${cells.map((text, at) => (at === 3 || at === 5 ? cell(text) : text)).join(' | ')} |`;
}

const sections = () =>
  Object.entries(groups).flatMap(([group, title]) => [
    `### ${title}`,
    '',
    '| flag | variable | key in the file | meaning | bounds | default | Lambda |',
    '|---|---|---|---|---|---|:-:|',
    ...allSettings.filter((setting) => setting.group === group).map(row),
    '',
  ]);

export function configuration() {
  return `# Configuration

<!-- Generated from packages/collector/src/adapters/settings-table.ts by \`npm run generate\`. -->

Every setting of the command \`rastro-collector\` is a flag, a variable of the environment, or a key of a file. A flag stands above a variable, a variable above the file, the file above the default. An empty value is none.

What is wrong is named at the start, all of it at once, one line each, and the command ends with 1:

\`\`\`
rastro-collector: Unknown option '--linger': did you mean --linger-ms?
rastro-collector: --port must be 0–65535, got x
rastro-collector: Unknown variable RASTRO_STREAM: did you mean KINESIS_STREAM?
\`\`\`

A variable that begins with \`RASTRO_\` and is like no setting is only warned of: an environment is shared with others. Those that Kubernetes makes of services are overlooked. \`--print-config\` prints each setting in force and where it comes from (\`flag\`, \`env\`, \`file\` or \`default\`) as JSON; no setting is a secret, and credentials of AWS come from where the AWS SDK looks for them.

## Settings

Times are in milliseconds and sizes in bytes, and the names say so. ● in the last column: a Lambda function has the setting too, by its variable; the others do nothing there and the log says so, but \`RASTRO_SPOOL_DIRECTORY\` and \`RASTRO_DEV\` are refused, since a function could not keep what they promise.

${sections().join('\n')}
## The file

JSON, named by \`--config\` or \`RASTRO_CONFIG\`. [\`config.schema.json\`](../packages/collector/config.schema.json) is its JSON Schema, which editors use:

\`\`\`json
{
  "$schema": "./node_modules/@rastro/collector/config.schema.json",
  "stream": "shop-events",
  "region": "eu-west-1",
  "sites": {
    "my-shop": { "name": "Shop", "origins": ["https://shop.example", "https://www.shop.example"] },
    "my-outlet": { "name": "Outlet", "origins": ["https://outlet.example", "null"] }
  },
  "trustedProxies": ["10.0.0.0/8"],
  "spoolDirectory": "/var/lib/rastro"
}
\`\`\`

Each site has its own origins here; \`--key\` and \`--origin\` give all keys the same, and stand in the place of the file's sites. \`"*"\` allows every page. \`"null"\` is the origin of sandboxed frames, of files and of some redirects: anybody can have it, so \`"*"\` does not include it. Paths are relative to where the command runs.

### Sites that change while it runs

On SIGHUP, and when the content of the file changes, the sites are replaced; requests under way are finished with the old ones. The file is read every 2 s and its content compared: that also sees a file that an editor put in the place of the old one, a link that Kubernetes swaps, and disks over a network. A file that is wrong is logged with all that is wrong in it, and the old sites stay. Of other settings that changed the log says that they need a restart. Write the file beside the old one and rename it: half a file is a wrong one.

## Proxies

The visitor's address is that of the connection, unless \`trustedProxies\` names who may say otherwise in \`X-Forwarded-For\`. Behind an AWS load balancer name the networks of its subnets. A number of proxies is believed without a look at who they are: use it only where nobody can reach the collector around them, or everybody can claim any address.

## Slow and broken connections

A request whose headers take longer than 10 s, or that is not there after \`requestTimeoutMs\`, is answered 408; headers of more than 64 KiB, which is what an AWS ALB lets through, 431; what is no HTTP, 400. None of these has \`accepted\` in it, so a tracker keeps its events. The connection is closed; one on which nothing was asked, without a word.

An idle connection stays open for \`keepAliveTimeoutMs\`. That must be longer than the load balancer in front keeps it: else it sends a request just as the collector closes, and answers 502. 60 s is the default of an AWS ALB; a Google Cloud load balancer keeps 600 s.

## The end

SIGTERM or SIGINT:

1. \`/readyz\` answers 503 with the status \`draining\`. \`drainDelayMs\` later,
2. no more connections are taken, each answer closes its connection, and requests under way are answered. One that is still arriving has 5 s.
3. What is queued for the streams is written, the log says \`closed\`, and the command ends with 0.

When \`drainTimeoutMs\` is over before, the log says what was unfinished and the command ends with 1. A second signal ends it at once. Nothing that was acknowledged is lost either way; what was not acknowledged, the trackers keep. In Kubernetes, and behind a load balancer, set \`drainDelayMs\` to 5,000 or the time in which it notices, and the grace period of the container above the sum of the two (30 s is above 5 + 20).

## Workers

\`--workers N\` runs N processes that share the port, each a collector of its own: bounds "per worker" count for each, and so do the limits of \`rateLimit…\`. Node counts CPUs, not the share of them that a container may use: give a number where there is a limit.

- Repeats are recognised per worker. A tracker that comes again over the same connection meets the same worker; over another, the event may be written twice, with the same \`event_id\`.
- A worker that ends is started again, after 0.1 s, then twice as long each time, up to 30 s. The others serve.
- The spool of worker 2 is \`worker-2\` in \`spoolDirectory\`, for its successor too; one process alone uses \`worker-1\`. Folders of workers that are no more are drained by worker 1.
- \`/metrics\` adds up all workers, whichever answers. A worker that ends takes its numbers with it.
- With \`metricsPort\` the first process answers there, and \`/readyz\` is 200 while one worker is ready.
- If the first process is killed, the workers end too.
`;
}

/** For editors, and for those who check their files before they deploy them. */
export const schemaText = () => JSON.stringify(configSchema());
