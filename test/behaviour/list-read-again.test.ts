import { baselineOf } from '../../core/probes/baseline.ts';
import { run, smallFleet, upgradesOf } from './small-fleet.ts';

/** The scan of objects asks first, and then whoever notes what is well. */
const BASELINE_LOOK = 2;

// Without Deployments nothing is known of the cluster: that one fault would stop the hop.
test.each(['endpointslices', 'deployments'])(
  'a list that the scan could not read for a fault that passes is read again before anything is changed: %s',
  async (list) => {
    const world = await smallFleet({ clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] }] });
    const { readers } = world.ports;
    const open = readers.open.bind(readers);
    let looks = 0;
    Object.assign(readers, {
      open: (...asked: Parameters<typeof open>) => {
        const opened = open(...asked);
        const get: typeof opened.reader.get = (request) => {
          if (request.path.endsWith(`/${list}?limit=500`)) looks += 1;
          if (looks !== BASELINE_LOOK || !request.path.includes(`/${list}?`)) return opened.reader.get(request);
          return Promise.resolve({ status: 503, text: '{"message":"etcdserver: leader changed"}' });
        };
        return { ...opened, reader: { get } };
      },
    });
    await run(world);
    const [upgrade] = await upgradesOf(world);
    expect([looks > BASELINE_LOOK, upgrade?.status]).toEqual([true, 'Succeeded']);
    expect(baselineOf(upgrade)?.probes.services).toMatchObject({ count: 0 });
  },
);
