import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { checked, type Given, NOTHING, node, scanned } from '../../test/material/steps/checked-cluster.ts';
import { daemonSetObject } from '../../test/material/steps/probed-objects.ts';

// docs/probes.md: a rollback is compared with how the cluster was before it went up.

const back = upgrade({ machine: 'rollback-cluster', from: '1.38', to: '1.37' });
const after = (...[probes]: Parameters<typeof scanned>) => ({
  upgrades: [back, upgrade({ id: '1.37-1.38', status: 'RolledBack', ...scanned(probes) })],
});

test('an alarm that was OK before the hop and has no data after the rollback is asked again', async () => {
  const kept = after({ alarms: { ...NOTHING, known: ['alarm errors'] } });
  const given: Given = { spec: { scan: { alarms: ['errors'] } }, kept };
  expect(await checked({ ...given, alarms: { errors: 'unknown' } })).toMatchObject({ status: 'wait' });
});

test('what was not well before the hop, by a waiver, fails no rollback', async () => {
  const dns = 'DaemonSet kube-system/dns';
  const nodes = { ...NOTHING, count: 1, unwell: { 'Node a': 'down' } } as const;
  const workloads = { ...NOTHING, count: 1, unwell: { [dns]: 'degraded' } } as const;
  const of = { nodes: [node('a', { ready: false })], has: { daemonsets: [daemonSetObject('kube-system/dns', 1)] } };
  expect(await checked({ ...of, kept: after({ nodes, workloads }) })).toMatchObject({ status: 'done', told: [] });
});
