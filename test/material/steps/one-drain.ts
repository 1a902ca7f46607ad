import { MemoryTable } from '../../../adapters/memory/table.ts';
import type { UpgradePolicy } from '../../../core/config/types.ts';
import type { UndoEntry } from '../../../core/contracts/items/protocol.ts';
import type { DrainNode, DrainPod, EvictionAnswer, NodeOperator } from '../../../core/ports/node-operator.ts';
import { drainNodes } from '../../../core/steps/drain-nodes.ts';
import { UndoEntries, Upgrades } from '../../../core/store/entities.ts';
import { load, ofKind, put } from '../../../core/store/entity.ts';
import { policyWith } from '../policy/policies.ts';
import { grant, KEY, type Kept, NOON, policyConfig, upgrade } from '../protocol/one-upgrade.ts';
import { type GivenStep, oneStep, stepInput } from './one-step.ts';

export const ID = 'drain-nodes-legacy';
export const ofGroup = (group: string) => ({ 'eks.amazonaws.com/nodegroup': group });
export const node = (name: string, given: Partial<DrainNode> = {}): DrainNode => ({
  ...{ name, uid: `uid-${name}`, resourceVersion: '7', labels: ofGroup('legacy'), taints: [] },
  ...{ ready: true, unschedulable: false, terminating: false },
  ...given,
});
export const pod = (name: string, given: Partial<DrainPod> = {}): DrainPod => ({
  ...{ namespace: 'shop', name, uid: `uid-${name}`, labels: {}, phase: 'Running', graceSeconds: 30 },
  ...{ createdAt: '2026-11-01T00:00:00.000Z', controller: 'ReplicaSet/api', isMirror: false, emptyDirs: [] },
  ...given,
});
export const drain = {
  ...{ maxUnavailable: 1, pause: '0s', podTimeout: '30m', order: 'zones', barePods: 'wait', emptyDirs: 'evict' },
  rules: [],
} satisfies UpgradePolicy['spec']['drain'];
export const standard = policyWith({ name: 'p' });
const draining = policyConfig({ ...standard, spec: { ...standard.spec, drain } });

export interface Given extends GivenStep {
  readonly nodes?: readonly DrainNode[];
  /** By the name of the node; the empty name has those without one. */
  readonly pods?: Readonly<Record<string, readonly DrainPod[]>>;
  readonly answers?: Readonly<Record<string, EvictionAnswer>>;
  readonly refuses?: Error;
  /** Seconds that each eviction takes. */
  readonly secondsEach?: number;
  readonly group?: string | undefined;
  readonly poll?: number;
  /** For how many hours the execution has run. */
  readonly hours?: number;
  readonly left?: readonly UndoEntry[];
  readonly of?: Partial<ReturnType<typeof upgrade>>;
}

/** One invocation for the group `legacy`; an accepted eviction takes the pod away at once. */
export async function drained(given: Given = {}) {
  const { nodes: before = [node('a'), node('b'), node('new', { labels: ofGroup('new') })], group = 'legacy' } = given;
  const { pods = {}, answers = {}, poll = 0, hours = 0, left = [], of = {}, kept = {} } = given;
  const table = new MemoryTable();
  const own = upgrade({
    id: ID,
    machine: 'drain-nodes',
    to: '1.36',
    rolloutId: undefined,
    waveIndex: undefined,
    nodegroupKind: 'managed',
    ...of,
  });
  const held = grant({ upgradeId: own.id, machine: 'drain-nodes' });
  const all: Kept = { policy: draining, grant: held, upgrades: [own], member: undefined, ...kept };
  const ports = await oneStep(table, { ...given, kept: all });
  if (left.length > 0) await table.transact(left.map((one) => put(UndoEntries, one, 'absent')));
  const nodes = before.map((one) => ({ ...one }));
  const running = new Map(Object.entries(pods).map(([name, those]) => [name, [...those]]));
  let now = NOON;
  const sent: string[] = [];
  const listed: (readonly string[])[] = [];
  /** What is on record when each change is sent. */
  const recorded: string[] = [];
  const operator: NodeOperator = {
    listNodes: async () => {
      if (given.refuses !== undefined) throw given.refuses;
      return nodes.map((one) => ({ ...one }));
    },
    listPodsOf: async (names) => {
      listed.push(names);
      return new Map(names.map((name) => [name, running.get(name) ?? []]));
    },
    async cordon({ name }, { upgradeId, taint }) {
      const entry = (await load(table, UndoEntries, KEY, 'cordon', name))?.data;
      recorded.push(`${name} ${entry?.upgradeId} ${entry?.closed === undefined ? 'open' : 'closed'}`);
      sent.push(`cordon ${name}${taint === undefined ? '' : ` ${taint}`}`);
      for (const one of nodes.filter((each) => each.name === name))
        Object.assign(one, { unschedulable: true, cordonedBy: upgradeId });
      return 'done';
    },
    uncordon: async () => 'done',
    async evict({ name }) {
      sent.push(`evict ${name}`);
      now = new Date(now.getTime() + (given.secondsEach ?? 0) * 1000);
      const answer = answers[name] ?? { type: 'accepted' };
      if (answer.type === 'accepted')
        for (const [at, those] of running)
          running.set(
            at,
            those.filter((one) => one.name !== name),
          );
      return answer;
    },
    close: () => void sent.push('close'),
  };
  const input = stepInput(
    { targetVersion: '1.36', ...(group === '' ? {} : { nodegroup: group }) },
    { step: 'drain-nodes', poll },
  );
  const startTime = new Date(NOON.getTime() - hours * 3_600_000).toISOString();
  const result = await drainNodes(
    { ...ports, clock: { now: () => now }, nodes: { open: () => operator } },
    { ...input, execution: { ...input.execution, startTime } },
  );
  const { status, reasons, waitSeconds } = result;
  const undo = async () => ofKind(await table.queryPartition(`CLUSTER#${KEY}`), UndoEntries);
  const stored = (await load(table, Upgrades, KEY, own.id))?.data;
  const isMutated = stored?.mutated;
  const keptOf = async () => stored?.steps[`drain-nodes/${group}`];
  return {
    result,
    status,
    codes: reasons.map(({ code }) => code),
    said: reasons[0]?.message,
    waitSeconds,
    ...{ sent, listed, recorded, undo, kept: keptOf, told: ports.told, isMutated },
  };
}

export const budget = {
  type: 'budget',
  retryAfterSeconds: 10,
  message: 'The disruption budget strict needs 2 healthy pods.',
} as const;
export const begun = (name: string) => node(name, { unschedulable: true, cordonedBy: ID });
export const cordonOf = (name: string, upgradeId = ID): UndoEntry => ({
  ...{ clusterKey: KEY, effect: 'cordon', subject: name, uid: `uid-${name}`, upgradeId },
  recordedAt: NOON.toISOString(),
});
