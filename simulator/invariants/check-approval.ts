import { durationMilliseconds } from '../../core/config/schema/quantities.ts';
import { LIFTLOCK, UNKNOWN_PRINCIPAL } from '../../core/contracts/names.ts';
import { Configs, Members, Rollouts, Waves } from '../../core/store/entities.ts';
import {
  type Check,
  type Moment,
  membersOf,
  type PlaceAt,
  placeAt,
  SKEW_MILLISECONDS,
  type Violation,
  wentOn,
} from './history.ts';

interface Word extends ApprovalOnRecord {
  /** The members of that wave and their versions in the plan that the approval is bound to, as far as they were ever recorded. */
  readonly plan: ReadonlySet<string>;
}

/** Events after which a rollout has another plan. */
const PLANNED: readonly string[] = ['RolloutPlanned', 'RolloutReplanned'];

/**
 * 9 `approval`: a cluster that begins in a wave with approval has enough approvals. They are of different people, had not expired when the wave
 * began, are bound to the wave's plan hash of that moment, and belong to a plan in which that cluster went to that version. None is by the author of
 * the policy or the creator of the rollout where four eyes are required. The last vote of each person counts, and none may be a rejection
 * (rollouts.md, Approvals).
 */
export const checkApproval = (): Check => {
  const words: Word[] = [];
  const begun = new Map<string, number>();
  const plans = new Map<string, Set<string>>();
  const authors: Authors = new Map();
  return (moment) => {
    if (moment.item.event === 'ConfigApplied') noteAuthors(authors, moment);
    if (PLANNED.includes(moment.item.event))
      for (const wave of wavesPlanned(moment)) {
        keep(plans, moment, wave);
        forgetVoid(words, wave);
      }
    const record = approvalAt(moment);
    // A member that a tag has excluded since stays in the plan until the next plan.
    if (record !== undefined) words.push({ ...record, plan: keep(plans, moment, record) });
    if (moment.item.event !== 'Granted') return [];
    const place = placeAt(moment.store, moment.item.detail);
    if (place === undefined) return [];
    const { rollout, wave, spec } = place;
    const key = `${rollout.id}/${wave.index}`;
    const began = begun.get(key) ?? moment.at;
    begun.set(key, began);
    // A cluster that continues needs no new approval.
    if (spec?.approval?.before !== true || wentOn(moment.store, place, moment.item.subject)) return [];
    return missing(moment, place, words, { began, author: authors.get(place.rollout.policy)?.by });
  };
};

type Planned = Pick<ApprovalOnRecord, 'rolloutId' | 'waveIndex' | 'hash'>;

/** Votes on another plan never count again, even when a later plan is the same. */
function forgetVoid(words: Word[], { rolloutId, waveIndex, hash }: Planned): void {
  const isVoid = (word: Word): boolean =>
    word.rolloutId === rolloutId && word.waveIndex === waveIndex && word.hash !== hash;
  words.splice(0, words.length, ...words.filter((word) => !isVoid(word)));
}

const wavesPlanned = ({ item, store }: Moment): Planned[] =>
  store
    .all(Waves)
    .filter(({ rolloutId }) => item.subject === `rollout/${rolloutId}`)
    .map(({ rolloutId, index, planHash = '' }) => ({ rolloutId, waveIndex: index, hash: planHash }));

/** Adds the present members of the wave to the known members of its plan hash. */
function keep(plans: Map<string, Set<string>>, { store }: Moment, wave: Planned): ReadonlySet<string> {
  const key = `${wave.rolloutId}/${wave.waveIndex}/${wave.hash}`;
  const plan = plans.get(key) ?? new Set<string>();
  plans.set(key, plan);
  // While members still follow a plan that has just come into force, the rows do not show its members.
  if (store.get(Rollouts, wave.rolloutId)?.following !== undefined) return plan;
  for (const { clusterKey, to, status } of membersOf(store, wave))
    if (status !== 'Excluded') plan.add(`${clusterKey} ${to}`);
  return plan;
}

/** By policy: the author of the last change that needs approval, and the time of the last change. */
type Authors = Map<string, { readonly by: string; readonly agreed: string; readonly applied: string }>;

/** A change of caps, estimates or concurrency alone does not make its author an author of what is approved (rollouts.md, Approvals). */
function noteAuthors(authors: Authors, { store }: Moment): void {
  for (const { kind, name, document, revision, appliedBy, appliedAt } of store.all(Configs)) {
    const known = authors.get(name);
    // Two users may apply it in one instant, so the time alone does not tell the changes apart.
    const applied = `${appliedAt} ${revision} ${appliedBy}`;
    if (kind !== 'UpgradePolicy' || known?.applied === applied) continue;
    const aside = new Set(['caps', 'estimates', 'maxConcurrency']);
    const agreed = JSON.stringify(document.spec, (key, value) => (aside.has(key) ? undefined : value));
    authors.set(name, { by: known?.agreed === agreed ? known.by : appliedBy, agreed, applied });
  }
}

function missing(
  { item, store }: Moment,
  place: PlaceAt,
  words: readonly Word[],
  { began, author }: { readonly began: number; readonly author: string | undefined },
): Violation[] {
  const { rollout, wave, spec } = place;
  const asked = spec?.approval;
  if (asked === undefined) return [];
  const what = `${item.subject} began in the wave ${wave.name} of ${rollout.id} at ${item.at}`;
  const own = words.filter((one) => one.rolloutId === rollout.id && one.waveIndex === wave.index);
  const lasts = asked.expiresAfter === undefined ? Number.POSITIVE_INFINITY : durationMilliseconds(asked.expiresAfter);
  // The last vote of each person on this plan.
  const last = new Map(own.filter((one) => one.hash === wave.planHash).map((one) => [likePerson(one.principal), one]));
  const rejected = [...last.values()].find((one) => one.type === 'rejected');
  if (rejected !== undefined)
    return [{ invariant: 'approval', message: `${what} although ${rejected.principal} rejects it` }];
  const member = store.get(Members, rollout.id, wave.index, item.subject);
  const counts = [...last.values()].filter(
    (one) =>
      one.type === 'approved' &&
      one.at + lasts + SKEW_MILLISECONDS >= began &&
      one.plan.has(`${item.subject} ${member?.to}`) &&
      mayAnswer(one, asked, [rollout.createdBy, author]),
  ).length;
  if (counts >= asked.approvals) return [];
  return [{ invariant: 'approval', message: `${what} with ${counts} of ${asked.approvals} approvals that count` }];
}

type Asked = NonNullable<NonNullable<PlaceAt['spec']>['approval']>;

/** A rule in the present policy counts as one approval, whoever applied it. */
function mayAnswer({ principal, rule }: Word, asked: Asked, requesters: readonly (string | undefined)[]): boolean {
  if (principal === LIFTLOCK) return rule === asked.autoApproveWhen;
  if (principal === UNKNOWN_PRINCIPAL) return false;
  const people = requesters.flatMap((one) => (one === undefined ? [] : [likePerson(one)]));
  if (asked.fourEyes && people.includes(likePerson(principal))) return false;
  return (
    asked.from === undefined || asked.from.some((pattern) => likeness(likePerson(pattern)).test(likePerson(principal)))
  );
}

const likeness = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replaceAll(/[.+?^$(){}|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  );

/** Two forms of one role (its ARN with or without a path, kind and account) are equal, in any case of letters. */
const likePerson = (principal: string): string =>
  principal.replace(/^arn:[^:]*:iam::([^:]*):(role|user)\/(?:.*\/)?/, '$2:$1/').toLowerCase();

/** A person's vote on one wave, from the audit of its rollout. */
interface ApprovalOnRecord {
  readonly type: 'approved' | 'rejected' | 'withdrawn';
  readonly rolloutId: string;
  readonly waveIndex: number;
  /** The wave's plan hash that the vote is bound to. */
  readonly hash: string;
  readonly principal: string;
  /** The rule by which Liftlock approved it. */
  readonly rule: string | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
}

interface Detail {
  readonly index?: number;
  readonly planHash?: string;
  readonly principal?: string;
  readonly comment?: string;
}

const EVENTS = { WaveApproved: 'approved', WaveRejected: 'rejected', WaveRejectionWithdrawn: 'withdrawn' } as const;

/** The approval in an audit item; undefined for all other items. Only this function knows how approvals are recorded. */
function approvalAt({ item, at }: Moment): ApprovalOnRecord | undefined {
  const type = EVENTS[item.event as keyof typeof EVENTS];
  if (type === undefined || !item.subject.startsWith('rollout/')) return undefined;
  const { index, planHash: hash = '', principal = item.principal, comment } = item.detail as Detail;
  if (index === undefined) return undefined;
  const rolloutId = item.subject.slice('rollout/'.length);
  return { type, rolloutId, waveIndex: index, hash, principal, rule: comment, at };
}
