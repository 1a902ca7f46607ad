import { z } from 'zod';
import { fillCluster } from '../../model/placeholders.ts';
import { matching, objectName, secretArn, someOf, someText, textUpTo, workspaceArn } from './names.ts';
import { durationMilliseconds, positiveDuration } from './quantities.ts';

/** A rise shows after 30 minutes, and fails the smoke check at its next look (core/steps/compare-hop-rates.ts). */
const LEAST_WAIT_MINUTES = 35;
const MOST_METRICS = 5;
/** The longest name of a cluster: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html */
const LONGEST_CLUSTER = 100;

/**
 * Limits of CloudWatch: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Metric.html and
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html
 */
const LONGEST_NAME = 255;
const LONGEST_VALUE = 1024;
const MOST_DIMENSIONS = 30;

const metricName = someText(LONGEST_NAME);
const printable = /^(?=.*[!-~])[ -~]+$/;

const dimensions = z
  .record(
    textUpTo(LONGEST_NAME)
      .regex(printable, 'is not the name of a dimension: it has ASCII characters that can be seen')
      .regex(/^[^:]/, 'begins with a colon, which CloudWatch takes for no dimension'),
    matching(printable, 'is not the value of a dimension: it has ASCII characters that can be seen').refine(
      (value) => fillCluster(value, 'c'.repeat(LONGEST_CLUSTER)).length <= LONGEST_VALUE,
      `is longer than ${LONGEST_VALUE} characters, or may be with the name of a cluster in it`,
    ),
  )
  .refine((all) => Object.keys(all).length > 0, 'is empty: name the dimensions of the metrics')
  .refine((all) => Object.keys(all).length <= MOST_DIMENSIONS, `lists more than ${MOST_DIMENSIONS} dimensions`)
  .describe("All dimensions of the metrics, as CloudWatch has them; {cluster} stands for the cluster's name.");

const metric = z
  .strictObject({
    name: objectName.describe('How it is told.'),
    namespace: textUpTo(LONGEST_NAME)
      .regex(/^[^:]/, 'is not a namespace of CloudWatch such as AWS/ApplicationELB')
      .describe("Of the metrics, in the cluster's account and Region: AWS/ApplicationELB."),
    dimensions,
    requests: metricName.optional().describe('A metric whose sum is a count of requests: RequestCount.'),
    errors: metricName
      .optional()
      .describe('A metric whose sum counts those of the requests that failed: HTTPCode_Target_5XX_Count.'),
    latency: metricName
      .optional()
      .describe('A metric of which each request is a sample, in seconds: TargetResponseTime.'),
  })
  .superRefine(({ requests, errors, latency }, context) => {
    const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    if (errors === undefined && requests !== undefined)
      refuse('errors', 'is missing: requests alone are no rate. Say which of them failed, or leave both out');
    else if (errors !== undefined && requests === undefined)
      refuse('requests', 'is missing: errors are compared as a share of requests. Say both, or leave both out');
    else if (errors === undefined && latency === undefined)
      context.addIssue({ code: 'custom', message: 'compares nothing: say errors and requests, latency, or all three' });
  })
  .describe('Of one load balancer or service: errors, latency, or both. Both are one source.');

const LONGEST_QUERY = 1_000;
const promQl = z
  .string()
  .min(1, 'is empty')
  .max(LONGEST_QUERY, `is longer than ${LONGEST_QUERY} characters: make it a recording rule`);

const query = z
  .strictObject({
    name: objectName.describe('How it is told.'),
    url: z
      .string()
      .refine((url) => !/[?#]/.test(url), 'has a query or a fragment: it is what comes before /api/v1')
      .optional()
      .describe(
        "Where the API is, by https: what comes before /api/v1/query_range. A public or allowed host; {cluster} stands for the cluster's name.",
      ),
    workspace: workspaceArn
      .optional()
      .describe(
        'In place of url: a workspace of Amazon Managed Service for Prometheus, by its ARN, asked with the spoke role of its account.',
      ),
    secret: secretArn
      .optional()
      .describe(
        'The secret liftlock/bearer/… whose value is sent to url as bearer token, by the ARN of Secrets Manager; absent = none is sent.',
      ),
    requests: promQl.describe(
      "How many requests there were in a minute, in PromQL; {cluster} stands for the cluster's name.",
    ),
    errors: promQl.optional().describe('How many of them failed.'),
    seconds: promQl.optional().describe('How many seconds they took, all together.'),
  })
  .refine(
    ({ errors, seconds }) => errors !== undefined || seconds !== undefined,
    'compares nothing: say errors, seconds, or both',
  )
  .refine(
    ({ url, workspace }) => (url === undefined) !== (workspace === undefined),
    'is asked of url or of workspace: say one',
  )
  .refine(({ secret, workspace }) => secret === undefined || workspace === undefined, {
    path: ['secret'],
    message: 'is for a url: requests to a workspace are signed with the spoke role',
  })
  .describe(
    'Errors of a service, how long its requests take, or both. All queries of one URL or workspace are one source.',
  );

export const ratesSchema = z
  .strictObject({
    apiServer: z
      .literal(true, 'must be true; leave it out where the API server is not to be compared')
      .optional()
      .describe(
        'Compares the share of requests that the API server fails (5xx), by the metrics that EKS gives CloudWatch; absent = it is not compared.',
      ),
    metrics: someOf(metric, MOST_METRICS, 'metrics', 'is empty: leave it out where no metric is to be compared')
      .optional()
      .describe('Metrics of your own that are compared; absent = none.'),
    queries: someOf(query, MOST_METRICS, 'queries', 'is empty: leave it out where no query is to be compared')
      .optional()
      .describe('Queries of a Prometheus API that are compared; absent = none.'),
    wait: positiveDuration
      .refine(
        (wait) => durationMilliseconds(wait) >= LEAST_WAIT_MINUTES * 60_000,
        `is shorter than ${LEAST_WAIT_MINUTES}m: no rise of a rate is proved before that`,
      )
      .refine((wait) => durationMilliseconds(wait) <= 2 * 3_600_000, 'is longer than 2h')
      .default('45m')
      .describe(
        'So long the smoke check waits at most until that is told, 35m to 2h; what is open then is told and not waited for.',
      ),
  })
  .refine(
    ({ apiServer, metrics, queries }) => (apiServer ?? metrics ?? queries) !== undefined,
    'compares nothing: say apiServer: true, metrics or queries; leave rates out where no rate is to be compared',
  )
  .superRefine(({ metrics = [], queries = [] }, context) => {
    const named = Object.entries({ metrics, queries }).flatMap(([list, all]) =>
      all.map(({ name }, index) => ({ name, path: [list, index, 'name'] })),
    );
    named.forEach(({ name, path }, index) => {
      if (named.findIndex((one) => one.name === name) < index)
        context.addIssue({ code: 'custom', path, message: 'is the name of a rate above' });
    });
  })
  .describe('Rates that are compared before and after a hop; absent = none, and nothing is waited for.');
