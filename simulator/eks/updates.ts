import type { Update } from '@aws-sdk/client-eks';
import { copyJson } from './copy-json.ts';
import { randomUuid } from './identifiers.ts';
import { draw, type World } from './operation-context.ts';
import { schedule } from './progress/schedule.ts';
import type { ClusterEventKind } from './progress/timer.ts';
import type { ClusterRecord, NodegroupRecord, UpdateRecord } from './state/fake-eks-state.ts';

/** Accepts an update: in progress from now, visible in the status of its subject some seconds later. */
export function acceptUpdate(
  world: World,
  cluster: ClusterRecord,
  update: Pick<UpdateRecord, 'type' | 'params' | 'principal'> & Partial<UpdateRecord>,
): UpdateRecord {
  const record: UpdateRecord = {
    id: randomUuid(world.random),
    status: 'InProgress',
    createdAt: world.now,
    errors: [],
    ...update,
  };
  const failures = world.state.plannedFailures;
  const planned = failures.findIndex(
    (each) =>
      each.clusterName === cluster.name &&
      each.type === record.type &&
      each.nodegroupName === record.nodegroupName &&
      each.addonName === record.addonName,
  );
  const failure = planned < 0 ? undefined : failures.splice(planned, 1)[0];
  if (failure !== undefined) {
    record.plannedFailure = { errorCode: failure.errorCode, errorMessage: failure.errorMessage };
  }
  cluster.updates.push(record);
  return record;
}

/** Schedules the next event of an update, `milliseconds` from now. */
export function later(
  world: World,
  cluster: ClusterRecord,
  milliseconds: number,
  kind: ClusterEventKind,
  updateId?: string,
): void {
  const reference = { arn: cluster.arn, createdAt: cluster.createdAt };
  schedule(world.state, world.now + milliseconds, {
    kind,
    ...reference,
    ...(updateId === undefined ? {} : { updateId }),
  });
}

/** Schedules the next step of a node group; another group with its name has another ARN. */
export function laterForNodegroup(
  world: World,
  cluster: ClusterRecord,
  { arn: nodegroupArn }: NodegroupRecord,
  milliseconds: number,
): void {
  const { arn, createdAt } = cluster;
  schedule(world.state, world.now + milliseconds, { kind: 'nodegroup-step', arn, createdAt, nodegroupArn });
}

/** The status of the update's subject says UPDATING only after this event (facts: eks.md §2.3). */
export function becomeVisibleSoon(world: World, cluster: ClusterRecord, update: UpdateRecord): void {
  later(world, cluster, draw(world.random, world.timing.visibility), 'update-visible', update.id);
}

export function endUpdate(world: World, update: UpdateRecord, status: 'Successful' | 'Failed' | 'Cancelled'): void {
  update.status = status;
  update.endedAt = world.now;
}

/** The running update of that subject; the subject is the control plane when neither name is given. */
export function updateInProgress(
  cluster: ClusterRecord,
  subject: { nodegroupName?: string; addonName?: string } = {},
): UpdateRecord | undefined {
  return cluster.updates.findLast((update) => update.status === 'InProgress' && isAbout(update, subject));
}

export function isAbout(
  update: UpdateRecord,
  subject: { nodegroupName?: string | undefined; addonName?: string | undefined },
): boolean {
  return update.nodegroupName === subject.nodegroupName && update.addonName === subject.addonName;
}

/** The API's shape of an update. */
export function renderUpdate(update: UpdateRecord): Update {
  const rendered: Update = {
    id: update.id,
    status: update.status,
    type: update.type,
    params: copyJson(update.params),
    createdAt: new Date(update.createdAt),
    errors: copyJson(update.errors),
  };
  if (update.cancellation !== undefined) rendered.cancellation = { ...update.cancellation };
  return rendered;
}
