import { accessReport, missingPermissions as allMissing } from '../../simulator/cloud/access-report.ts';
import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import type { Message } from '../../simulator/cloud/queues/queue.ts';

import { isLostAnswer } from './lost-answer.ts';
import { PROBE } from './refused.ts';

/** What the local cloud itself has to complain of: permissions, functions that threw, letters that nobody took, notes. */
export async function cloudProblems(cloud: LocalCloud, notes: readonly string[]): Promise<string[]> {
  const { ineffective, problems } = await accessReport(cloud);
  const undelivered = cloud.queues
    .all()
    .filter(({ options, messages }) => messages.length > 0 && options.redrive === undefined)
    .map(({ options, messages }) => `${messages.length} messages lie in ${cloud.wiring.nameOf(options.arn)}`);
  const neglected = cloud.queues
    .all()
    .filter(({ messages }) => messages.some((message) => isNeglected(message, cloud.clock.now())))
    .map(({ options }) => `nobody takes the messages of ${cloud.wiring.nameOf(options.arn)}`);
  return [
    ...missingPermissions(cloud),
    ...ineffective.map((grant) => `can never match: ${grant}`),
    ...problems.map((problem) => `not understood by IAM: ${problem}`),
    ...functionFaults(cloud),
    ...undelivered,
    ...neglected,
    ...leftInStreams(cloud),
    ...notes,
  ];
}

/** What was denied and should not have been: not what the run itself tries in order to see it denied. */
export const missingPermissions = (cloud: LocalCloud): string[] =>
  allMissing(cloud).filter((text) => !text.includes(PROBE));

/** A queue that is read is read at once. */
const isNeglected = ({ receives, visibleAt }: Message, now: Date): boolean =>
  receives === 0 && now.getTime() - visibleAt > 60_000;

/** What is written is handed over within a minute, and again until it is taken. */
function leftInStreams({ streams, clock, wiring }: LocalCloud): string[] {
  const settled = clock.now().getTime() / 1000 - 600;
  return streams
    .all()
    .filter(({ records: [oldest] }) => (oldest?.dynamodb.ApproximateCreationDateTime ?? settled) < settled)
    .map(({ options }) => `nobody takes the records of ${wiring.nameOf(options.arn.replace(/\/stream\/.*$/, ''))}`);
}

/** Functions that threw, each in its way once. */
export const functionFaults = ({ faults }: LocalCloud): string[] => [
  ...new Set(
    faults
      .filter((fault) => !isPassing(fault.error) && !isLostAnswer(fault))
      .map(({ function: name, error }) => `${name} failed with ${error.name}: ${error.message}`),
  ),
];

/** Throttles and lost races are a day's work; each is tried again. */
const isPassing = ({ name }: Error): boolean => /Throttling|TooManyRequests|TransactionConflict/.test(name);
