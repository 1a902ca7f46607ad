import { intent } from '../contracts/items/protocol.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import type { StoredItem } from '../ports/table.ts';
import { Configs, Members, Rollouts, Upgrades, Waves } from '../store/entities.ts';
import type { Entity } from '../store/entity.ts';
import { FLEET_SUBJECT, ROLLOUT_SUBJECT } from './covered-records.ts';
import type { EvidenceDocument, EvidenceItem } from './evidence-document.ts';

/** What an evidence file tells, made of its records alone: whatever is said here, some item of the audit said. */
export type EvidenceAccount = ReturnType<typeof accountOf>;

export function accountOf({ records, scope }: Pick<EvidenceDocument, 'records' | 'scope'>) {
  const items = records.flatMap((record) => record.items).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const state = new LastWrites(items);
  // Members move on with their clusters; how they were planned stands in the record of the rollout.
  const planned = new LastWrites(items.filter(({ subject }) => subject.startsWith(ROLLOUT_SUBJECT)));
  const ofScope = ({ id }: { readonly id: string }) => scope.kind !== 'upgrade' || id === scope.upgradeId;
  const upgrades = state.all(Upgrades).filter(ofScope);
  return {
    upgrades: upgrades.map((upgrade) => ({
      ...{ cluster: upgrade.clusterKey, upgrade: upgrade.id, from: upgrade.from, to: upgrade.to },
      ...{ result: upgrade.status, reasons: upgrade.reasons, changed: upgrade.mutated },
      ...{ requestedBy: upgrade.requestedBy, rollout: upgrade.rolloutId ?? null },
      startedAt: upgrade.firstStartedAt ?? upgrade.startedAt ?? null,
      controlPlaneCompletedAt: upgrade.controlPlaneCompletedAt ?? null,
      endedAt: upgrade.endedAt ?? null,
      /** With what the scan and the smoke check found, before and after. */
      steps: Object.entries(upgrade.steps)
        .map(([step, one]) => ({ step, endedAt: null, ...one }))
        .sort((a, b) => (a.startedAt + a.endedAt < b.startedAt + b.endedAt ? -1 : 1)),
    })),
    calls: records.flatMap((record) => callsOf(record.items)).filter(({ upgrade }) => ofScope({ id: upgrade })),
    rollouts: state.all(Rollouts).map(({ id, policy, policyRevision, target, createdBy, createdAt, status }) => ({
      ...{ id, policy, policyRevision, target, createdBy, createdAt, status },
      waves: state
        .all(Waves)
        .filter(({ rolloutId }) => rolloutId === id)
        .map(waveOf),
      plan: planned
        .all(Members)
        .filter(({ rolloutId }) => rolloutId === id)
        .map(({ waveIndex, clusterKey, from, to, position }) => ({
          wave: waveIndex,
          position,
          cluster: clusterKey,
          from,
          to,
        })),
    })),
    approvals: items.filter(({ event }) => event === 'WaveApproved' || event === 'WaveRejected').map(approvalOf),
    /** Of each cluster of a wave, what it was known to be when somebody agreed. */
    shown: items
      .filter(({ event }) => event === 'WaveShown')
      .map(({ at, principal, detail }) => ({ at, by: principal, ...told(detail) })),
    configuration: configurationOf(items),
    acts: items
      .filter(({ principal }) => principal !== LIFTLOCK)
      .map(({ at, principal, event, subject, detail }) => ({
        at,
        by: principal,
        event,
        subject,
        detail: told(detail),
      })),
    unreadable: [...state.unreadable, ...planned.unreadable],
  };
}

/** Each commit is a call, or none where the commit was too old: what became of it stands in the items after it, up to the next commit of the same. */
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
    const { name, input } = (call ?? {}) as {
      readonly name?: string;
      readonly input?: { readonly clientRequestToken?: string };
    };
    return [
      {
        ...{ cluster: item.subject, upgrade: String(upgradeId), step, subject, attempt, committedAt: item.at },
        ...{ call: name ?? null, token: input?.clientRequestToken ?? null, outcome: outcome?.type ?? 'not known' },
        answeredAt: outcome?.at ?? null,
        updateId: outcome?.type === 'accepted' ? outcome.updateId : null,
        refused: outcome?.type === 'refused' ? `${outcome.error}: ${outcome.message}` : null,
        ended: (outcome?.type === 'accepted' ? outcome.observed : undefined) ?? null,
      },
    ];
  });
}

type WaveItem = (typeof Waves)['schema']['_output'];
const waveOf = ({ index, name, planHash, openedAt, endedAt, estimateSeconds }: WaveItem) => ({
  ...{ index, name, planHash: planHash ?? null, estimateSeconds: estimateSeconds ?? null },
  ...{ openedAt: openedAt ?? null, endedAt: endedAt ?? null },
});

const approvalOf = ({ at, principal, subject, detail }: EvidenceItem) => {
  const { wave, decision, planHash, clusters, shown, comment } = detail;
  return { at, by: principal, subject, wave, decision, planHash, clusters, shown, comment };
};

/** What was decided; what was written is told by the members above. */
export function told({ writes: _, ...rest }: EvidenceItem['detail']): Record<string, unknown> {
  return rest;
}

/** Each revision that was in force, from when on, with its document where the file has it: a revision is the hash of kind and spec. */
function configurationOf(items: readonly EvidenceItem[]) {
  const documents = new Map<string, unknown>();
  for (const write of items.flatMap(writesOf).filter(({ kind }) => kind === Configs.kind)) {
    const { data } = Configs.schema.safeParse(write.data);
    if (data !== undefined) documents.set(data.revision, data.document);
  }
  return items
    .filter(({ subject, event }) => subject === FLEET_SUBJECT && event === 'ConfigApplied')
    .map(({ at, principal, detail: { kind, name, revision } }) => ({
      ...{ kind, name, revision, appliedBy: principal, appliedAt: at },
      document: documents.get(String(revision)) ?? null,
    }));
}

/** What the transaction of an item wrote. */
export function writesOf({ detail: { writes } }: EvidenceItem): readonly StoredItem[] {
  return Array.isArray(writes) ? (writes as readonly StoredItem[]) : [];
}

/** What the records wrote last of everything: the audit carries the writes of each transaction. */
class LastWrites {
  /** Kinds and keys of what this version cannot read. */
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
