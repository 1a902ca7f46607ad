import type { FleetSpec, UpgradePolicySpec, Wave } from '../config/types.ts';
import type { LiftlockEvent } from '../contracts/events.ts';
import type { HookAnswer, HookRequest, WaveRequest } from '../contracts/hook.ts';
import type { PlannedChange } from '../contracts/items/cluster.ts';
import type { GateReading } from '../contracts/items/gate.ts';

/** The only source of time. Steps and decisions read `now` from it once, at their start. */
export interface Clock {
  now(): Date;
}

/** Publishes events. A lost event loses nothing: somebody only looks later. */
export interface EventBus {
  publish(events: readonly LiftlockEvent[]): Promise<void>;
}

/** The queue between discover-clusters and record-clusters, with one item for each cluster. */
export interface ClusterQueue {
  send(items: readonly ClusterItem[]): Promise<void>;
}

export interface ClusterItem {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** `deep` also reads node groups, add-ons and insights (install.md, First steps). */
  readonly depth: 'shallow' | 'deep';
  /** A change that AWS Health has announced. `over`: it has ended everywhere. `resolved`: ARNs that no longer await it. `toldAt`: how old that is. */
  readonly planned?: PlannedChange & {
    readonly over: boolean;
    readonly resolved: readonly string[];
    readonly toldAt?: string;
  };
}

/** The accounts of the organization that the Fleet names. */
export interface Organization {
  /** Its active accounts. Fails with `OtherOrganization` where the hub's account belongs to another one. */
  listAccounts(organizationId: string): Promise<string[]>;
}

/** Sends a `GET` to a URL that a policy names, without following redirects. Fails when nothing answers in time. */
export interface UrlProbe {
  get(url: string): Promise<{ status: number }>;
}

/** Makes names that differ between calls, for ids of rollouts. */
export interface Ids {
  next(): string;
}

/** `{ alarm }` or `{ webhook, secret? }`, as a policy names it. */
export type Gate = Wave['gates'][number];

/** Reads a gate. It never fails: a gate that cannot be read, or does not answer within ten seconds, is `unknown`. */
export interface GateReader {
  read(gate: Gate, allowedHosts: readonly string[]): Promise<GateReading>;
}

/** `{ topic }` or `{ webhook, secret? }`, as the Fleet names it. */
export type OwnerAddress = NonNullable<FleetSpec['owners']>[string];

/** Sends news to owners. It never fails: undefined = it was taken, otherwise why it was not. */
export interface OwnerAddresses {
  send(
    address: OwnerAddress,
    allowedHosts: readonly string[],
    news: Extract<LiftlockEvent, { readonly type: 'OwnerNews' }>,
  ): Promise<string | undefined>;
}

/** `{ webhook, secret }`, `{ lambda }`, `{ stateMachine }` or `{ job }`, as a policy names it. */
export type HookReceiver = NonNullable<UpgradePolicySpec['hooks']>[number]['ask'];
/** Jobs are asked in the cluster itself (core/ports/hook-jobs.ts). */
export type RemoteReceiver = Exclude<HookReceiver, { readonly job: object }>;

/** Asks a receiver once, before or after a step. It never fails: no answer within ten seconds, or none that counts, is `none`, with the reason. */
export interface Hooks {
  ask(
    receiver: RemoteReceiver,
    allowedHosts: readonly string[],
    request: HookRequest | WaveRequest,
  ): Promise<HookAnswer>;
}
