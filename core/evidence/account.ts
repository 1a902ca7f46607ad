import { intent, type Upgrade } from '../contracts/items/protocol.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { hopTo } from '../model/hop.ts';
import { WAVE_WORDS } from '../model/last-words.ts';
import type { StoredItem } from '../ports/table.ts';
import { hasGoneBack } from '../protocol/left-half-done.ts';
import { rollbackEnd, wayBackFrom } from '../protocol/rollback-view.ts';
import { Configs, Members, Rollouts, UndoEntries, Upgrades, Waves } from '../store/entities.ts';
import type { Entity } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { FLEET_SUBJECT, isToldIn, ROLLOUT_SUBJECT } from './covered-records.ts';
import type { EvidenceDocument, EvidenceItem } from './evidence-document.ts';

/** The tables of an evidence file, made of its records alone: an item of the audit backs each value. */
export type EvidenceAccount = ReturnType<typeof accountOf>;

export function accountOf({ records, scope }: Pick<EvidenceDocument, 'records' | 'scope'>) {
  const items = records.flatMap((record) => record.items).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const state = new LastWrites(items);
  // Members move with their clusters later. The record of the rollout has them as they were planned.
  const planned = new LastWrites(items.filter(({ subject }) => subject.startsWith(ROLLOUT_SUBJECT)));
  const every = state.all(Upgrades);
  const upgrades = every.filter(({ id }) => isToldIn(scope, id));
  const voices = items.filter(({ event }) => WAVE_WORDS.includes(event));
  return {
    upgrades: upgrades.map((one) => ({
      ...pick(one, ['clusterKey', 'id', 'from', 'to', 'status', 'reasons', 'mutated', 'requestedBy', 'rolloutId']),
      ...pick(one, ['firstStartedAt', 'startedAt', 'controlPlaneCompletedAt', 'endedAt']),
      ...{ minutes: minutesOf({ ...one, endedAt: ownEnd(one, items) }), reversibleUntil: reversibleUntil(one, every) },
    })),
    /** With the findings of the scan and the smoke check, before and after. */
    steps: upgrades.flatMap(({ clusterKey, id, steps }) =>
      Object.entries(steps)
        .sort(([, a], [, b]) => (`${a.startedAt} ${a.endedAt}` < `${b.startedAt} ${b.endedAt}` ? -1 : 1))
        .map(([step, one]) => ({
          ...{ clusterKey, upgradeId: id, step },
          ...pick(one, ['status', 'startedAt', 'endedAt', 'reasons', 'detail']),
          minutes: minutesOf(one),
        })),
    ),
    calls: records.flatMap((record) => callsOf(record.items)).filter(({ upgradeId }) => isToldIn(scope, upgradeId)),
    /** Alarms that took no actions, with the notes at the end of their silence. */
    silences: state
      .all(UndoEntries)
      .flatMap((one) =>
        one.effect !== 'silence' || !isToldIn(scope, one.upgradeId)
          ? []
          : [
              pick(one, [
                'clusterKey',
                'upgradeId',
                'step',
                'part',
                'alarms',
                'recordedAt',
                'until',
                'closed',
                'notes',
              ]),
            ],
      ),
    rollouts: state
      .all(Rollouts)
      .map((one) => pick(one, ['id', 'policy', 'policyRevision', 'target', 'createdBy', 'createdAt', 'status'])),
    waves: state
      .all(Waves)
      .map((one) => pick(one, ['rolloutId', 'index', 'name', 'planHash', 'estimateSeconds', 'openedAt', 'endedAt'])),
    plan: planned
      .all(Members)
      .map((one) => pick(one, ['rolloutId', 'waveIndex', 'position', 'clusterKey', 'from', 'to'])),
    approvals: voices.map(({ at, principal, subject, detail }) => ({
      ...{ at, principal, subject },
      ...pick(detail, ['wave', 'decision', 'planHash', 'clusters', 'shown', 'comment']),
    })),
    /** The readiness of each cluster of a wave as it was shown when somebody agreed. */
    shown: items.filter(({ event }) => event === 'WaveShown').map(actOf),
    configuration: configurationOf(items),
    acts: items.filter(({ principal }) => principal !== LIFTLOCK).map(actOf),
    unreadable: [...state.unreadable, ...planned.unreadable],
  };
}

/** When the upgrade had ended by itself. A hop that was taken back since has the end of its rollback as its own in the table. */
const ownEnd = ({ clusterKey, id, status, endedAt }: Upgrade, items: readonly EvidenceItem[]): string | undefined =>
  status !== 'RolledBack'
    ? endedAt
    : items.findLast(
        ({ subject, event, detail }) =>
          subject === clusterKey &&
          (event === 'UpgradeSucceeded' || event === 'UpgradeFailed') &&
          detail.upgradeId === id,
      )?.at;

/**
 * Until when EKS takes the control plane back at the latest, by what Liftlock saw of it; null where it has gone back, has gone on to the next minor, or
 * nobody saw it arrive.
 */
function reversibleUntil(upgrade: Upgrade, all: readonly Upgrade[]): string | null {
  const since = wayBackFrom(upgrade);
  if (since === undefined || upgrade.status === 'RolledBack' || hasGoneBack(upgrade)) return null;
  const next = all.find(({ clusterKey, id }) => clusterKey === upgrade.clusterKey && id === nextHopId(upgrade));
  if (next?.controlPlaneCompletedAt !== undefined && next.controlPlaneCompletedAt > since) return null;
  return rollbackEnd(since).toISOString();
}

/** The id of the upgrade that takes its cluster on to the minor after. */
const nextHopId = ({ to }: Upgrade): string => hopTo(KubeVersion.parse(to).next());

/** Members in this order, null where there is none, so that canonical JSON and tables have the same ones. */
const pick = <Data extends object, const Name extends keyof Data>(data: Data, names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, data[name] ?? null])) as {
    [Key in Name]: Exclude<Data[Key], undefined> | null;
  };

const minutesOf = ({
  startedAt,
  endedAt,
}: {
  readonly startedAt?: string | undefined;
  readonly endedAt?: string | undefined;
}) =>
  startedAt === undefined || endedAt === undefined
    ? null
    : Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 60_000);

const actOf = ({ at, principal, event, subject, detail }: EvidenceItem) => ({
  at,
  principal,
  event,
  subject,
  detail: told(detail),
});

/** Each commit is a call, or none where the commit was too old. Its outcome is in the items after it, up to the next commit of the same attempt. */
function callsOf(items: readonly EvidenceItem[]) {
  return items.flatMap((item, index) => {
    if (item.event !== 'MutationCommitted') return [];
    const { step, subject, attempt, call, upgradeId } = item.detail;
    const isOfIt = ({ detail }: EvidenceItem) =>
      detail.step === step && detail.subject === subject && detail.attempt === attempt;
    const after = items.slice(index + 1).filter(isOfIt);
    const again = after.findIndex(({ event }) => event === 'MutationCommitted');
    const said = after.slice(0, again < 0 ? after.length : again).map(({ detail }) => detail.outcome);
    const { data: outcome } = intent.shape.outcome.safeParse(said.findLast((one) => one !== undefined));
    const { name, input } = (call ?? {}) as { readonly name?: string; readonly input?: Record<string, unknown> };
    const update = outcome?.type === 'accepted' ? outcome : undefined;
    return [
      {
        ...{ clusterKey: item.subject, upgradeId: String(upgradeId), step, subject, attempt, committedAt: item.at },
        ...{ call: name ?? null, clientRequestToken: input?.clientRequestToken ?? null },
        ...{ outcome: outcome?.type ?? 'not known', answeredAt: outcome?.at ?? null },
        requestId: (outcome?.type === 'refused' ? outcome : update)?.requestId ?? null,
        ...{ updateId: update?.updateId ?? null, ended: update?.observed ?? null },
        refused: outcome?.type === 'refused' ? `${outcome.error}: ${outcome.message}` : null,
      },
    ];
  });
}

/** The decision of an item without its writes, which the tables show. */
export function told({ writes: _, ...rest }: EvidenceItem['detail']): Record<string, unknown> {
  return rest;
}

/** Each revision that was in force, from when on, with its document where the file has it (its hash is the revision), and each deletion. */
function configurationOf(items: readonly EvidenceItem[]) {
  const documents = new Map<string, unknown>();
  for (const write of items.flatMap(writesOf).filter(({ kind }) => kind === Configs.kind)) {
    const { data } = Configs.schema.safeParse(write.data);
    if (data !== undefined) documents.set(data.revision, data.document);
  }
  return items
    .filter(({ subject, event }) => subject === FLEET_SUBJECT && /^Config(Applied|Deleted)$/.test(event))
    .map(({ event, at, principal, detail }) =>
      event === 'ConfigDeleted'
        ? { ...pick(detail, ['kind', 'name', 'reason']), ...{ deletedBy: principal, deletedAt: at } }
        : {
            ...pick(detail, ['kind', 'name', 'revision']),
            ...{ appliedBy: principal, appliedAt: at, document: documents.get(String(detail.revision)) ?? null },
          },
    );
}

/** The writes of an item's transaction. */
export function writesOf({ detail: { writes } }: EvidenceItem): readonly StoredItem[] {
  return Array.isArray(writes) ? (writes as readonly StoredItem[]) : [];
}

/** The last write of each item in the records: the audit has the writes of each transaction. */
class LastWrites {
  /** Kinds and keys of items that this version cannot read. */
  readonly unreadable: string[] = [];
  readonly #writes = new Map<string, StoredItem>();

  constructor(items: readonly EvidenceItem[]) {
    for (const write of items.flatMap(writesOf)) {
      const id = `${write.pk} ${write.sk}`;
      if ((this.#writes.get(id)?.revision ?? 0) <= write.revision) this.#writes.set(id, write);
    }
  }

  all<Data>({ kind, schema }: Entity<Data, never>): Data[] {
    return [...this.#writes.values()]
      .filter((write) => write.kind === kind)
      .sort((a, b) => (a.pk + a.sk < b.pk + b.sk ? -1 : 1))
      .flatMap(({ pk, sk, data }) => {
        const parsed = schema.safeParse(data);
        if (!parsed.success) this.unreadable.push(`${kind} ${pk} ${sk}`);
        return parsed.success ? [parsed.data] : [];
      });
  }
}
