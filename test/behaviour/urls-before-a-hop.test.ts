import { retryCluster } from '../../core/operations/hold-switch.ts';
import type { World } from '../../simulator/process/world.ts';
import { keyOf } from './changed-policy.ts';
import { calls, fleet } from './hooked-fleet.ts';
import { memberOf, PERSON, run, versionOf } from './small-fleet.ts';

const URL = 'https://platform.example.com/ready?token=hunter2';

/** What answers, until it is said otherwise. */
function answering(world: World, status: number | Error): string[] {
  const asked: string[] = [];
  const get = async (url: string) => {
    asked.push(url);
    if (status instanceof Error) throw status;
    return { status };
  };
  Object.assign(world.ports, { probe: { get } });
  return asked;
}

test.each<[string, number | Error]>([
  ['an error', 503],
  ['a redirect', 302],
  ['nothing', new Error('platform.example.com could not be reached: it did not answer in time')],
])(
  'a URL that answers with %s lets nothing begin, and is named; once it answers, the upgrade goes',
  async (_, answer) => {
    const world = await fleet({ hooks: [], policy: { scan: { urls: [URL] } } });
    const asked = answering(world, answer);
    await run(world);
    expect([calls(world), asked[0]]).toEqual([[], URL]);
    const { status, reasons } = await memberOf(world, 'web');
    expect(status).toBe('Blocked');
    const told = JSON.stringify(reasons);
    expect(told).toContain('The URL platform.example.com/ready, which the policy wants to answer with success');
    expect(told).not.toContain('hunter2');
    answering(world, 200);
    await retryCluster(world.ports, await keyOf(world, 'web'), PERSON);
    await run(world);
    expect(versionOf(world, 'web')).toBe('1.37');
  },
);
