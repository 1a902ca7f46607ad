import type { Intent, UndoEntry } from '../contracts/items/protocol.ts';
import type { StepInput } from '../contracts/step-input.ts';
import { blocked, done, type Reason, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import type { DrainNode, NodeOperator, NodeVersion } from '../ports/node-operator.ts';
import { loadNewestIntent } from '../protocol/intent-store.ts';
import { mutateWithoutUpdate } from '../protocol/mutate.ts';
import { closeUndoEntries, hasEffect, openUndoEntries } from '../protocol/undo.ts';
import type { Read } from '../store/entity.ts';
import type { UnaskedPorts } from './act.ts';
import type { StepContext } from './context.ts';
import { type NodeStepPorts, operators, unlessDone } from './drain-nodes.ts';
import { type JobPorts, takeJobsBack } from './hook-job.ts';
import { notSent } from './not-sent.ts';
import { runStep } from './run-step.ts';
import { liftSilence, type SilencePorts } from './silence-alarms.ts';
import { putUpdateConfigBack } from './update-config.ts';
import { BUSY_MILLISECONDS, withApiServer } from './with-api-server.ts';

const STEP = 'restore-nodes';

/**
 * Undoes what an upgrade has left open: cordons of nodes that still have its mark, update settings of node groups that are still as it set them, its
 * Jobs, and its silences of alarms. A stop, a window or a hold does not prevent it. Somebody else's cordon, and values that were changed since, stay.
 */
export async function restoreNodes(
  ports: NodeStepPorts & UnaskedPorts & JobPorts & SilencePorts,
  stepInput: StepInput,
): Promise<StepResult> {
  return runStep(ports, stepInput, 'grant', STEP, (context) => takeBack(ports, context));
}

async function takeBack(
  ports: NodeStepPorts & UnaskedPorts & JobPorts & SilencePorts,
  context: StepContext,
): Promise<StepResult> {
  const upgradeId = context.upgrade?.id.replace(/^undo-/, '');
  const entries = await openUndoEntries(ports.table, context.clusterKey, upgradeId);
  // A silence ends by itself, so a failure to lift it does not delay the rest.
  const rang: Reason[] = [];
  let unlifted: StepResult | undefined;
  for (const entry of entries.filter(hasEffect('silence'))) {
    const result = await liftSilence(ports, context, entry);
    if (result.status === 'done') rang.push(...result.reasons);
    else unlifted = result;
  }
  // Everything else is gone with its cluster.
  if (context.gone !== undefined) return unlifted ?? blocked(context.gone, ...rang);
  const jobs = entries.filter(hasEffect('job'));
  const cordons = entries.filter(hasEffect('cordon'));
  // An upgrade without Jobs or cordons may have no access to the cluster's API server.
  const acts = [
    ...entries.filter(hasEffect('updateConfig')).map((entry) => () => putUpdateConfigBack(ports, context, entry)),
    ...(jobs.length === 0 ? [] : [() => takeJobsBack(ports, context, jobs, { step: STEP, subject: 'jobs' })]),
    ...(cordons.length === 0 ? [] : [() => takeCordonsBack(ports, context, cordons)]),
  ];
  let result = done(reason('TakenBack', `What ${upgradeId} had left is taken back.`));
  for (const act of acts) {
    const next = await act();
    // What is in the way of one act may stay for hours, so the rest does not wait for it. What is under way ends soon.
    if (result.status === 'done' || next.status === 'wait') result = next;
    if (next.status === 'wait') break;
  }
  const told = { ...result, reasons: [...result.reasons, ...rang] };
  return result.status === 'done' ? (unlifted ?? told) : told;
}

const takeCordonsBack = (ports: NodeStepPorts, context: StepContext, cordons: Parameters<typeof uncordon>[3]) =>
  withApiServer(ports, context, operators(ports), (operator) => uncordon(ports, context, operator, cordons));

/** Whether an earlier look has sent it, and was not answered that it did nothing: then it is not somebody else who has taken our mark off. */
const mayHaveUncordoned = (sent: Read<Intent> | undefined, { uid, recordedAt }: UndoEntry): boolean =>
  sent?.data.call.name === 'UncordonNode' &&
  (sent.data.call.input.node as NodeVersion).uid === uid &&
  sent.data.committedAt > recordedAt &&
  !['refused', 'never-sent'].includes(sent.data.outcome?.type ?? '');

async function uncordon(
  ports: NodeStepPorts,
  context: StepContext,
  operator: NodeOperator,
  entries: readonly Read<Extract<UndoEntry, { effect: 'cordon' }>>[],
): Promise<StepResult> {
  const { clock } = ports;
  const until = clock.now().getTime() + BUSY_MILLISECONDS;
  const { asker, clusterKey, scope, target, upgrade } = context;
  const before = await loadNewestIntent(ports.table, clusterKey, STEP, 'nodes');
  const nodes = new Map((await operator.listNodes()).map((node) => [node.name, node]));
  const gone = entries.filter(({ data }) => !nodes.has(data.subject));
  await closeUndoEntries(ports, gone, 'gone');
  let left = entries.length - gone.length;
  for (const entry of entries) {
    const { subject, uid, upgradeId, taint } = entry.data;
    const node: DrainNode | undefined = nodes.get(subject);
    if (node === undefined) continue;
    const version = { name: subject, uid, resourceVersion: node.resourceVersion };
    const call = { name: 'UncordonNode' as const, input: { node: version, ...given({ taint }) } };
    const wanted = { asker, clusterKey, scope, target, upgrade, step: STEP, subject: 'nodes', call };
    const result = await mutateWithoutUpdate(
      ports,
      wanted,
      () => operator.uncordon(version, { upgradeId, taint }),
      (answer) => unlessDone(subject, 'uncordoned', answer),
    );
    if (result.type !== 'answered') return notSent(ports, context, result);
    const { answer } = result;
    // A node that somebody has changed meanwhile is read anew.
    if (answer !== 'changed') {
      const isDone = answer === 'done' || (answer === 'notOurs' && mayHaveUncordoned(before, entry.data));
      // The next commit takes the place of this one. A later look would find the node without our mark, and take it for somebody else's.
      await closeUndoEntries(ports, [entry], isDone ? 'undone' : answer);
      left -= 1;
    }
    if (clock.now().getTime() >= until) break;
  }
  const said = `Cordons of ${entries[0]?.data.upgradeId} are taken back: ${entries.length - left} done, ${left} left.`;
  return left > 0 ? wait(1, reason('TakingBack', said)) : done(reason('TakenBack', said));
}
