import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { reason } from '../contracts/step-result.ts';
import { clusterKey } from '../model/cluster-key.ts';
import {
  auditEntry,
  clusterHeld,
  clusterNames,
  memberChanged,
  rolloutChanged,
  rolloutEntry,
  upgradeChanged,
  waveChanged,
} from './change.ts';

const arn = 'arn:aws:eks:eu-central-1:111111111111:cluster/web';
const key = clusterKey(arn, new Date('2026-05-04T10:00:00Z'));

test('events name a cluster by key and ARN, with the account and Region that the ARN has', () => {
  expect(clusterNames(key)).toEqual({
    clusterKey: key,
    cluster: arn,
    account: '111111111111',
    region: 'eu-central-1',
  });
});

test('a member that moved is told with its wave, and the change that moved it', () => {
  const member = memberItem({ clusterKey: key, status: 'Failed' });
  expect(memberChanged(member, waveItem({ name: 'canary' }), 'k#3')).toEqual({
    type: 'MemberChanged',
    detail: {
      version: 1,
      change: 'k#3',
      ...clusterNames(key),
      rolloutId: 'r',
      wave: 'canary',
      status: 'Failed',
      reasons: [],
    },
  });
});

const why = [reason('Held', 'Somebody looks at it.')];

test('a rollout and a wave are told by their status, or by what has changed of them', () => {
  const rollout = rolloutItem({ id: 'r1', status: 'Halted', reasons: why });
  const told = { version: 1, change: 'k#3', rolloutId: 'r1', status: 'Halted', reasons: why };
  expect(rolloutChanged(rollout, 'k#3')).toEqual({ type: 'RolloutChanged', detail: told });
  expect(rolloutChanged(rollout, 'k#3', 'plan').detail).toEqual({ ...told, about: 'plan' });
  const wave = waveItem({ rolloutId: 'r1', name: 'canary', status: 'Halted', reasons: why });
  expect(waveChanged(wave, 'k#3')).toEqual({ type: 'WaveChanged', detail: { ...told, wave: 'canary' } });
  expect(waveChanged(wave, 'k#3', 'approval').detail).toEqual({ ...told, wave: 'canary', about: 'approval' });
});

test('a hold and the end of an upgrade are told with the names of their cluster and why', () => {
  const names = { version: 1, change: 'k#3', ...clusterNames(key), reasons: why };
  expect(clusterHeld(key, why, 'k#3')).toEqual({ type: 'ClusterHeld', detail: names });
  const ended = upgrade({ clusterKey: key, status: 'Failed', reasons: why });
  const { id: upgradeId, from, to } = ended;
  const detail = { ...names, upgradeId, from, to, status: 'Failed' };
  expect(upgradeChanged({ ...ended, rolloutId: undefined }, 'k#3')).toEqual({ type: 'UpgradeChanged', detail });
  expect(upgradeChanged({ ...ended, rolloutId: 'r1' }, 'k#3').detail).toEqual({ ...detail, rolloutId: 'r1' });
  const drain = { ...ended, rolloutId: undefined, machine: 'drain-nodes' as const, input: { nodegroup: 'legacy' } };
  expect(upgradeChanged(drain, 'k#3').detail).toEqual({ ...detail, nodegroup: 'legacy' });
});

test('what goes on record names its subject, what has happened, who did it and the rest', () => {
  const entry = { subject: 'rollout/r1', event: 'RolloutPaused', principal: 'ann', detail: { why: 'lunch' } };
  expect(auditEntry('rollout/r1', 'RolloutPaused', 'ann', { why: 'lunch' })).toEqual(entry);
  expect(rolloutEntry('r1', 'RolloutPaused', 'ann', { why: 'lunch' })).toEqual(entry);
});
