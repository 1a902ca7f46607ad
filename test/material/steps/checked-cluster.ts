import { MemoryTable } from '../../../adapters/memory/table.ts';
import type { GateReading } from '../../../core/contracts/items/gate.ts';
import type { Upgrade } from '../../../core/contracts/items/protocol.ts';
import type { Node } from '../../../core/ports/cluster-access.ts';
import type { GateReader } from '../../../core/ports/outside.ts';
import type { Baseline } from '../../../core/probes/baseline.ts';
import { comparisonOf } from '../../../core/probes/probe-verdict.ts';
import { smokeCheck } from '../../../core/steps/smoke-check.ts';
import { Upgrades } from '../../../core/store/entities.ts';
import { load } from '../../../core/store/entity.ts';
import { policyWith } from '../policy/policies.ts';
import { KEY, policyConfig, upgrade } from '../protocol/one-upgrade.ts';
import { type GivenStep, oneStep, stepInput } from './one-step.ts';
import { nodeObject, type ProbedObjects, probedObjects } from './probed-objects.ts';

export const GROUP = 'eks.amazonaws.com/nodegroup';
export const node = (name: string, more: Partial<Node> = {}): Node => ({
  ...{ name, labels: {}, kubeletVersion: 'v1.37.1-eks-abc', ready: true, unschedulable: false },
  ...more,
});
export const scanned = (baseline: Partial<Baseline['probes']> | undefined, takenAt = '2026-11-20T11:00:00.000Z') => ({
  steps: {
    'scan-cluster': {
      ...{ status: 'done', reasons: [], startedAt: '2026-11-20T11:00:00.000Z' },
      detail: baseline === undefined ? {} : { baseline: { takenAt, probes: { ...WELL, ...baseline } } },
    },
  } as unknown as Upgrade['steps'],
});
export const NOTHING = { count: 0, unwell: {} };
export const WELL = { nodes: NOTHING, workloads: NOTHING, pods: NOTHING, services: NOTHING, jobs: NOTHING };

export interface Given extends Omit<GivenStep, 'eks'> {
  readonly version?: string;
  readonly cluster?: NonNullable<GivenStep['eks']>['cluster'];
  readonly ready?: { readonly ok: boolean; readonly failed: string[] } | Error;
  readonly server?: string;
  readonly nodes?: readonly Node[];
  readonly has?: ProbedObjects;
  /** `fault`: nobody could ask. */
  readonly alarms?: Readonly<Record<string, GateReading['status'] | 'fault'>>;
  readonly smoke?: object;
  readonly spec?: object;
  readonly of?: Partial<Upgrade>;
  readonly urls?: Readonly<Record<string, number>>;
}

/** What the smoke check says of one upgrade of a cluster that is as given. */
export async function checked(given: Given = {}, table = new MemoryTable()) {
  const { version = '1.37', ready = { ok: true, failed: [] }, server = 'v1.37.1', nodes = [], has = {} } = given;
  const { alarms = {}, smoke = {}, spec = {}, of = {}, urls = {}, kept = {}, minutes = 0 } = given;
  const base = policyWith({ name: 'p' });
  const policy = policyConfig({
    ...base,
    spec: { ...base.spec, smoke: { deployments: [], urls: [], ...smoke }, ...spec },
  });
  const ports = await oneStep(table, {
    eks: { cluster: given.cluster ?? { version } },
    kept: { policy, upgrades: [upgrade(of)], ...kept },
    minutes,
    objects: probedObjects({
      nodes: nodes.map(({ name, ready: isReady }) => nodeObject(name, { Ready: isReady })),
      ...has,
    }),
  });
  const clusters = {
    ready: async () => {
      if (ready instanceof Error) throw ready;
      return ready;
    },
    serverVersion: async () => server,
    listNodes: async () => [...nodes],
    listWorkloads: async () => [],
  };
  const probe = {
    get: async (url: string) => {
      const status = urls[url];
      if (status === undefined) throw new Error('no route');
      return { status };
    },
  };
  const prometheus = { readMinutes: async () => [] };
  const gates: GateReader = {
    read: async (gate) => {
      const name = 'alarm' in gate ? gate.alarm : '';
      const { [name]: status = 'unknown' } = alarms;
      if (status === 'fault') return { gate: name, status: 'unknown', message: 'It failed.', mayPass: true };
      return { gate: name, status, message: `It is ${alarms[name]}.` };
    },
  };
  const { status, reasons, waitSeconds } = await smokeCheck(
    { ...ports, clusters, gates, probe, prometheus },
    stepInput(),
  );
  const upgradeNow = (await load(table, Upgrades, KEY, '1.36-1.37'))?.data;
  const looked = reasons.find(({ code }) => code === 'Looked')?.message;
  const others = reasons.filter(({ code }) => code !== 'Looked');
  const told = others.map(({ code, message }) => `${code}: ${message}`);
  return { status, waitSeconds, looked, told, compared: comparisonOf(upgradeNow), upgrade: upgradeNow };
}

/** Looks at these minutes, each with what the ones before it have kept. */
export async function looks(given: Given, ...minutes: readonly number[]) {
  let of = given.of ?? scanned({});
  let last = await checked({ ...given, of, minutes: minutes[0] ?? 0 });
  for (const minute of minutes.slice(1)) {
    of = { steps: last.upgrade?.steps ?? {} };
    last = await checked({ ...given, of, minutes: minute });
  }
  return last;
}
