import { requestUpgrade } from '../../core/operations/requests.ts';
import { applySpec, calendars } from './changed-policy.ts';
import {
  beginByHand,
  clusterArn,
  discover,
  hours,
  PERSON,
  recordOf,
  smallFleet,
  touched,
  upgradesOf,
} from './small-fleet.ts';

const spec = (more: object = {}) => ({
  selector: {},
  target: 'latest',
  trigger: 'manual',
  waves: [{ name: 'all', ...more }],
});

test.each([
  ['by the command line', ['Blocked']],
  ['by start-execution', []],
] as const)(
  'what a person starts %s and a window refuses its grant waits for nothing: it does not begin by itself tonight',
  async (how, left) => {
    const world = await smallFleet({
      clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] }],
      policy: spec(),
      calendars,
    });
    await discover(world);
    const arn =
      how === 'by the command line'
        ? (await requestUpgrade(world.ports, await recordOf(world, 'web'), '1.37', PERSON, { approve: true })).execution
        : (await beginByHand(world, 'upgrade-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' }))
            .executionArn;
    // Before its first state runs the policy has windows, which are closed now.
    await applySpec(world, spec({ calendar: 'nights' }));
    await hours(world, 1);
    const { status, error } = await world.runner.describeExecution(arn ?? '');
    expect([status, error]).toEqual(['FAILED', 'Blocked']);
    await hours(world, 36);
    expect([touched(world, 'web'), (await upgradesOf(world)).map((one) => one.status)]).toEqual([false, left]);
  },
);
