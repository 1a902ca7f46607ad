import type { ApprovalEvidence } from '../policy/approval-evidence.ts';
import { createEnvironment, type ExpressionRecord, listOf } from './environment.ts';

const rollout: ExpressionRecord = {
  id: { type: 'string', text: 'Its id.' },
  policy: { type: 'string', text: 'The policy it carries out.' },
  target: { type: 'string', text: 'The newest minor of any cluster in it.' },
};

const wave: ExpressionRecord = {
  name: { type: 'string', text: 'The wave that asks for approval.' },
  index: { type: 'int', text: 'How many waves come before it.' },
};

const earlier: ExpressionRecord = {
  name: { type: 'string', text: 'Its name.' },
  status: { type: 'string', text: '`Completed`, `CompletedWithFailures`, `Skipped`, …' },
  members: { type: 'int', text: 'How many clusters it has.' },
  succeeded: { type: 'int', text: 'How many of them succeeded.' },
  failed: { type: 'int', text: 'How many failed.' },
  blocked: { type: 'int', text: 'How many could not begin.' },
  quarantined: { type: 'int', text: 'How many were set aside.' },
  soakedHours: { type: 'double', text: 'Hours since its last success, gates green throughout.' },
};

/** What `approval.autoApproveWhen` sees (`ApprovalEvidence`). */
export const evidenceEnvironment = createEnvironment<ApprovalEvidence>(
  { Rollout: rollout, Wave: wave, EarlierWave: earlier },
  {
    rollout: { type: 'Rollout', text: 'The rollout.' },
    wave: { type: 'Wave', text: 'The wave that asks.' },
    earlier: { type: 'list<EarlierWave>', text: 'The waves before it, in order.' },
    succeeded: { type: 'int', text: 'Clusters of the earlier waves that succeeded.' },
    failed: { type: 'int', text: 'Clusters of the earlier waves that failed.' },
    blocked: { type: 'int', text: 'Clusters of the earlier waves that could not begin.' },
    findings: {
      type: 'int',
      text: 'Blocking findings in the latest scans of the clusters of this wave. No value once it has begun.',
    },
  },
  (evidence) => ({
    rollout: { ...evidence.rollout },
    wave: { name: evidence.wave.name, index: BigInt(evidence.wave.index) },
    earlier: listOf('earlier', evidence.earlier).map((one) => ({
      name: one.name,
      status: one.status,
      members: BigInt(one.members),
      succeeded: BigInt(one.succeeded),
      failed: BigInt(one.failed),
      blocked: BigInt(one.blocked),
      quarantined: BigInt(one.quarantined),
      soakedHours: one.soakedHours,
    })),
    succeeded: BigInt(evidence.succeeded),
    failed: BigInt(evidence.failed),
    blocked: BigInt(evidence.blocked),
    ...(evidence.findings === undefined ? {} : { findings: BigInt(evidence.findings) }),
  }),
);
