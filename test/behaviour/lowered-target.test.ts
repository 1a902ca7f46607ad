import { HOOK_SCHEMA } from '../../core/contracts/hook.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { applySpec, at, spec } from './changed-policy.ts';
import {
  hours,
  memberOf,
  membersOf,
  PERSON,
  recordOf,
  rolloutsOf,
  run,
  smallFleet,
  versionOf,
  wavesOf,
} from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

describe('an older target holds at once', () => {
  test('for who has not begun in a wave that has, while what has begun goes on', async () => {
    const of = (target: string) => ({ ...spec(at('dev', { maxConcurrency: 1, bake: '6h' })), target });
    const world = await smallFleet({ clusters: staged('dev', ['a', 'b']), policy: of('1.37') });
    await hours(world, 2);
    const waits = (await membersOf(world)).find(({ status }) => status === 'Pending')?.name ?? '';
    const goes = waits === 'a' ? 'b' : 'a';
    await applySpec(world, of('1.36'));
    await hours(world, 1);
    expect(await memberOf(world, waits)).toMatchObject({ status: 'Excluded', reasons: [{ code: 'LowerTarget' }] });
    const { target, state } = await explainCluster(world.ports, await recordOf(world, waits));
    expect([target, state]).toEqual(['1.36', 'UpToDate']);
    await run(world);
    expect([versionOf(world, waits), versionOf(world, goes)]).toEqual(['1.36', '1.37']);
  });

  test('for the next hop of who is between two', async () => {
    const calendars = { odd: { windows: [{ name: 's', schedule: '0 */6 * * *', duration: '70m' }] } };
    const of = (target: string) => ({
      ...spec(at('dev', { calendar: 'odd' })),
      estimates: { upgrade: '60m' },
      target,
    });
    const world = await smallFleet({ clusters: staged('dev', ['d'], '1.35'), calendars, policy: of('1.37') });
    await hours(world, 6);
    expect(versionOf(world, 'd')).toBe('1.36');
    await applySpec(world, of('1.36'));
    await run(world);
    // Its hop has succeeded, and counts: nobody has to promote its wave.
    expect([versionOf(world, 'd'), await memberOf(world, 'd')]).toMatchObject([
      '1.36',
      { status: 'Succeeded', from: '1.36', to: '1.36' },
    ]);
    expect((await wavesOf(world)).map(({ status, succeeded }) => [status, succeeded])).toEqual([['Completed', 1]]);
  });

  test('and not for a hop that leads no further', async () => {
    const of = (target: string) => ({ ...spec(at('dev', { maxConcurrency: 1 })), target });
    const world = await smallFleet({ clusters: staged('dev', ['a', 'b'], '1.35'), policy: of('1.37') });
    await hours(world, 0.2);
    await applySpec(world, of('1.36'));
    await run(world);
    expect([versionOf(world, 'a'), versionOf(world, 'b')]).toEqual(['1.36', '1.36']);
  });

  test('for who was blocked on the way, too: nobody is told to retry it there', async () => {
    const url = 'https://hooks.example.com/ask';
    const secret = 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:liftlock/hook-aa00d8';
    const hooks = [{ name: 'ask', at: 'before', step: 'upgrade-control-plane', ask: { webhook: url, secret } }];
    const waves = spec(at('dev', { onUndecided: 'pass' }), at('prod', { approval: {} }));
    const of = (target: string) => ({ ...waves, hooks, target });
    const clusters = [...staged('dev', ['d'], '1.35'), ...staged('prod', ['p'], '1.35')];
    const world = await smallFleet({ clusters, policy: of('1.37') });
    world.hooks.set(url, () => JSON.stringify({ schema: HOOK_SCHEMA, answer: 'stop', message: 'no' }));
    await hours(world, 3);
    await applySpec(world, of('1.36'));
    await hours(world, 2);
    const { when, reasons } = await explainCluster(world.ports, await recordOf(world, 'd'));
    expect(reasons.map(({ code }) => code)).toEqual(['HookRefused', 'MemberBlocked', 'LowerTarget']);
    expect(when.condition).toMatch(
      /^The rollout policy-0-1-37-\w+ ends, and then somebody runs: liftlock rollout create policy-0$/,
    );
  });

  test('and an abort on the way there ends what was blocked before: nobody is told to retry it', async () => {
    const url = 'https://hooks.example.com/ask';
    const secret = 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:liftlock/hook-aa00d8';
    const hooks = [{ name: 'ask', at: 'before', step: 'upgrade-control-plane', ask: { webhook: url, secret } }];
    const of = (target: string, more = {}) => ({ ...spec(at('dev', { onUndecided: 'pass', ...more })), hooks, target });
    const world = await smallFleet({ clusters: staged('dev', ['d'], '1.35'), policy: of('1.37') });
    world.hooks.set(url, () => JSON.stringify({ schema: HOOK_SCHEMA, answer: 'stop', message: 'no' }));
    await run(world);
    await applySpec(world, of('1.36', { approval: {} }));
    await hours(world, 3);
    const [aborted = ''] = (await rolloutsOf(world)).flatMap(({ id, status }) => (status === 'Running' ? [id] : []));
    await abortRollout(world.ports, aborted, PERSON, 'x');
    await applySpec(world, of('1.37'));
    await hours(world, 2);
    const key = (await recordOf(world, 'd')).clusterKey;
    await expect(retryCluster(world.ports, key, PERSON)).rejects.toThrow('is not held, and nothing of it has failed');
    const { when } = await explainCluster(world.ports, await recordOf(world, 'd'));
    expect(when.condition).toBe('Somebody runs: liftlock rollout create policy-0');
  });
});
