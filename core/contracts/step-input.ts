import { z } from 'zod';
import { KubeVersion } from '../version/kube-version.ts';
import { namedError } from './errors.ts';

/**
 * The contract between machines and functions. A function accepts this number and the one before (architecture.md, Upgrading Liftlock itself). In 2,
 * nested executions have no dot in their names (core/protocol/execution-name.ts).
 */
export const CONTRACT = 2;
export const ACCEPTED_CONTRACTS: readonly number[] = [CONTRACT, CONTRACT - 1].filter((number) => number >= 1);

const clusterArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:eks:[a-z0-9-]+:\d{12}:cluster\/[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/,
    'must be the ARN of an EKS cluster, e.g. arn:aws:eks:eu-central-1:111111111111:cluster/web',
  );
const minor = z
  .string()
  .refine((text) => KubeVersion.tryParse(text) !== undefined, 'must be a Kubernetes minor as text, e.g. "1.36"');

/** The member of the input that names the execution which started this one. */
export const STARTED_BY = 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID';

/** The input that a person writes to start a machine by hand. `nodegroup` is for roll-node-group; absent = all node groups. */
export const machineInput = z.strictObject({
  contract: z.number().int().optional(),
  cluster: clusterArn,
  targetVersion: minor,
  nodegroup: z.string().min(1).max(63).optional(),
  /** For update-addons: `before` the control plane (valid on N and N+1), `after` it, or `back` before it is taken back. Absent = after. */
  phase: z.enum(['before', 'after', 'back']).optional(),
  comment: z.string().max(200).optional(),
  /** For scan-cluster: it waits until then, so that the looks of a fleet are spread. */
  notBefore: z.iso.datetime().optional(),
  /** Links a nested execution to its parent in the console; Liftlock does not read it. */
  [STARTED_BY]: z.string().optional(),
});
export type MachineInput = z.infer<typeof machineInput>;

/** The input of every step function. Its machine takes `execution` from the context object, never from a person's input. */
export const stepInput = z.object({
  step: z.string(),
  input: z.unknown(),
  execution: z.object({ arn: z.string(), name: z.string(), startTime: z.string() }),
  /** How often this execution has asked before; the wait between polls grows with it. */
  poll: z.number().int().nonnegative().default(0),
  nodegroup: z.string().optional(),
  outcome: z.unknown().optional(),
});
export type StepInput = z.infer<typeof stepInput>;

/** Of an input of another contract only what finds its grant is read. The rest may be of any form, since another release wrote it. */
const inputOfOther = z.object({
  contract: z
    .number()
    .int()
    .refine((number) => !ACCEPTED_CONTRACTS.includes(number)),
  cluster: clusterArn,
  targetVersion: minor,
});

/** Throws `InvalidInput`, which names every bad member at once. */
export function parseMachineInput(input: unknown): MachineInput {
  const other = inputOfOther.safeParse(input);
  if (other.success) return other.data;
  const parsed = machineInput.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`);
  throw namedError(
    'InvalidInput',
    `The execution's input is not usable: ${problems.join('; ')}. Start it with {"cluster": "<cluster ARN>", "targetVersion": "1.36"}.`,
  );
}
