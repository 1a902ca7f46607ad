import type { Intent, Upgrade } from '../contracts/items/protocol.ts';
import type { MutatingCall } from '../contracts/mutating-calls.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import type { Reason } from '../contracts/step-result.ts';
import { canonicalJson } from '../hash/canonical-json.ts';
import { sha256Hex } from '../hash/sha256.ts';
import type { Scope } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import type { WriteOperation } from '../ports/table.ts';
import { nextRevision, transactWithAudit } from '../store/audit.ts';
import { Intents, Upgrades } from '../store/entities.ts';
import { put, type Read, replace } from '../store/entity.ts';
import { decideAndWrite } from '../store/retry.ts';
import type { KubeVersion } from '../version/kube-version.ts';
import type { Asker } from './authority.ts';
import { readCommitSnapshot, situationOf } from './commit-snapshot.ts';
import { refusalsAt } from './vetoes.ts';

/** One change that a step wants. */
export interface WantedChange {
  readonly asker: Asker;
  readonly clusterKey: string;
  readonly scope: Scope;
  readonly step: string;
  /** Node group or add-on; `cluster` for the control plane. */
  readonly subject: string;
  /** Kubernetes version that the change leads to or serves: pins are checked against it. */
  readonly target: KubeVersion;
  /** The cluster's tags as EKS has them now; the inventory may lag behind. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** The upgrade as its step has read it, to read together what the commit rests on. */
  readonly upgrade?: Upgrade | undefined;
}

/** What is about to be sent. */
export interface PreparedCall {
  readonly call: (clientRequestToken: string) => MutatingCall;
  readonly knownUpdateIds: readonly string[];
}

/** A repeat gives the intent it repeats: the stored request is sent again, never a new one. */
export interface CommitRequest extends WantedChange, PreparedCall {
  readonly attempt: number;
  readonly repeats: Read<Intent> | undefined;
}

type CommitResult = { readonly committed: Read<Intent> } | { readonly refused: Reason[] };

/**
 * Commits an intent in one transaction with the checks of everything that could forbid the call (protocol.md rule 4). When something moved
 * in between, decides anew. The upgrade becomes *mutated* in the same transaction, and its member takes a place of the wave
 * until it settles.
 */
export function commit(ports: Pick<Ports, 'table' | 'clock'>, request: CommitRequest): Promise<CommitResult> {
  return decideAndWrite(async () => {
    const snapshot = await readCommitSnapshot(ports.table, request.clusterKey, request.upgrade, request.tags);
    // Read after what it rests on, unlike in core/store/change.ts: a window that closes meanwhile is closed.
    const now = ports.clock.now();
    const { asker, target, tags } = request;
    const moment = snapshot.upgrade?.data.mutated === true ? 'later' : 'first';
    const { name: call } = request.repeats?.data.call ?? request.call('');
    const refused = refusalsAt(moment, { ...situationOf(snapshot), asker, target, tags, call, now });
    const { epoch, grant, upgrade } = snapshot;
    if (refused.length > 0 || epoch === undefined || grant === undefined || upgrade === undefined) return { refused };

    const { clusterKey, step, subject, attempt } = request;
    const token =
      request.repeats?.data.token ??
      clientRequestToken({ epoch: epoch.data.number, clusterKey, step, subject, attempt });
    const intent: Intent = {
      clusterKey,
      step,
      subject,
      attempt,
      upgradeId: upgrade.data.id,
      grantNumber: grant.data.number,
      epoch: epoch.data.number,
      call: request.repeats?.data.call ?? (request.call(token) as unknown as Intent['call']),
      scope: request.scope,
      token,
      knownUpdateIds: [...request.knownUpdateIds],
      commits: (request.repeats?.data.commits ?? 0) + 1,
      committedAt: now.toISOString(),
    };
    const { repeats } = request;
    await transactWithAudit(
      ports.table,
      [
        ...snapshot.checks,
        mutated(upgrade),
        repeats === undefined ? put(Intents, intent, 'absent') : replace(Intents, repeats, intent),
      ],
      [
        {
          subject: clusterKey,
          event: 'MutationCommitted',
          principal: LIFTLOCK,
          detail: {
            step,
            subject,
            attempt,
            commits: intent.commits,
            call: intent.call,
            grantNumber: intent.grantNumber,
            upgradeId: intent.upgradeId,
            execution: asker.arn,
          },
        },
      ],
      now,
    );
    return {
      committed: {
        key: Intents.keyOf(intent),
        data: intent,
        revision: nextRevision(repeats?.revision ?? 'absent', now),
      },
    };
  });
}

function mutated(upgrade: Read<Upgrade>): WriteOperation {
  if (upgrade.data.mutated) return { type: 'check', key: upgrade.key, expect: upgrade.revision };
  return replace(Upgrades, upgrade, { ...upgrade.data, mutated: true });
}

interface TokenParts {
  readonly epoch: number;
  readonly clusterKey: string;
  readonly step: string;
  readonly subject: string;
  readonly attempt: number;
}

/** `clientRequestToken` of a step attempt (protocol.md, Step attempt): the same attempt always sends the same token. 64 characters. */
export function clientRequestToken(parts: TokenParts): string {
  return sha256Hex(canonicalJson({ ...parts }));
}
