import { z } from 'zod';
import { labelSelectorSchema } from './label-selector.ts';
import { listOf, matching } from './names.ts';
import { countOrShare, duration, positiveDuration } from './quantities.ts';

const selector = labelSelectorSchema
  .omit({ when: true })
  .describe('Which pods, by their labels: all conditions must hold, an empty selector matches every pod.');

const ACTIONS =
  'evict: as any other pod, also where barePods or emptyDirs say wait. skip: left alone, and its node counts as drained with it. waitUntilCompleted: never evicted, but waited for without end, whatever podTimeout says.';
const ORDER = 'Pods of a higher order are evicted when those of a lower one have left the node. Other pods have 0.';

const drainRule = z.discriminatedUnion('action', [
  z.strictObject({
    selector,
    action: z.literal('evict').describe(ACTIONS),
    order: z.int().default(0).describe(ORDER),
  }),
  z.strictObject({ selector, action: z.enum(['skip', 'waitUntilCompleted']) }),
]);

/** Kubernetes sets and removes taints of its own, and other software takes them at their word. */
const taintKey = matching(
  /^(?!(?:[^/]*\.)?(?:kubernetes|k8s)\.io\/)(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/,
  'is not the key of a taint of your own: write drained or example.com/drained; kubernetes.io and k8s.io are not yours',
);

const held = z.enum(['evict', 'wait']);

export const drainSchema = z
  .strictObject({
    maxUnavailable: countOrShare('nodes')
      .default(1)
      .describe(
        'Nodes of a cluster that may be down at once (NotReady, cordoned or terminating), whoever took them; a share is rounded down, at least 1.',
      ),
    pause: duration.default('30s').describe('Time between the end of one node and the beginning of the next.'),
    podTimeout: positiveDuration
      .default('30m')
      .describe('So long one pod may stand in the way before its node counts as stuck, and others go first.'),
    order: z
      .enum(['zones', 'spread'])
      .default('zones')
      .describe(
        'zones: one zone after the other. spread: nodes that are drained at once are of different zones. In both, nodes with the fewest pods go first, and those whose drain has failed go last.',
      ),
    taint: taintKey.optional().describe('Key of a taint (NoSchedule) that is put beside the cordon; absent = none.'),
    barePods: held
      .default('wait')
      .describe('Pods that no controller makes again. wait: they stand in the way until a person deletes them.'),
    emptyDirs: held.default('evict').describe('Pods with emptyDir volumes, whose content is lost with them.'),
    rules: listOf(drainRule, 100, 'rules')
      .default([])
      .describe('What is done with pods, by the first rule that selects them.'),
  })
  .describe('How Liftlock drains nodes that EKS does not drain. Absent = it cordons and evicts nothing.');
