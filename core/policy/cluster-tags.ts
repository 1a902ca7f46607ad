import type { FleetSpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { remembered, rememberedBy } from '../model/remembered.ts';
import { unreachable } from '../model/unreachable.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { isForgotten } from './cluster-labels.ts';

/** What a cluster's own tags ask for. They only make things safer; a tag that cannot be read holds the cluster (semantics.md, Tags on clusters). */
export interface ClusterTags {
  readonly paused: boolean;
  /** A ceiling: Liftlock never takes the cluster beyond it. */
  readonly pin: KubeVersion | undefined;
  /** The wave that the tag asks for; it counts only where it comes later than the cluster's own. */
  readonly wave: string | undefined;
  /** Calendars that must be open beside those of the cluster's wave. */
  readonly calendars: readonly string[];
  /** Tags that cannot be read, each with the reason. */
  readonly problems: ReadonlyMap<string, Reason>;
}

const KNOWN = new Set(['paused', 'pin-version', 'wave', 'calendar']);

/** Most clusters have no such tags. */
const NO_TAGS: ClusterTags = { paused: false, pin: undefined, wave: undefined, calendars: [], problems: new Map() };

/** What the tags of a cluster ask for that have the Fleet's prefix. */
export const clusterTags = rememberedBy(readTags);

function readTags(tags: Readonly<Record<string, string>>, prefix: string): ClusterTags {
  const own = Object.keys(tags).filter((key) => key.toLowerCase().startsWith(prefix.toLowerCase()));
  // Without a Fleet that this version can read, nobody knows which tags are meant for Liftlock, and nothing is done anyway (`FleetNotConfigured`).
  if (own.length === 0 || prefix === '') return NO_TAGS;
  const problems = new Map<string, Reason>();
  const bad = (tag: string, said: string): void => void problems.set(tag, reason('BadTag', `The tag ${tag} ${said}`));
  for (const key of own) {
    // A person who wrote `Liftlock/paused` meant it: AWS tells tags apart by case, people do not.
    if (!key.startsWith(prefix) || !KNOWN.has(key.slice(prefix.length))) {
      bad(key, `is not one that Liftlock knows; known are ${[...KNOWN].map((name) => prefix + name).join(', ')}.`);
    }
  }
  const pausedText = tags[`${prefix}paused`];
  if (pausedText !== undefined && pausedText !== 'true' && pausedText !== 'false') {
    bad(`${prefix}paused`, `is "${pausedText}"; it must be "true" or "false".`);
  }
  const pinText = tags[`${prefix}pin-version`];
  const pin = pinText === undefined ? undefined : KubeVersion.tryParse(pinText);
  if (pinText !== undefined && pin === undefined) {
    bad(`${prefix}pin-version`, `is "${pinText}"; it must be a minor such as "1.34".`);
  }
  const wave = tags[`${prefix}wave`]?.trim();
  if (wave === '') bad(`${prefix}wave`, 'is empty; it must be the name of a wave.');
  const calendarText = tags[`${prefix}calendar`];
  const calendars = [...new Set((calendarText ?? '').split(/[\s,]+/).filter((name) => name !== ''))];
  if (calendarText !== undefined && calendars.length === 0) {
    bad(`${prefix}calendar`, 'is empty; it must be the names of Calendars, with spaces between.');
  }
  return { paused: pausedText === 'true', pin, wave, calendars, problems };
}

/**
 * The tags of the inventory with newer ones from EKS (`fresh`): the newer wave counts, and the Calendars of both readings must be open, since tags
 * only make things safer.
 */
export function withFresh(
  tags: ClusterRecord['tags'],
  fresh: ClusterRecord['tags'],
  prefix: string,
): ClusterRecord['tags'] {
  const tag = `${prefix}calendar`;
  const added = fresh[tag];
  const wave = fresh[`${prefix}wave`];
  const moved = wave === undefined ? tags : { ...tags, [`${prefix}wave`]: wave };
  return added === undefined || added === tags[tag] ? moved : { ...moved, [tag]: `${tags[tag] ?? ''} ${added}` };
}

/**
 * Tags of a cluster that hold it, because nobody can tell what they ask for.
 *
 * @param calendars names of the applied Calendars; absent = they are not checked
 */
export function tagProblems(
  tags: ClusterRecord['tags'],
  prefix: string,
  calendars?: { has(name: string): boolean },
): { readonly tag: string; readonly problem: Reason }[] {
  const read = clusterTags(tags, prefix);
  if (read === NO_TAGS) return [];
  const tag = `${prefix}calendar`;
  const missing = calendars === undefined ? [] : read.calendars.filter((name) => !calendars.has(name));
  return [
    ...[...read.problems].map(([bad, problem]) => ({ tag: bad, problem })),
    ...missing.map((name) => ({ tag, problem: missingCalendar(prefix, name) })),
  ];
}

/** The tags of a cluster ask for a Calendar that is not applied. */
export const missingCalendar = (prefix: string, name: string): Reason =>
  reason('BadTag', `The tag ${prefix}calendar asks for "${name}", and there is no Calendar of that name.`);

/**
 * Why Liftlock may not move this cluster to `target`, judged by the cluster alone; empty when it may.
 *
 * @param calendars names of the applied Calendars; absent = they are not checked
 */
export function clusterRefusals(
  cluster: ClusterRecord,
  target: KubeVersion,
  fleet: FleetSpec | undefined,
  calendars?: { has(name: string): boolean },
): Reason[] {
  const prefix = fleet?.tagPrefix ?? '';
  const tags = clusterTags(cluster.tags, prefix);
  const reasons = tagProblems(cluster.tags, prefix, calendars).map(({ problem }) => problem);
  if (cluster.deletedAt !== undefined)
    reasons.push(reason('Gone', `The cluster was deleted (seen ${cluster.deletedAt}).`));
  const unnamed = fleet && unnamedIn(fleet, cluster);
  if (unnamed !== undefined) {
    const said = `The Fleet does not name ${unnamed}, so Liftlock leaves the cluster alone until one that does is applied.`;
    reasons.push(reason('NotInFleet', said));
  }
  if (cluster.unsupported !== undefined) reasons.push(reason('Unsupported', cluster.unsupported));
  if (tags.paused) reasons.push(reason('Excluded', `The cluster's tag ${prefix}paused keeps Liftlock away from it.`));
  if (tags.pin?.isOlderThan(target)) {
    reasons.push(
      reason('Pinned', `The cluster's tag ${prefix}pin-version keeps it at ${tags.pin} or older, so not ${target}.`),
    );
  }
  const denied = unreachable(cluster);
  if (denied !== undefined) reasons.push(reason('Unreachable', denied.message));
  return reasons;
}

/**
 * Whether the cluster has to be looked at anew before anything is planned. A cluster that the Fleet does not name is not waited for, since nobody
 * looks at it.
 */
export const isAwaited = (cluster: ClusterRecord | undefined, fleet: FleetSpec | undefined): boolean =>
  cluster !== undefined && isForgotten(cluster) && (fleet === undefined || unnamedIn(fleet, cluster) === undefined);

/**
 * Which part of a cluster's place, its Region or its account, the Fleet does not name; undefined = it names both. Only a look at an organization
 * tells which accounts it has: before the first look it brings no account in, and while it cannot be listed again, no account is taken out.
 */
export function unnamedIn(
  { accounts, organizationId, isOrganizationUnlisted, regions }: FleetSpec,
  { account, region }: Pick<ClusterRecord, 'account' | 'region'>,
): string | undefined {
  // Plans may be made without a Fleet, and then no Region is named; an applied Fleet always names Regions.
  if (regions.length === 0) return undefined;
  if (!regions.includes(region)) return `the Region ${region}`;
  if (setOf(accounts).has(account)) return undefined;
  if (organizationId === undefined) return `the account ${account}`;
  return isOrganizationUnlisted === true
    ? `the account ${account}, and nobody has listed those of ${organizationId} yet (liftlock fleet status)`
    : undefined;
}

/** A set of the accounts: a Fleet may name thousands, and each look asks for each cluster. */
const setOf = remembered((accounts: readonly string[]): ReadonlySet<string> => new Set(accounts), new WeakMap());
