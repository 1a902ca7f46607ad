import { inRegion, type PreflightFacts, preflightCheck } from './preflight-check.ts';

/** A key in the state `Updating` remains usable (KMS, key states). */
const USED = ['Enabled', 'Updating'];

export const keyOf = ({ encryptionConfig = [] }: PreflightFacts['cluster']): string | undefined =>
  encryptionConfig[0]?.provider?.keyArn;

/** Without the key the new API servers cannot read any Secret. */
export const keyUnusable = preflightCheck({
  name: 'KeyUnusable',
  source: 'capacity',
  finds: "The KMS key of the cluster's secrets is gone, disabled, about to be deleted, or cannot be used otherwise.",
  observe({ cluster, hasMoved, capacity }) {
    const keyArn = keyOf(cluster);
    if (hasMoved || keyArn === undefined || capacity?.keys === undefined) return [];
    const state = capacity.keys.find(({ keyId }) => keyId === keyArn)?.keyState;
    if (state !== undefined && USED.includes(state)) return [];
    const cancel =
      state === 'PendingDeletion' ? `aws kms cancel-key-deletion ${inRegion(keyArn)} --key-id ${keyArn}, then ` : '';
    return [
      {
        cause: `key:${keyArn}`,
        message: `The secrets of the cluster are encrypted with the key ${keyArn}, which ${state === undefined ? 'does not exist any more' : `is ${state}`}: no API server can read them without it.`,
        fix:
          state === undefined
            ? 'Nothing brings the key back: create another cluster, and move the workloads.'
            : `${cancel}aws kms enable-key ${inRegion(keyArn)} --key-id ${keyArn}`,
      },
    ];
  },
});
