import { z } from 'zod';
import { isVersionRange } from '../../version/version-range.ts';
import { hookTimeout, receiver } from './hook.ts';
import { objectName } from './names.ts';
import { minor } from './nodes.ts';

const namespace = objectName.describe('Where it is.');

const workload = z
  .strictObject({
    kind: z
      .enum(['Deployment', 'DaemonSet', 'StatefulSet'], 'is neither Deployment nor DaemonSet nor StatefulSet')
      .describe('What runs it.'),
    namespace,
    name: z
      .string()
      .max(253, 'is longer than 253 characters')
      .regex(/^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/, 'is not the name of a workload')
      .describe('Its name.'),
    container: objectName
      .optional()
      .describe('Whose image has the version as its tag. Absent = the only container that there is.'),
  })
  .describe('A workload whose image is tagged with the version.');

const release = z
  .strictObject({
    namespace,
    release: z
      .string()
      .max(53, 'is longer than 53 characters, which Helm takes')
      .regex(/^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/, 'is not the name of a release of Helm')
      .describe('Its name, as helm list shows it.'),
  })
  .describe('A release of Helm; its version is that of its chart.');

const rangeError = 'is no version and no range of versions, such as "1.37.x", "~4.12.1" or ">=4.11.0 <4.13.0"';

/** What follows the cluster's minor and is no add-on of EKS (docs/components.md). */
export const componentSchema = z
  .strictObject({
    name: objectName.describe('Unique in the policy.'),
    workload: workload.optional(),
    helm: release.optional(),
    versions: z
      .record(minor, z.string(`${rangeError}: write it in quotes`).max(200).refine(isVersionRange, rangeError))
      .default({})
      .describe(
        'Which versions are right for each minor: { "1.36": "1.36.x", "1.37": "1.37.x" }. For a minor that is not named the table of controllers decides, where it knows the image; a hook needs the version named.',
      ),
    phase: z
      .enum(['before', 'after'], 'is neither before nor after')
      .default('after')
      .describe(
        'When it has to be right for the new minor: before the control plane goes there, or after control plane and nodes have. cluster-autoscaler follows the control plane, so it is after.',
      ),
    hook: receiver
      .optional()
      .describe(
        'Who moves it: asked as hooks are, and go means that it was moved, which Liftlock looks at. Absent = it is only reported.',
      ),
    timeout: hookTimeout
      .default('1h')
      .describe('So long after its hook was first asked a version that is right has to run, or the step stops.'),
  })
  .refine(
    ({ workload: one, helm }) => (one === undefined) !== (helm === undefined),
    'says not where it is found: it needs one of workload and helm',
  )
  .describe('Something in the cluster that has a version for each minor.');
