import { KubeVersion } from '../../../core/version/kube-version.ts';
import type { World } from '../../process/world.ts';
import { SeededChoices } from '../fleet/seeded-choices.ts';
import { TEST_JOBS } from '../fleet/synthetic-probes.ts';
import { hashOf } from './hash-of.ts';

const MINUTE = 60_000;
/** One run lasts ten minutes, and a new one starts each hour. */
const EVERY = 60;
const LASTS = 10;
/** The number of runs of each cluster that are kept when the next is made. */
const KEPT = 3;

const PASSES = 'registry.example.com/test:passes';
const FAILS = 'registry.example.com/test:fails';

/**
 * Simulates the tests of teams: a Job each hour in every cluster. Sometimes one fails by chance, and every one fails from the minor on from which the
 * cluster's API server fails requests.
 */
export function runTests(world: World, seed: number): void {
  const begin = world.clock.now().getTime();
  const runAt = (turn: number): void => {
    for (const cluster of Object.values(world.eks.state.clusters)) {
      const { kubernetes, version, tags, arn, apiErrors } = cluster;
      if (tags.network !== 'open') continue;
      const { namespace, labels } = TEST_JOBS;
      const isUnlucky = new SeededChoices(hashOf(`${seed} ${arn} ${turn}`)).chance(0.04);
      const isWorse =
        apiErrors !== undefined && !KubeVersion.parse(version).isOlderThan(KubeVersion.parse(apiErrors.from));
      const image = isUnlucky || isWorse ? FAILS : PASSES;
      const creationTimestamp = new Date(world.clock.now()).toISOString();
      const metadata = { namespace, name: `test-${turn}`, uid: `${arn}-${turn}`, creationTimestamp, labels };
      kubernetes.jobRuns = {
        ...kubernetes.jobRuns,
        [PASSES]: { seconds: LASTS * 60 },
        [FAILS]: { seconds: LASTS * 60, exitCode: 1 },
      };
      const objects = kubernetes.objects ?? [];
      const earlier = objects.filter(({ kind, metadata: one }) => kind === 'Job' && one.namespace === namespace);
      const old = new Set(earlier.slice(0, Math.max(0, earlier.length - KEPT + 1)));
      kubernetes.objects = [
        ...objects.filter((one) => !old.has(one)),
        {
          ...{ apiVersion: 'batch/v1', kind: 'Job', metadata },
          spec: { template: { spec: { containers: [{ name: 'test', image }] } } },
        },
      ];
    }
    world.clock.schedule(new Date(begin + (turn + 1) * EVERY * MINUTE), () => runAt(turn + 1));
  };
  runAt(0);
}
