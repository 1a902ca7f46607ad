import { LIFTLOCK } from '../contracts/principals.ts';
import type { Reason, StepResult } from '../contracts/step-result.ts';
import { newestIntent } from '../protocol/intent-store.ts';
import { changeAndTell } from '../store/change.ts';
import { Upgrades } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';
import type { StepContext, StepPorts } from './context.ts';

/** Keeps the state of a step in its upgrade, and tells about it when it changes. A poll that changes nothing writes nothing. */
export async function recordStep(
  ports: StepPorts,
  context: StepContext,
  step: string,
  result: StepResult,
  detail?: Readonly<Record<string, unknown>>,
): Promise<StepResult> {
  const { upgrade: known, clusterKey } = context;
  if (known === undefined) return result;
  // As the step has read it; when it has moved since, as by a commit of this very step, it is read anew.
  let seen = context.upgradeRead;
  const status = result.status === 'wait' ? 'running' : result.status;
  return changeAndTell(ports, async (at) => {
    const read = seen ?? (await load(ports.table, Upgrades, clusterKey, known.id));
    seen = undefined;
    if (read === undefined) return { result };
    const before = read.data.steps[step];
    const reasons = withPast(result, before?.reasons ?? []);
    const sameReasons = JSON.stringify(before?.reasons ?? []) === JSON.stringify(reasons);
    if (before?.status === status && sameReasons && detail === undefined) return { result };
    const now = at.toISOString();
    const resumed = before === undefined || before.endedAt !== undefined;
    const next = {
      status,
      reasons,
      startedAt: resumed ? now : before.startedAt,
      ...(status === 'running' ? {} : { endedAt: now }),
      ...(detail === undefined ? (before?.detail === undefined ? {} : { detail: before.detail }) : { detail }),
    };
    const completedAt =
      step === 'upgrade-control-plane' && status === 'done'
        ? await controlPlaneCompletedAt(ports, clusterKey, known.id)
        : undefined;
    const controlPlane = completedAt === undefined ? {} : { controlPlaneCompletedAt: completedAt };
    const writes = [
      replace(Upgrades, read, { ...read.data, ...controlPlane, steps: { ...read.data.steps, [step]: next } }),
    ];
    if (before?.status === status) return { result, writes };
    const told = { upgradeId: known.id, step, status, reasons: [...result.reasons] };
    const { account, region } = context.scope;
    const named = { clusterKey, cluster: context.input.cluster, account, region };
    return {
      result,
      writes,
      record: [{ subject: clusterKey, event: 'StepChanged', principal: LIFTLOCK, detail: told }],
      events: () => [{ type: 'StepChanged', detail: { version: 1, ...named, ...told } }],
    };
  });
}

/** A later attempt finds done what an earlier one did; that it ended outside its window stays true. */
function withPast(result: StepResult, before: readonly Reason[]): Reason[] {
  const past = result.status === 'done' ? before.filter(({ code }) => code === 'RanPastWindow') : [];
  const told = past.filter((one) => !result.reasons.some(({ code }) => code === one.code));
  return [...result.reasons, ...told];
}

/** When this upgrade's own update was seen to succeed; undefined when somebody else brought the control plane there. */
async function controlPlaneCompletedAt(
  ports: StepPorts,
  clusterKey: string,
  upgradeId: string,
): Promise<string | undefined> {
  const newest = await newestIntent(ports.table, clusterKey, 'upgrade-control-plane', 'cluster');
  if (newest?.data.upgradeId !== upgradeId || newest.data.outcome?.type !== 'accepted') return undefined;
  const { observed } = newest.data.outcome;
  return observed?.status === 'Successful' ? observed.at : undefined;
}
