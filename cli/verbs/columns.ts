import type { AccountState } from '../../core/contracts/items/cluster.ts';
import { READINESS_VERDICTS, type ReadinessVerdict } from '../../core/contracts/scan-words.ts';
import { askerText } from '../../core/model/asked-for.ts';
import { clusterNameOf, withIdInCommands } from '../../core/model/cluster-key.ts';
import { visible } from '../../core/model/visible.ts';
import { some } from '../../core/model/words.ts';
import type { ListedCluster, ReadinessView } from '../../core/queries/list-clusters.ts';
import type { CalendarView, ChannelView, PolicyView, VersionView, WaiverView } from '../../core/queries/lists.ts';
import type { RolloutSummary } from '../../core/queries/rollout-views.ts';
import type { UpgradeView } from '../../core/queries/upgrade-view.ts';
import { targetWords } from '../../core/version/target.ts';
import type { ApiClient } from '../client/api-client.ts';
import type { Paint } from '../command/io.ts';
import type { Session } from '../command/session.ts';
import { lastLook, painted, relativeTime, table } from '../output/print.ts';
import type { Kind } from './kind.ts';

export interface Shown {
  readonly paint: Paint;
  readonly now: Date;
}

/** One column of a table; `wide` ones only with `-o wide`. */
interface Column<Item> {
  readonly header: string;
  readonly wide?: boolean;
  cell(item: Item, shown: Shown): string;
}

/** The table of a kind. */
export interface Listing<Item> {
  readonly columns: readonly Column<Item>[];
  /** For `-o name`, and to identify an item while watching. */
  nameOf(item: Item): string;
}

const plain = <Item>(header: string, of: (item: Item) => string | number | null, wide = false): Column<Item> => ({
  header,
  wide,
  cell: (item) => visible(String(of(item) ?? '-')),
});
const status = <Item>(header: string, of: (item: Item) => string): Column<Item> => ({
  header,
  cell: (item, { paint }) => painted(paint, visible(of(item))),
});
const time = <Item>(header: string, of: (item: Item) => string | null | undefined, wide = false): Column<Item> => ({
  header,
  wide,
  cell: (item, { now }) => relativeTime(of(item), now),
});
const firstReason = ({ reasons }: { reasons: readonly { message: string }[] }): string => reasons[0]?.message ?? '';
const current = ({ steps }: UpgradeView) => steps.findLast(({ status }) => status !== 'done') ?? steps.at(-1);
const runsFreely = ({ status, reasons }: UpgradeView): boolean => status === 'Running' && reasons.length === 0;
const dollars = (amount: number | null): string => (amount === null ? '-' : amount === 0 ? '0' : `$${amount}`);
const pairs = (all: object): string =>
  Object.entries(all)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

/** The words for people. */
export const readinessWords = (verdict: ReadinessVerdict): string =>
  verdict === 'readyAfterHops' ? 'ready after hops' : verdict;

/** The readiness of a cluster in a list. A cluster at the newest minor has no next one, and may be held all the same. */
export const readinessWord = ({ verdict, for: next }: Pick<ReadinessView, 'verdict' | 'for'>): string =>
  next === null && verdict !== 'blocked' ? 'nothing newer' : readinessWords(verdict);

/** `2 blocked, 9 ready` */
export const verdictsText = (counts: Partial<Record<ReadinessVerdict, number>>): string =>
  READINESS_VERDICTS.flatMap((verdict) =>
    counts[verdict] === undefined ? [] : [`${counts[verdict]} ${readinessWords(verdict)}`],
  ).join(', ');

/** `prod and third select it (AmbiguousPolicy)` */
export const severalText = (policies: readonly string[]): string =>
  `${policies.length > 3 ? some(policies, 3) : policies.join(' and ')} select it (AmbiguousPolicy)`;

const clusters: Listing<ListedCluster> = {
  nameOf: (item) => item.id,
  columns: [
    plain('NAME', (item) => item.name),
    plain('ACCOUNT', (item) => item.account),
    plain('REGION', (item) => item.region),
    plain('VERSION', (item) => item.version),
    plain('TARGET', (item) => item.target),
    status('STATE', (item) => item.state),
    // Absent where the API is older.
    plain('POLICY', ({ policy, ambiguous = [] }) => policy ?? (ambiguous.length === 0 ? null : severalText(ambiguous))),
    plain('WAVE', (item) => item.wave),
    plain('SUPPORT', ({ support }) => (support.deadline?.forced ? `${support.state}, then forced` : support.state)),
    time('UNTIL', (item) => item.support.deadline?.at),
    plain('READINESS', ({ readiness, state }) => (state === 'Gone' ? '-' : readinessWord(readiness)), true),
    time('REVERSIBLE', (item) => item.reversibleUntil, true),
    plain('EKS-STATUS', (item) => item.status, true),
    time('OLDEST-IMAGE', (item) => item.oldestImageAt, true),
    time('PATCHES-DUE', (item) => item.patchesDueAt, true),
    plain('LATE/DAY', (item) => dollars(item.support.dollarsPerDayLate), true),
    { header: 'SEEN', wide: true, cell: ({ lastSeenAt }, { now }) => lastLook(lastSeenAt, now) },
    plain('ID', (item) => item.id, true),
    plain('LABELS', (item) => pairs(item.labels), true),
  ],
};

/** What keeps every rollout from going on, in the words of `get rollouts`. */
const STANDS_STILL: Readonly<Record<string, string>> = {
  FleetStopped: 'fleet stopped',
  ObserveMode: 'fleet observes',
  FleetNotConfigured: 'no Fleet',
};

const rollouts: Listing<RolloutSummary> = {
  nameOf: (item) => item.id,
  columns: [
    plain('ID', (item) => item.id),
    plain('POLICY', (item) => item.policy),
    plain('TARGET', (item) => item.target),
    status('STATUS', (item) => item.status),
    plain(
      'WAVE',
      ({ waitsForApproval, isRejected, waitsForReadiness: late, waitsForPromotion, waitsForHooks, ...rollout }) => {
        const { currentWave, reasons, status: stands } = rollout;
        const [still] = reasons.flatMap(({ code }) => STANDS_STILL[code] ?? []);
        if (still !== undefined && stands === 'Running') return `${currentWave ?? ''} (${still})`.trim();
        if (reasons[0]?.code === 'GoesBack') return `${currentWave ?? ''} (a cluster goes back)`.trim();
        if (waitsForPromotion !== null) return `${waitsForPromotion} (needs promote)`;
        if (waitsForApproval !== null) return `${waitsForApproval} (${isRejected ? 'rejected' : 'needs approval'})`;
        if (waitsForHooks !== null)
          return `${waitsForHooks} (${stands === 'Halted' ? 'halted by a hook' : 'asks its hooks'})`;
        if (late !== null) return `${late.wave} (${late.clusters} not ready)`;
        return (
          currentWave ?? (stands === 'Running' && rollout.waitsSince !== undefined ? '(waits for a person)' : null)
        );
      },
    ),
    plain('DONE', ({ progress }) => `${progress.succeeded}/${progress.members - progress.excluded}`),
    plain('IN FLIGHT', ({ progress }) => progress.inFlight),
    plain('LEFT OPEN', ({ progress }) => progress.leftHalfDone),
    plain('FAILED', ({ progress }) => progress.failed),
    plain('BLOCKED', ({ progress }) => progress.blocked),
    plain('QUARANTINED', ({ progress }) => progress.quarantined),
    time('CREATED', (item) => item.createdAt),
    time('ENDED', (item) => item.endedAt, true),
    plain('BY', (item) => item.createdBy, true),
    plain('REASON', firstReason, true),
  ],
};

const upgrades: Listing<UpgradeView> = {
  nameOf: (item) => `${item.cluster}/${item.id}`,
  columns: [
    plain('CLUSTER', (item) => item.cluster),
    plain('ID', (item) => item.id),
    status('STATUS', (item) => item.status),
    plain('STEP', (item) => current(item)?.step ?? null),
    time('STARTED', (item) => item.startedAt),
    time('RESUMES', (item) => item.resumeAt, true),
    time('ENDED', (item) => item.endedAt, true),
    plain('ROLLOUT', (item) => item.rollout, true),
    plain('BY', (item) => askerText(item), true),
    plain('REASON', (item) => {
      // A running upgrade that nothing has give way has no reasons of its own yet, but its step may wait for something.
      const why = firstReason(runsFreely(item) ? (current(item) ?? item) : item);
      return withIdInCommands(why, { name: clusterNameOf(item.clusterKey), id: item.cluster });
    }),
  ],
};

const policies: Listing<PolicyView> = {
  nameOf: (item) => item.name,
  columns: [
    plain('NAME', (item) => item.name),
    plain('TARGET', ({ spec }) => (spec === null ? 'cannot be read by this version' : targetWords(spec.target))),
    plain('TRIGGER', (item) => item.spec?.trigger ?? null),
    plain('WAVES', (item) => item.spec?.waves.map(({ name }) => name).join(',') ?? null),
    plain('CLUSTERS', (item) => item.spec && item.clusters),
    plain('AMBIGUOUS', (item) => item.spec && item.ambiguousClusters),
    plain('UNDECIDED', (item) => item.spec && item.undecidedClusters, true),
    time('APPLIED', (item) => item.appliedAt),
    plain('VERIFICATION', (item) => item.spec?.verification ?? null, true),
    plain('REVISION', (item) => item.revision.slice(0, 12), true),
    plain('BY', (item) => item.appliedBy, true),
    plain('ROLLOUT', (item) => item.newestRollout, true),
  ],
};

const calendars: Listing<CalendarView> = {
  nameOf: (item) => item.name,
  columns: [
    plain('NAME', (item) => item.name),
    plain('TIME-ZONE', (item) => item.spec?.timeZone ?? null),
    plain('WINDOWS', ({ spec }) =>
      // One that this version cannot read counts as closed.
      spec === null ? 'cannot be read by this version' : spec.windows.map(({ name }) => name).join(',') || 'always',
    ),
    plain('FREEZES', (item) => item.spec?.freezes.map(({ name }) => name).join(',') || null),
    plain('USED-BY', (item) => item.usedBy.join(',') || null),
    plain('TAGGED', (item) => item.taggedClusters),
    time('APPLIED', (item) => item.appliedAt),
    plain('BY', (item) => item.appliedBy, true),
  ],
};

const channels: Listing<ChannelView> = {
  nameOf: (item) => item.name,
  columns: [
    plain('NAME', (item) => item.name),
    plain('TARGET', (item) => item.spec?.target ?? null),
    plain('MINIMUM-AGE', (item) => item.spec?.minimumAge ?? null),
    plain('SOURCE', (item) => item.source),
    plain('USED-BY', (item) => item.usedBy.join(',') || null),
    time('APPLIED', (item) => item.appliedAt),
    plain('BY', (item) => item.appliedBy, true),
  ],
};

const waivers: Listing<WaiverView> = {
  nameOf: (item) => item.name,
  columns: [
    plain('NAME', (item) => item.name),
    plain('COVERS', ({ spec }) => (spec === null ? 'cannot be read by this version' : pairs(spec.match))),
    time('UNTIL', (item) => item.endsAt),
    plain('ENDED', ({ hasEnded }) => (hasEnded === null ? null : hasEnded ? 'yes' : 'no')),
    plain('OWNER', (item) => item.spec?.owner ?? null),
    time('APPLIED', (item) => item.appliedAt),
    plain('BY', (item) => item.appliedBy, true),
    plain('REASON', (item) => item.spec?.reason ?? null, true),
  ],
};

const versions: Listing<VersionView> = {
  nameOf: (item) => `${item.region}/${item.version}`,
  columns: [
    plain('REGION', (item) => item.region),
    plain('VERSION', (item) => (item.isDefault ? `${item.version} (default)` : item.version)),
    plain('SUPPORT', (item) => item.state),
    time('UNTIL', (item) => item.deadline?.at),
    plain('CLUSTERS', (item) => item.clusters),
    plain('LATE/DAY', (item) => dollars(item.dollarsPerDayLate)),
    plain('RELEASED', (item) => item.releaseDate?.slice(0, 10) ?? null, true),
    plain('STANDARD-END', (item) => item.endOfStandardSupport?.slice(0, 10) ?? null, true),
    plain('EXTENDED-END', (item) => item.endOfExtendedSupport?.slice(0, 10) ?? null, true),
  ],
};

const accounts: Listing<AccountState> = {
  nameOf: (item) => `${item.account}/${item.region}`,
  columns: [
    plain('ACCOUNT', (item) => item.account),
    plain('REGION', (item) => item.region),
    status('STATUS', (item) => item.status),
    plain('CLUSTERS', (item) => item.clusters),
    {
      header: 'CHECKED',
      // A refused read is written each time.
      cell: ({ status: found, checkedAt }, { now }) => (found === 'Ok' ? lastLook : relativeTime)(checkedAt, now),
    },
    plain('REASON', (item) => item.reason ?? ''),
  ],
};

/** The API's own read models give the types; a list has the same name as its columns. */
export const LISTINGS = {
  clusters,
  rollouts,
  upgrades,
  policies,
  calendars,
  channels,
  waivers,
  versions,
  accounts,
} as unknown as Readonly<Record<Kind, Listing<unknown>>>;

/** Times are relative to the API's own clock, which differs from this machine's in a local run. */
export const shownAt = (session: Session, { time }: Pick<ApiClient, 'time'>): Shown => ({
  paint: session.paint,
  now: time ?? session.io.now(),
});

/** The table of some items. */
export async function rendered(
  session: Session,
  listing: Listing<unknown>,
  items: readonly unknown[],
  options: { readonly output: string; readonly headers: boolean },
): Promise<string> {
  const columns = listing.columns.filter(({ wide }) => wide !== true || options.output === 'wide');
  const shown = shownAt(session, await session.client());
  const rows = items.map((item) => columns.map((column) => column.cell(item, shown)));
  const headers = columns.map(({ header }) => session.paint('bold', header));
  const text = table(headers, rows, session.io.columns);
  return options.headers ? text : text.slice(text.indexOf('\n') + 1);
}
