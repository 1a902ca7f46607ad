import { MemoryTable } from '../../adapters/memory/table.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { grant, KEY, policyConfig, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { contextOf, type GivenStep, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import type { UpgradePolicySpec } from '../config/types.ts';
import type { HookRequest } from '../contracts/hook.ts';
import type { HookState } from '../contracts/items/protocol.ts';
import type { Hook } from '../policy/hook-decision.ts';
import type { Component } from '../scan/preflight/preflight-check.ts';
import { Upgrades } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { moveComponents } from './update-addons.ts';

const lambda = 'arn:aws:lambda:eu-west-1:111111111111:function:mover';
const policyHook = 'arn:aws:lambda:eu-west-1:111111111111:function:board';
const component = (name: string, more: Partial<Component> = {}): Component => ({
  ...{ name, workload: { kind: 'Deployment', namespace: 'ops', name } },
  ...{ versions: { '1.37': '1.37.x' }, phase: 'after', timeout: '30m', hook: { lambda } },
  ...more,
});
const running = (name: string, version: string, available = 1) => ({
  [`/apis/apps/v1/namespaces/ops/deployments/${name}`]: {
    spec: { replicas: 1, template: { spec: { containers: [{ name, image: `ops/${name}:${version}` }] } } },
    status: { replicas: 1, updatedReplicas: 1, availableReplicas: available },
  },
});

interface Given extends GivenStep {
  readonly components: readonly Component[];
  readonly policyHooks?: readonly Hook[];
  readonly spec?: Partial<UpgradePolicySpec>;
  readonly phase?: Component['phase'];
  readonly states?: Readonly<Record<string, HookState>>;
  readonly says?: string;
  readonly message?: string;
}

async function moved({
  components,
  policyHooks = [],
  spec,
  phase = 'after',
  states = {},
  says = 'go',
  message,
  ...given
}: Given) {
  const asked: HookRequest[] = [];
  const answer = (request: HookRequest) => {
    asked.push(request);
    return JSON.stringify({ schema: 'liftlock.hook/v1', answer: says, message });
  };
  const base = policyWith({ name: 'p' });
  const policy = policyConfig({ ...base, spec: { ...base.spec, components, hooks: policyHooks, ...spec } });
  const ports = await oneStep(new MemoryTable(), {
    ...given,
    eks: { cluster: { version: phase === 'before' ? '1.36' : '1.37' }, ...given.eks },
    hooks: new Map([lambda, policyHook].map((arn) => [arn, answer])),
    kept: { policy, upgrades: [upgrade({ hooks: states })], ...given.kept },
  });
  const context = await contextOf(ports, stepInput({ phase }));
  const { status, reasons, waitSeconds } = await moveComponents(ports, context, phase);
  const kept = (await load(ports.table, Upgrades, KEY, upgrade().id))?.data.hooks ?? {};
  return { status, waitSeconds, asked, kept, codes: reasons.map(({ code }) => code), said: reasons[0]?.message ?? '' };
}
const NOON = '2026-11-20T12:00:00.000Z';
const said = (answer: HookState['answer'], more: Partial<HookState> = {}): HookState => ({
  ...{ askedSince: NOON, grantNumber: grant().number, answer, message: '', answeredAt: NOON },
  ...more,
});
const KEY_OF_A = 'component:a/before/update-addons/after';
const old = running('a', 'v1.36.2');

test('a component that does not fit is asked about: what runs, what is wanted, and for which hop', async () => {
  const { asked, status, codes, said: told } = await moved({ components: [component('a')], objects: old });
  expect(asked).toMatchObject([
    {
      ...{ schema: 'liftlock.hook/v1', hook: 'a', at: 'before', step: 'update-addons', phase: 'after', blocking: true },
      ...{ from: '1.36', to: '1.37', component: { name: 'a', from: '1.36.2', to: '1.37.x' } },
    },
  ]);
  expect([status, codes]).toEqual(['wait', ['HookPassed']]);
  expect(told).toMatch(/^The hook that moves the component a from 1\.36\.2 to 1\.37\.x was asked/);
});

test('one that fits, one that is not there and one without a hook are not asked about', async () => {
  const components = [component('a'), component('gone'), { ...component('b'), hook: undefined } as never];
  const { asked, status, codes } = await moved({
    components,
    objects: { ...running('a', 'v1.37.0'), ...running('b', '1.36.0') },
  });
  expect([asked, status, codes]).toEqual([[], 'done', ['ComponentFits', 'ComponentFits']]);
});

test('one that fits is not asked about either while its pods come back, as after the roll of its nodes', async () => {
  const { asked, status, codes } = await moved({ components: [component('a')], objects: running('a', 'v1.37.0', 0) });
  expect([asked, status, codes]).toEqual([[], 'done', ['ComponentFits']]);
});

test('they go in the order of the policy, each once the one before it is seen to fit', async () => {
  const components = [component('b'), component('a')];
  const first = await moved({ components, objects: { ...old, ...running('b', '1.36.0') } });
  expect(first.asked.map(({ hook }) => hook)).toEqual(['b']);
  const next = await moved({ components, objects: { ...old, ...running('b', '1.37.0') } });
  expect(next.asked.map(({ hook }) => hook)).toEqual(['a']);
});

test('those of the other phase are left alone, and before the control plane nothing is asked once that has moved', async () => {
  const before = component('a', { phase: 'before' });
  expect((await moved({ components: [before], objects: old })).asked).toEqual([]);
  expect((await moved({ components: [before], objects: old, phase: 'before' })).asked).toHaveLength(1);
  const late = await moved({
    ...{ components: [before], objects: old, phase: 'before' },
    eks: { cluster: { version: '1.37' } },
  });
  expect([late.asked, late.status]).toEqual([[], 'done']);
});

test.each<[string, HookState | undefined, number, string, string]>([
  ['nobody was asked', undefined, 0, 'wait', 'HookPassed'],
  ['it has said go, and there is time', said('go'), 29, 'wait', 'ComponentMoves'],
  ['it has said go, and its time is over', said('go'), 30, 'blocked', 'ComponentNotMoved'],
  ['it has said stop', said('stop'), 1, 'blocked', 'HookRefused'],
  ['it says wait for too long', said('wait'), 30, 'blocked', 'HookTimedOut'],
  ['it has said go under an older grant', said('go', { grantNumber: grant().number - 1 }), 90, 'wait', 'HookPassed'],
])('where the old version runs and %s', async (_, state, minutes, status, code) => {
  const states = state === undefined ? {} : { [KEY_OF_A]: state };
  const result = await moved({ components: [component('a')], objects: old, states, minutes });
  expect([result.status, result.codes]).toEqual([status, [code]]);
});

test('go alone is never believed: the reason says what its hook said, what runs and what was wanted', async () => {
  const states = { [KEY_OF_A]: said('go', { message: 'run 4711 is through' }) };
  const { said: told } = await moved({
    ...{ components: [component('a')], objects: old, states, minutes: 31 },
  });
  expect(told).toBe(
    'The hook that moves the component a from 1.36.2 to 1.37.x said go at 2026-11-20T12:00:00.000Z: “run 4711 is through”. The component a (Deployment ops/a) runs 1.36.2, which does not fit Kubernetes 1.37: the policy wants 1.37.x. It had 30m in all. Look at what the hook did; once it has moved it, or would: liftlock retry cluster web',
  );
});

test('what a hook says with its go is told by the looks after it, as long as its component does not fit', async () => {
  const given = { components: [component('a')], objects: old };
  const { kept: states } = await moved({ ...given, message: 'run 4711 is through' });
  const { codes, said: told } = await moved({ ...given, states, minutes: 1 });
  expect([codes, told]).toEqual([
    ['ComponentMoves'],
    expect.stringContaining(': “run 4711 is through”. The component'),
  ]);
});

test('a version that fits counts once its rollout is over', async () => {
  const given = { components: [component('a')], states: { [KEY_OF_A]: said('go') }, minutes: 5 };
  const rolling = await moved({ ...given, objects: running('a', 'v1.37.0', 0) });
  expect([rolling.status, rolling.codes]).toEqual(['wait', ['ComponentMoves']]);
  expect(rolling.said).toContain('Its rollout is not over: of 1 pods 1 are new, 0 available and 0 old.');
  expect(rolling.waitSeconds).toBe(38);
  const done = await moved({ ...given, objects: running('a', 'v1.37.0') });
  expect([done.status, done.codes]).toEqual(['done', ['ComponentFits']]);
});

test('an upgrade that has changed something fails, and the cluster is held', async () => {
  const states = { [KEY_OF_A]: said('go') };
  const { status } = await moved({
    ...{ components: [component('a')], objects: old, minutes: 30 },
    kept: { upgrades: [upgrade({ hooks: states, mutated: true })] },
  } as Given);
  expect(status).toBe('failed');
});

test('where nobody can see what runs nobody is asked, and it is looked at anew', async () => {
  const denied = { '/apis/apps/v1/namespaces/ops/deployments/a': 403 };
  const { status, codes, asked } = await moved({ components: [component('a')], objects: denied });
  expect([status, codes, asked]).toEqual(['parked', ['ComponentUnknown'], []]);
});

test('what cannot be seen is not there either when its hook has said go', async () => {
  const denied = { '/apis/apps/v1/namespaces/ops/deployments/a': 403 };
  const given = { components: [component('a')], objects: denied, states: { [KEY_OF_A]: said('go') } };
  expect((await moved({ ...given, minutes: 5 })).codes).toEqual(['ComponentMoves']);
  expect((await moved({ ...given, minutes: 30 })).codes).toEqual(['ComponentNotMoved']);
});

test('a hook that nobody can tell a version is not asked: the scan has stopped that, or somebody has waived it', async () => {
  const { status, codes, asked } = await moved({ components: [component('a', { versions: {} })], objects: old });
  expect([status, codes, asked]).toEqual(['done', ['ComponentVersion'], []]);
});

test('whoever is asked before the add-ons of the phase is asked before the first component too', async () => {
  const board: Hook = {
    ...{ name: 'board', at: 'before', step: 'update-addons', blocking: true, timeout: '1h' },
    ask: { lambda: policyHook },
  };
  const given = { components: [component('a')], objects: old, policyHooks: [board] };
  const first = await moved({ ...given, says: 'wait' });
  expect([first.asked.map(({ hook }) => hook), first.codes]).toEqual([['board'], ['HookWaits']]);
  const next = await moved({ ...given, states: { 'board/before/update-addons/after': said('go') } });
  expect(next.asked.map(({ hook }) => hook)).toEqual(['a']);
});

test('what ends a grant ends the asking and the looking', async () => {
  const control = { stopped: true, by: 'ann', at: NOON, reason: 'enough' };
  for (const states of [{}, { [KEY_OF_A]: said('go') }]) {
    const { status, asked } = await moved({
      components: [component('a')],
      objects: old,
      states,
      kept: { control, upgrades: [upgrade({ hooks: states })] },
    });
    expect([status, asked]).toEqual(['parked', []]);
  }
});

test('where nobody can read the policy nobody knows what is to be moved', async () => {
  const unread = { hook: { lambda: 'of a later release' } } as never;
  const { status, codes } = await moved({ components: [component('a', unread)], objects: old });
  expect([status, codes]).toEqual(['parked', ['PolicyNotConfigured']]);
});
