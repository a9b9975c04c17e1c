import type { DevServer } from '@rastro/collector/dev';
import type { DevPipeline } from '@rastro/pipeline/run';

export interface WelcomeOptions {
  readonly shoppers: number;
  /** Folder of the lake's own folder. */
  readonly data: string;
}

/** What a newcomer reads first. */
export function welcome(server: DevServer, pipeline: DevPipeline, { shoppers, data }: WelcomeOptions): string {
  const { streamName, deadLetterStreamName, endpoint, region = '' } = server.streams;
  const where = server.embedded ? `embedded at ${endpoint}` : (endpoint ?? `AWS, ${region}`);
  const anyKey = 'AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x ';
  const lake = data === '.rastro' ? '' : ` --lake ${pipeline.lakeDirectory}`;
  const { rows } = pipeline.status();
  return `
  Rastro is running.

    Shop        ${server.url}/
    In React    ${server.url}/spa/ (the same shop as a single-page application)
    Platforms   ${server.url}/platforms/ (GA4, VTEX, Shopify and others, their events played)
    Live page   ${server.url}/live
    Dashboard   ${server.url}/dashboard
    Collector   POST ${server.url}/e, script ${server.url}/rastro.js
    Kinesis     ${where}
                streams ${streamName} and ${deadLetterStreamName}
    Lake        ${pipeline.lakeDirectory}${rows > 0 ? `, ${rows.toLocaleString('en')} events of earlier (--fresh forgets them)` : ''}
    Counts      per user, type and minute: stream ${pipeline.counts.streamName}, DynamoDB table ${pipeline.dynamo.table} at ${pipeline.dynamo.endpoint}
    Alerts      SNS topic ${pipeline.sns.topicArn} at ${pipeline.sns.endpoint}, and here

  Open the shop and the live page side by side, and click: every click arrives as a record read back from the stream, and is
  on the dashboard some seconds later.
  ${shoppers > 0 ? `${shoppers} headless shoppers are on their way (the dashboard counts them when "robots" is ticked).` : 'No time to click? npm start -- --shoppers 5, or fill the dashboard: npm start -- --demo-data FILE.csv.gz'}

  Ask the lake, in another terminal:
    npx rastro-pipeline report funnel${lake}
    npx rastro-pipeline query "SELECT event_type, count(*) AS events FROM events GROUP BY 1"${lake}
  Read the records yourself:
    curl ${server.url}/dev/events
    ${server.embedded ? anyKey : ''}aws kinesis list-shards --stream-name ${streamName} --region ${region}${endpoint ? ` --endpoint-url ${endpoint}` : ''}
  Send a published data set through the collector:
    npm run replay -- FILE.csv.gz --endpoint ${server.url}/e

  Ctrl-C stops everything.
`;
}
