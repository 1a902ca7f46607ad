import { hasNoUpdate } from '../contracts/mutating-calls.ts';
import { type Reason, reason, type StepResult, wait } from '../contracts/step-result.ts';
import type { Update, UpdateSubject } from '../ports/eks.ts';
import { intentsOf } from '../protocol/intent-store.ts';
import { callOf, isOfCall, LOOK_AGAIN_SECONDS, OUTCOME_UNKNOWN } from '../protocol/look-up.ts';
import { CONTROL_PLANE, subjectOf } from '../protocol/update-subject.ts';
import { writeUnrecorded } from '../store/change.ts';
import { SettledUpdates } from '../store/entities.ts';
import { batched, load, put } from '../store/entity.ts';
import { foreignStop, type StepContext, type StepPorts } from './context.ts';

export interface UpdatesInFlight {
  /** Every id that EKS lists now; the intent stores them as known before its call. */
  readonly ids: readonly string[];
  /** In progress and from none of Liftlock's intents: a person's, Terraform's or AWS's (protocol.md, What somebody else started). */
  readonly foreign: readonly Update[];
  /** Whether one in progress may come from a call of Liftlock with an unknown outcome. The step that sent the call looks it up. */
  readonly isDoubtful: boolean;
  /** The number of ids that nobody has asked about yet; the next look asks. */
  readonly unread: number;
}

/**
 * EKS lists only ids, in no order, and does not document how long it keeps them: a group that is scaled twice a day has hundreds. At two calls a
 * second one invocation asks about this many, and the next one continues.
 */
export const ASKED_AT_MOST = 40;
/** Results are stored after this many, so that an invocation which is ended early still helps the next one. */
const KEPT_AT_ONCE = 10;
/** After this time the account's rate allows as many calls again without waiting. */
export const GO_ON_SECONDS = 5;

const subjectName = (subject: UpdateSubject): string =>
  subject.nodegroupName === undefined
    ? subject.addonName === undefined
      ? CONTROL_PLANE
      : `addon/${subject.addonName}`
    : `nodegroup/${subject.nodegroupName}`;

/** Reads which updates of the control plane and of these add-ons have ended. None begins again, so old knowledge stays true. */
export async function withSettled(
  { table }: Pick<StepPorts, 'table'>,
  context: StepContext,
  addonNames: readonly string[],
): Promise<StepContext> {
  const reader = batched(table);
  const { name } = context;
  const subjects: readonly UpdateSubject[] = [{ name }, ...addonNames.map((addonName) => ({ name, addonName }))];
  const read = await Promise.all(
    subjects.map(async (one) => {
      const subject = subjectName(one);
      return [subject, (await load(reader, SettledUpdates, context.clusterKey, subject))?.data.ids ?? []] as const;
    }),
  );
  return { ...context, settled: new Map([...context.settled, ...read]) };
}

/** Lists a subject's updates and finds those in progress that are not Liftlock's. Asks only about ids that were not seen terminal. */
export async function findUpdatesInFlight(
  ports: StepPorts,
  context: StepContext,
  subject: UpdateSubject,
): Promise<UpdatesInFlight> {
  const { clusterKey, scope } = context;
  const ids = await ports.eks.listUpdates(scope, subject);
  const cached = context.settled.has(subjectName(subject))
    ? context.settled.get(subjectName(subject))
    : (await load(ports.table, SettledUpdates, clusterKey, subjectName(subject)))?.data.ids;
  const settled = new Set(cached ?? []);
  const unknown = ids.filter((id) => !settled.has(id));
  if (unknown.length === 0) return { ids, foreign: [], isDoubtful: false, unread: 0 };
  const intents = (await intentsOf(ports.table, clusterKey)).map(({ data }) => data);
  // When their step asked, DescribeUpdate showed that these have ended.
  const ended = new Set(
    intents.flatMap(({ outcome }) =>
      outcome?.type === 'accepted' && outcome.observed !== undefined && outcome.observed.status !== 'InProgress'
        ? [outcome.updateId]
        : [],
    ),
  );
  const ours = new Set(intents.flatMap(({ outcome }) => (outcome?.type === 'accepted' ? [outcome.updateId] : [])));
  const open = intents.filter(
    (one) =>
      one.outcome === undefined &&
      !hasNoUpdate(one.call.name) &&
      subjectName(subjectOf(callOf(one))) === subjectName(subject),
  );
  const foreign: Update[] = [];
  let isDoubtful = false;
  const listed = new Set(ids);
  let learned = 0;
  const keep = async (): Promise<void> => {
    if (learned === 0) return;
    learned = 0;
    const known = { clusterKey, subject: subjectName(subject), ids: [...settled].filter((id) => listed.has(id)) };
    await writeUnrecorded(ports.table, [put(SettledUpdates, known, 'any')]);
  };
  let unread = 0;
  for (const updateId of unknown) {
    if (!ended.has(updateId) && context.asked.updates >= ASKED_AT_MOST) {
      unread += 1;
      continue;
    }
    let update: Update | undefined;
    if (!ended.has(updateId)) {
      context.asked.updates += 1;
      update = await ports.eks.describeUpdate(scope, { ...subject, updateId });
    }
    if (update?.status !== 'InProgress') {
      settled.add(updateId);
      learned += 1;
      if (learned >= KEPT_AT_ONCE) await keep();
    } else if (open.some((intent) => isOfCall(intent, update))) isDoubtful = true;
    else if (!ours.has(updateId)) foreign.push(update);
  }
  await keep();
  return { ids, foreign, isDoubtful, unread };
}

/** The end of a step that would start something beside an update that runs there; undefined where none runs. */
export function stopBeside(
  ports: StepPorts,
  context: StepContext,
  subject: string,
  { foreign, isDoubtful, unread }: UpdatesInFlight,
): StepResult | undefined {
  if (foreign.length > 0) {
    const oldest = new Date(Math.min(...foreign.map(({ createdAt }) => createdAt.getTime())));
    return foreignStop(ports, context, foreignReason(subject, foreign), oldest);
  }
  if (unread > 0) {
    const said = `EKS lists many updates of ${subject}, and of some nobody knows yet whether they have ended: they are asked about, ${ASKED_AT_MOST} at each look.`;
    return wait(GO_ON_SECONDS, reason('ReadingUpdates', said));
  }
  return isDoubtful ? wait(LOOK_AGAIN_SECONDS, OUTCOME_UNKNOWN) : undefined;
}

export function foreignReason(subject: string, foreign: readonly Update[]): Reason {
  const [first] = foreign;
  return reason(
    'ForeignUpdate',
    `Somebody else's ${first?.type ?? 'update'} (${first?.id ?? 'unknown id'}) runs on ${subject}; nothing is started while it does.`,
  );
}
