import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import { Upgrades } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { followingNodes } from './following-nodes.ts';

test('who owns a cluster whose nodes were tried in vain is led to its explanation by its id, since accounts may share its name', async () => {
  const nodegroups = [
    { name: 'old', version: '1.33', amiType: 'AL2023_x86_64_STANDARD', status: 'ACTIVE', issues: [] },
  ];
  const web = clusterRecord({ name: 'web', version: '1.36', nodegroups });
  const policies = { p: { selector: {}, target: '1.37', finish: 'always', waves: [{ name: 'all' }] } };
  const table = new MemoryTable();
  const { clusterKey } = web;
  const tried = upgrade({ clusterKey, id: '1.36-1.36', from: '1.36', to: '1.36', status: 'Blocked' });
  await table.transact([put(Upgrades, tried, 'absent')]);
  const { groups, reason } = (await followingNodes(table, fleetSnapshot({ clusters: [web], policies }), web)) ?? {};
  expect(groups).toEqual(['old']);
  expect(reason?.message).toMatch(/which ended Blocked\. .*: liftlock explain cluster \d+\.eu-central-1\.web$/);
});
