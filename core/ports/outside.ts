import type { FleetSpec, UpgradePolicySpec, Wave } from '../config/types.ts';
import type { LiftlockEvent } from '../contracts/events.ts';
import type { HookAnswer, HookRequest, WaveRequest } from '../contracts/hook.ts';
import type { PlannedChange } from '../contracts/items/cluster.ts';
import type { GateReading } from '../contracts/items/gate.ts';

/** The only source of time. Steps and decisions get their `now` from it once, at their start. */
export interface Clock {
  now(): Date;
}

/** Publishes events; a lost event loses nothing, it only makes somebody look later. */
export interface EventBus {
  publish(events: readonly LiftlockEvent[]): Promise<void>;
}

/** The queue between discover-clusters and record-clusters: one item for each cluster. */
export interface ClusterQueue {
  send(items: readonly ClusterItem[]): Promise<void>;
}

export interface ClusterItem {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** `deep` reads node groups, add-ons and insights too (semantics.md, Freshness). */
  readonly depth: 'shallow' | 'deep';
  /** What AWS Health has said of it; `over`: it is done with everywhere; `resolved`: ARNs of what awaits it no more. */
  readonly planned?: PlannedChange & { readonly over: boolean; readonly resolved: readonly string[] };
}

/** The accounts of the organization, where Fleet names one. */
export interface Organization {
  /** Its active accounts. Fails with `OtherOrganization` where the hub's account is of another one. */
  listAccounts(organizationId: string): Promise<string[]>;
}

/** `GET` of a URL that a policy names, redirects not followed. Fails when nothing answers in time. */
export interface UrlProbe {
  get(url: string): Promise<{ status: number }>;
}

/** Names that must differ between calls: rollout ids. */
export interface Ids {
  next(): string;
}

/** `{ alarm }` or `{ webhook, secret? }`, as a policy names it. */
export type Gate = Wave['gates'][number];

/** Asks whether all is well outside. Never fails: what cannot be asked, or does not answer within ten seconds, is `unknown`. */
export interface GateReader {
  read(gate: Gate, allowedHosts: readonly string[]): Promise<GateReading>;
}

/** `{ topic }` or `{ webhook, secret? }`, as the Fleet names it. */
export type OwnerAddress = NonNullable<FleetSpec['owners']>[string];

/** Brings news to owners. Never fails: undefined = it was taken, else why it was not. */
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

/** Asks whoever a policy has asked before or after a step, once. Never fails: no answer within ten seconds, or none that counts, is `none`, and says why. */
export interface Hooks {
  ask(
    receiver: RemoteReceiver,
    allowedHosts: readonly string[],
    request: HookRequest | WaveRequest,
  ): Promise<HookAnswer>;
}
