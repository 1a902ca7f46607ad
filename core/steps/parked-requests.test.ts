import { MemoryTable } from '../../adapters/memory/table.ts';
import { cluster, KEY, NOON, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { type GivenStep, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import { reason } from '../contracts/step-result.ts';
import { Upgrades } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { requestGrant } from './request-grant.ts';

const MINE = 'arn:execution:mine';
const BACK = 'rollback-1.37-1.36';

async function asked(given: GivenStep, machine: string, id: string, input: object) {
  const table = new MemoryTable();
  const kept = { rollout: undefined, waves: [], member: undefined, grant: undefined, upgrades: [], ...given.kept };
  const ports = await oneStep(table, { ...given, kept });
  const executions = {
    arnFor: (of: string, called: string) => `arn:${of}:${called}`,
    start: async () => {},
    describe: async () => undefined,
  };
  const execution = { arn: MINE, name: 'request-1', startTime: NOON.toISOString() };
  const answer = await requestGrant(
    { ...ports, executions, ids: { next: () => '' } },
    stepInput(input, { step: machine, execution }),
  );
  return { status: answer.status, upgrade: (await load(table, Upgrades, KEY, id))?.data };
}
const stopped = { stopped: true, by: 'ann', reason: 'an incident' };
const up = { ...cluster, version: '1.37' };
const pending = {
  ...upgrade({ id: BACK, machine: 'rollback-cluster', from: '1.37', to: '1.36', status: 'Pending' }),
  ...{ rolloutId: undefined, waveIndex: undefined, requestedBy: 'ann', execution: MINE },
};

test('that a person lets a rollback set the support type is not forgotten while something passes that keeps it waiting', async () => {
  const kept = { cluster: up, control: stopped, upgrades: [{ ...pending, extendSupport: true }] };
  const { status, upgrade: left } = await asked(
    { kept, eks: { cluster: { version: '1.37' } } },
    'rollback-cluster',
    BACK,
    {
      targetVersion: '1.36',
    },
  );
  expect([status, left?.status, left?.extendSupport]).toEqual(['parked', 'Parked', true]);
});

test('nor are the releases and versions to which a person finishes what has failed', async () => {
  const releases = { workers: '1.37.1-20261101' };
  const addons = { coredns: 'v1.14.1-eksbuild.4' };
  const asked1 = { ...upgrade({ status: 'Pending' }), rolloutId: undefined, waveIndex: undefined };
  const kept = {
    control: stopped,
    upgrades: [
      { ...asked1, mutated: true, noChangeYet: true as const, releases, addons, requestedBy: 'ann', execution: MINE },
    ],
  };
  const { upgrade: left } = await asked({ kept }, 'upgrade-cluster', '1.36-1.37', { targetVersion: '1.37' });
  expect([left?.status, left?.releases, left?.addons]).toEqual(['Parked', releases, addons]);
});

test('a rollback that had taken something back, is asked for again and given up before its execution asks is not begun over by that', async () => {
  // The result of `liftlock release cluster` (giveUpRollback).
  const givenUp = {
    ...pending,
    status: 'Failed' as const,
    mutated: true,
    reasons: [reason('RollbackGivenUp', 'ann has given it up.')],
  };
  const { status, upgrade: left } = await asked(
    { kept: { cluster: up, upgrades: [givenUp] }, eks: { cluster: { version: '1.37' } } },
    'rollback-cluster',
    BACK,
    { targetVersion: '1.36' },
  );
  expect([status, left?.status]).toEqual(['blocked', 'Failed']);
});
