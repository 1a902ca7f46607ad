import type { ApprovalEvidence } from '../policy/approval-evidence.ts';
import { createEnvironment, type FieldsOf } from './environment.ts';

const rollout: FieldsOf<ApprovalEvidence['rollout']> = {
  id: { type: 'string', text: 'Its id.' },
  policy: { type: 'string', text: 'The policy it carries out.' },
  target: { type: 'string', text: 'The newest minor of any cluster in it.' },
};

const wave: FieldsOf<ApprovalEvidence['wave']> = {
  name: { type: 'string', text: 'The wave that asks for approval.' },
  index: { type: 'int', text: 'How many waves come before it.' },
};

const earlier: FieldsOf<ApprovalEvidence['earlier'][number]> = {
  name: { type: 'string', text: 'Its name.' },
  status: { type: 'string', text: '`Completed`, `CompletedWithFailures`, `Skipped`, …' },
  members: { type: 'int', text: 'How many clusters it has.' },
  succeeded: { type: 'int', text: 'How many of them succeeded.' },
  failed: { type: 'int', text: 'How many failed.' },
  blocked: { type: 'int', text: 'How many could not begin.' },
  quarantined: { type: 'int', text: 'How many were set aside; of a wave that has passed, how many have not ended.' },
  soakedHours: { type: 'double', text: 'Hours since its last success, gates green throughout.' },
};

/** The variables of `approval.autoApproveWhen` (`ApprovalEvidence`). */
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
  (evidence) => evidence,
);
