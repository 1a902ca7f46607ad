import { z } from 'zod';
import { isVersionRange } from '../../version/version-range.ts';
import { hookTimeout, receiver } from './hook.ts';
import { objectName, textUpTo } from './names.ts';
import { minor } from './nodes.ts';

const namespace = objectName.describe('Where it is.');
const name = (most: number) =>
  textUpTo(most).regex(/^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/, 'is not the name of an object');
const kind = z.enum(['Deployment', 'DaemonSet', 'StatefulSet'], 'is neither Deployment nor DaemonSet nor StatefulSet');
const phase = z.enum(['before', 'after'], 'is neither before nor after');
const container = objectName.optional().describe('Whose image is tagged with the version. Absent = its only one.');
const rangeError = 'is no version and no range of versions, such as "1.37.x", "~4.12.1" or ">=4.11.0 <4.13.0"';
const range = z.string(`${rangeError}: write it in quotes`).max(200).refine(isVersionRange, rangeError);

/** Software that follows the cluster's minor and is no add-on of EKS (docs/components.md). */
export const componentSchema = z
  .strictObject({
    name: objectName.describe('Unique in the policy.'),
    workload: z
      .strictObject({
        kind: kind.describe('What runs it.'),
        namespace,
        name: name(253).describe('Its name.'),
        container,
      })
      .optional()
      .describe('A workload whose image is tagged with the version.'),
    helm: z
      .strictObject({ namespace, release: name(53).describe('Its name, as helm list shows it.') })
      .optional()
      .describe('A release of Helm; its version is that of its chart.'),
    versions: z
      .record(minor, range)
      .default({})
      .describe(
        'Which versions are right for each minor: { "1.36": "1.36.x", "1.37": "1.37.x" }. For a minor that is not named the table of controllers decides, where it knows the image; a hook needs the version named.',
      ),
    phase: phase
      .default('after')
      .describe(
        'When it has to be right for the new minor: before the control plane goes there, or after control plane and nodes have. cluster-autoscaler follows the control plane, so it is after.',
      ),
    hook: receiver
      .optional()
      .describe(
        'Who moves it: asked as hooks are, and go means that it was moved, which Liftlock looks at. Absent = it is reported, and stops a hop where its range ends.',
      ),
    timeout: hookTimeout
      .default('1h')
      .describe('So long after its hook was first asked a version that is right has to run, or the step stops.'),
  })
  .refine(
    ({ workload, helm }) => (workload === undefined) !== (helm === undefined),
    'has to say in one way where it is found: it needs exactly one of workload and helm',
  )
  .describe('Something in the cluster that has a version for each minor.');
