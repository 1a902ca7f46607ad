import { z } from 'zod';
import { isCutOff, saysNothing, tellsDenial } from '../contracts/errors.ts';
import { reasonSchema } from '../contracts/items/common.ts';
import type { Grant, Upgrade } from '../contracts/items/protocol.ts';
import { kindOf } from '../contracts/reasons.ts';
import { parseMachineInput, type StepInput } from '../contracts/step-input.ts';
import { bounded, type Reason, reason, standingFirst } from '../contracts/step-result.ts';
import { recordInTime } from '../inventory/record-in-time.ts';
import { parseClusterArn } from '../model/cluster-key.ts';
import { isFinish } from '../model/hop.ts';
import { lagCode, lagReason } from '../model/lag.ts';
import { sentence } from '../model/words.ts';
import { loadPolicyForUpgrade } from '../policy/policy-for-upgrade.ts';
import type { Ports } from '../ports/ports.ts';
import type { Table } from '../ports/table.ts';
import { isWorse } from '../probes/is-worse.ts';
import { COMPARING_STEPS, comparisonOf } from '../probes/probe-verdict.ts';
import { type Asker, authority, claimsToBeNested } from '../protocol/authority.ts';
import { readFault } from '../protocol/read-fault.ts';
import { settleUpgrade } from '../protocol/settle.ts';
import type { UpgradeEnd } from '../protocol/settle-decision.ts';
import { Clusters, Upgrades } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { deniedRetryAt, grantOf } from './context.ts';

/** The end of an execution; its last Choice state reads the status. */
export interface Conclusion {
  readonly status: 'Succeeded' | 'Failed' | 'Blocked' | 'Parked' | 'Canceled';
  readonly reasons: readonly Reason[];
  /** All reasons in one text, for the `Cause` of a Fail state. */
  readonly message: string;
  readonly resumeAt?: string;
  readonly nested: boolean;
  /** The same for the parent execution, which takes it as the outcome of a step. */
  readonly outcome: UpgradeEnd;
}

/** A step's result, or the error name and cause that a `Catch` caught. */
const outcomeSchema = z.union([
  z.object({
    status: z.enum(['done', 'parked', 'blocked', 'failed', 'stopped', 'gone']),
    reasons: z.array(reasonSchema),
    resumeAt: z.string().optional(),
  }),
  z.object({ Error: z.string(), Cause: z.string().optional() }),
]);

const MESSAGE_CHARACTERS = 2_000;

/**
 * The last step of every machine: it ends or parks the upgrade of its grant in one transaction. A nested execution leaves that to its parent, and an
 * execution without a grant changes nothing.
 */
export async function concludeUpgrade(
  ports: Pick<Ports, 'table' | 'clock' | 'events' | 'eks'>,
  stepInput: StepInput,
): Promise<Conclusion> {
  const asker: Asker = { arn: stepInput.execution.arn, name: stepInput.execution.name };
  const nested = claimsToBeNested(asker);
  const read = readEnd(stepInput);
  let end: UpgradeEnd = { ...read, reasons: bounded(read.reasons) };
  if (!nested) {
    const input = parseMachineInput(stepInput.input);
    const held = await grantOf(ports.table, input.cluster, asker);
    if (held !== undefined && authority(held.data, asker) === 'holder') {
      // The look comes first, because the conclusion reports what is behind.
      const isUnseen = !(await recordInTime(ports, input.cluster));
      const { clusterKey, number, upgradeId, machine } = held.data;
      if (end.status === 'done' && machine === 'upgrade-cluster')
        end = await withLag(ports.table, clusterKey, upgradeId, end);
      end = await endOf(ports, held.data, end);
      const upgrade = await settleUpgrade(ports, clusterKey, number, { ...end, isUnseen }, upgradeId);
      if (upgrade?.status === 'Failed' && end.status === 'blocked') return conclusion('Failed', end, nested);
      if (upgrade?.status === 'Canceled') return conclusion('Canceled', end, nested);
    }
  }
  return conclusion(STATUS[end.status], end, nested);
}

/** An upgrade of the whole cluster that is done and leaves nodes or add-ons behind reports them, for whatever reason they stay. */
async function withLag(table: Table, clusterKey: string, upgradeId: string, end: UpgradeEnd): Promise<UpgradeEnd> {
  const cluster = await load(table, Clusters, clusterKey);
  if (cluster === undefined || lagCode(cluster.data, undefined) === undefined) return end;
  const upgrade = await load(table, Upgrades, clusterKey, upgradeId);
  const { spec } = await loadPolicyForUpgrade(table, async () => cluster.data, upgrade?.data);
  const behind = lagReason(cluster.data, spec);
  return behind === undefined ? end : { ...end, reasons: bounded([behind, ...end.reasons]) };
}

/**
 * What the end of an execution is for its upgrade: the reconciler asks it, too, of one that could not conclude. A fault that says nothing about the
 * cluster, on which EKS may be at work, parks the upgrade for another look, unless a step of the same grant has failed by itself: trying that again
 * is for a person to decide.
 */
export async function endOf(ports: Pick<Ports, 'table' | 'clock'>, grant: Grant, end: UpgradeEnd): Promise<UpgradeEnd> {
  // Other node groups tell what became of them.
  const standing = end.reasons.filter(({ code }) => kindOf(code) !== 'told');
  const isUnheard = end.status === 'stopped' && standing.length > 0 && standing.every(({ code }) => saysNothing(code));
  if (!isUnheard && end.status !== 'failed') return end;
  const upgrade = (await load(ports.table, Upgrades, grant.clusterKey, grant.upgradeId))?.data;
  if (!isUnheard) return withRollback(ports.table, upgrade, end);
  const failed = Object.values(upgrade?.steps ?? {}).filter(
    ({ status, endedAt = '' }) => status === 'failed' && endedAt >= grant.grantedAt,
  );
  if (failed.length > 0)
    return withRollback(ports.table, upgrade, {
      status: 'failed',
      reasons: bounded(failed.flatMap(({ reasons }) => reasons)),
    });
  return { status: 'parked', reasons: end.reasons.map(unheard), resumeAt: deniedRetryAt(ports).toISOString() };
}

function unheard(said: Reason): Reason {
  if (!saysNothing(said.code)) return said;
  const quote = `, which says nothing about the cluster: ${said.code}: ${sentence(said.message)}`;
  if (tellsDenial(said.code))
    return reason(
      'Denied',
      `A function of Liftlock was denied what is its own${quote} Compare: npx cdk drift LiftlockHub`,
    );
  const what = isCutOff(said.code) ? 'A function of Liftlock did not come to its end' : 'AWS failed to answer';
  return reason('AwsFailed', `${what}${quote}`);
}

/** A hop of a rollout that has left its cluster worse goes back by itself, if its policy says so; one of which that is unknown never does. */
async function withRollback(table: Table, upgrade: Upgrade | undefined, end: UpgradeEnd): Promise<UpgradeEnd> {
  const hasCompared = COMPARING_STEPS.some((step) => upgrade?.steps[step]?.status === 'failed');
  if (upgrade?.rolloutId === undefined || isFinish(upgrade) || !hasCompared) return end;
  const { worse, because } = isWorse(comparisonOf(upgrade)?.verdicts ?? []);
  if (!worse) return end;
  const { spec } = await loadPolicyForUpgrade(table, async () => unreachable(upgrade.clusterKey), upgrade);
  return spec?.rollback.automatic === true ? { ...end, worse: because } : end;
}

function unreachable(clusterKey: string): never {
  throw new Error(`unreachable: ${clusterKey} is a member, whose policy its rollout names`);
}

const STATUS = {
  done: 'Succeeded',
  failed: 'Failed',
  blocked: 'Blocked',
  parked: 'Parked',
  stopped: 'Failed',
  gone: 'Canceled',
} as const;

/** A fault that retries did not cure ends the upgrade with its error's name, and holds the cluster like any failure. */
function readEnd({ outcome, input }: Pick<StepInput, 'outcome' | 'input'>): UpgradeEnd {
  const { cluster: arn } = (input ?? {}) as { readonly cluster?: unknown };
  const cluster = parseClusterArn(String(arn))?.name ?? 'CLUSTER';
  const parsed = outcomeSchema.safeParse(outcome);
  if (!parsed.success)
    return {
      status: 'stopped',
      reasons: [reason('NoOutcome', 'The execution ended without an outcome that can be read.')],
    };
  if ('Error' in parsed.data) {
    const { Error: name, Cause: cause } = parsed.data;
    return { status: 'stopped', reasons: [readFault(name, cause ?? 'no cause given', cluster)] };
  }
  const { status, resumeAt } = parsed.data;
  // The branch of each node group catches its fault by itself.
  const said = parsed.data.reasons.map((one) =>
    status === 'stopped' ? readFault(one.code, one.message, cluster) : one,
  );
  // Reasons of node groups that are done would otherwise come before that of the group that is not.
  const reasons = standingFirst(said);
  const gone = reasons.some((one) => one.code === 'Gone');
  return { status: gone ? 'gone' : status, reasons, ...(resumeAt === undefined ? {} : { resumeAt }) };
}

function conclusion(status: Conclusion['status'], end: UpgradeEnd, nested: boolean): Conclusion {
  const message = end.reasons
    .map((one) => `${one.code}: ${one.message}`)
    .join(' ')
    .slice(0, MESSAGE_CHARACTERS);
  const resume = end.resumeAt === undefined ? {} : { resumeAt: end.resumeAt };
  return { status, reasons: end.reasons, message, nested, outcome: end, ...resume };
}
