import { reason } from '../../../core/contracts/step-result.ts';
import type { ClusterReport, RunReport, WaveReport } from '../../../simulator/report/report-types.ts';

const at = (time: string): string => `2026-11-20T${time}:00.000Z`;

/** A cluster that was upgraded, unless the test says otherwise. */
export const clusterReport = (more: Partial<ClusterReport> = {}): ClusterReport => ({
  ...{ name: 'web', account: '111111111111', region: 'eu-central-1', from: '1.36', version: '1.37', target: '1.37' },
  ...{ bucket: 'upgraded', status: 'Succeeded', held: false, hops: ['1.37'], managedBy: [], blockers: [] },
  reasons: [reason('Looked', 'EKS says 1.37.')],
  place: { rollout: 'r', wave: 'all' },
  steps: [
    {
      ...{ hop: '1.36 → 1.37', step: 'upgrade-control-plane', status: 'done', reasons: [] },
      startedAt: at('08:00'),
      endedAt: at('08:30'),
    },
  ],
  startedAt: at('08:00'),
  endedAt: at('08:30'),
  rollbackWindowEndsAt: undefined,
  ...more,
});

export const waveReport = (more: Partial<WaveReport> = {}): WaveReport => ({
  ...{ name: 'all', status: 'Completed', members: 1, upgraded: 1, notWhole: 0, failed: 0, blocked: 0, excluded: 0 },
  ...{ quarantined: 0, running: 0, parked: 0, pending: 0 },
  open: [{ from: at('08:00'), to: at('08:30') }],
  ...{ soaks: [], closed: [], freezes: [] },
  ...more,
});

/** A run of four hours in which all went well, unless the test says otherwise. */
export const runReportOf = (more: Partial<RunReport> & { readonly waves?: readonly WaveReport[] } = {}): RunReport => {
  const { waves = [waveReport()], ...rest } = more;
  return {
    ...{ apiVersion: 'liftlock/v1alpha1', kind: 'RunReport', startedAt: at('08:00'), endedAt: at('12:00') },
    ...{ rested: true, totals: { upgraded: 1, failed: 0, held: 0, excluded: 0 }, clusters: [clusterReport()] },
    rollouts: [{ id: 'r', policy: 'p', target: '1.37', status: 'Completed', waves }],
    ...{ unreadableAccounts: [], violations: [], explained: true, statements: [], next: ['rehearse your own fleet'] },
    cost: { stateTransitions: 10, dollars: 0.00025 },
    ...rest,
  };
};
