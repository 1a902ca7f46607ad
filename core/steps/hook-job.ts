import type { FleetSpec } from '../config/types.ts';
import { errorMessage, errorName } from '../contracts/errors.ts';
import { type HookAnswer, type HookRequest, hookJobName, isListed } from '../contracts/hook.ts';
import type { JobEntry } from '../contracts/items/protocol.ts';
import { done, reason, type StepResult } from '../contracts/step-result.ts';
import { canonicalJson } from '../hash/canonical-json.ts';
import { given } from '../model/given.ts';
import { oneLine } from '../policy/gate-answer.ts';
import { noAnswer, readHookJob } from '../policy/hook-answer.ts';
import type { Hook } from '../policy/hook-decision.ts';
import type { OpenHookJobs } from '../ports/hook-jobs.ts';
import type { HookReceiver } from '../ports/outside.ts';
import type { Ports } from '../ports/ports.ts';
import { mutateWithoutUpdate } from '../protocol/mutate.ts';
import { closeUndoEntries, isOpen, loadUndoEntry } from '../protocol/undo.ts';
import { UndoEntries } from '../store/entities.ts';
import { type Read, replace } from '../store/entity.ts';
import { accessReason, findApiServer, isAccessError } from './api-server.ts';
import { type StepContext, wantedFor } from './context.ts';
import { notSent } from './not-sent.ts';
import { withApiServer } from './with-api-server.ts';

export type JobPorts = Pick<Ports, 'table' | 'eks' | 'clock' | 'events' | 'jobs'>;
export type JobReceiver = Extract<HookReceiver, { readonly job: object }>;

/** The step under which the calls of a hook are committed; the hook's name is their subject. */
const STEP = 'ask-hook';

/**
 * Asks by a Job in the cluster: the first question creates it, and each later one reads it. Its name comes from the question, so that a crash creates
 * no second one, and its undo entry is written with the commit. A step result means that the commit was refused or has to wait.
 */
export async function askJob(
  ports: JobPorts,
  context: StepContext,
  { name: hook }: Hook,
  { job: { image, command, args } }: JobReceiver,
  allowed: NonNullable<FleetSpec['hooks']>['jobs'] | undefined,
  request: HookRequest,
): Promise<HookAnswer | StepResult> {
  if (allowed === undefined)
    return noAnswer(
      'The Fleet lets hooks run no Jobs: give it spec.hooks.jobs, with namespace, serviceAccount and images',
    );
  if (!isListed(image, allowed.images))
    return noAnswer(
      `The Fleet does not list the image ${image}: add it to spec.hooks.jobs.images, or name another one`,
    );
  const server = findApiServer(context);
  if (server === undefined) return noAnswer(`EKS gives no endpoint of ${context.name} yet.`);
  const { serviceAccount } = allowed;
  const { clusterKey, upgrade } = context;
  const name = hookJobName(request);
  // A Job runs in the namespace in which it was created, even if the Fleet names another one now.
  const before = await loadUndoEntry(ports.table, clusterKey, 'job', name);
  const { namespace } = isOpen(before) ? before.data : allowed;
  const named = { namespace, name };
  const jobs = ports.jobs.open(server);
  try {
    const found = await jobs.read(named);
    if (found?.key === request.key) return readHookJob(found);
    if (found !== undefined) return noAnswer(`The Job ${named.name} of the namespace ${namespace} is somebody else's.`);
    const now = ports.clock.now();
    const job = {
      ...{ ...named, serviceAccount, image, ...given({ command, args }), key: request.key },
      question: canonicalJson(request),
      deadlineSeconds: Math.max(1, Math.ceil((Date.parse(request.answerBy) - now.getTime()) / 1000)),
    };
    const entry: JobEntry = {
      ...{ clusterKey, effect: 'job', subject: job.name, uid: job.key, upgradeId: upgrade?.id ?? '', namespace },
      recordedAt: now.toISOString(),
    };
    const call = { name: 'CreateHookJob', input: job } as const;
    const mutation = {
      ...wantedFor(context),
      step: STEP,
      subject: hook,
      call,
      beside: [replace(UndoEntries, before, entry)],
    };
    const result = await mutateWithoutUpdate(
      ports,
      mutation,
      () => jobs.create(job),
      (refusal) => refusal && { type: 'refused', error: errorName(refusal), message: errorMessage(refusal) },
    );
    if (result.type !== 'answered') return notSent(ports, context, result);
    if (result.answer === undefined) return readHookJob({ ...named, uid: '', status: 'running', message: '' });
    const written = await loadUndoEntry(ports.table, clusterKey, 'job', job.name);
    if (written !== undefined) await closeUndoEntries(ports, [written], 'gone');
    throw result.answer;
  } catch (error) {
    if (!isAccessError(error)) throw error;
    const { message } = accessReason(error, context, 'hooks');
    return { ...noAnswer(oneLine(message)), error: errorName(error) };
  } finally {
    jobs.close();
  }
}

/** Deletes the Job of a question that is answered. If that fails, the undo of what the upgrade has left deletes it. */
export async function endJob(ports: JobPorts, context: StepContext, { name }: Hook, asked: HookRequest): Promise<void> {
  const entry = await loadUndoEntry(ports.table, context.clusterKey, 'job', hookJobName(asked));
  if (!isOpen(entry)) return;
  await takeJobsBack(ports, context, [entry], { step: STEP, subject: name });
}

/** Deletes Jobs with Liftlock's mark, and their pods. Done where each of them is gone, or is somebody else's. */
export function takeJobsBack(
  ports: JobPorts,
  context: StepContext,
  entries: readonly Read<JobEntry>[],
  { step, subject }: { readonly step: string; readonly subject: string },
): Promise<StepResult> {
  const takeBack = async (jobs: OpenHookJobs): Promise<StepResult> => {
    for (const entry of entries) {
      const found = await jobs.read({ namespace: entry.data.namespace, name: entry.data.subject });
      if (found?.key === entry.data.uid) {
        const call = {
          name: 'DeleteHookJob',
          input: { namespace: found.namespace, name: found.name, uid: found.uid },
        } as const;
        const mutation = { ...wantedFor(context), step, subject, call };
        const result = await mutateWithoutUpdate(ports, mutation, () => jobs.delete(call.input));
        if (result.type !== 'answered') return notSent(ports, context, result);
      }
      const how = found === undefined ? 'gone' : found.key === entry.data.uid ? 'undone' : 'notOurs';
      await closeUndoEntries(ports, [entry], how);
    }
    return done(reason('TakenBack', 'Jobs by which hooks were asked are deleted.'));
  };
  return withApiServer(ports, context, { tier: 'hooks', open: (server) => ports.jobs.open(server) }, takeBack);
}
