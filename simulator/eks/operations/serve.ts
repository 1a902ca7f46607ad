import { checkArguments } from '../arguments/check-arguments.ts';
import { clusterArn } from '../clusters.ts';
import { copyJson } from '../copy-json.ts';
import { type EksErrorName, type ErrorSubject, FakeEksError, UnmodelledOperation } from '../errors.ts';
import { refreshWhenDue } from '../insights/refresh.ts';
import type { OperationContext } from '../operation-context.ts';
import { handlers, isMutating, isOperationName } from './catalog.ts';

/** Serves one call in the order of EKS: permission, rate, arguments, then the operation. It logs accepted and refused mutations. */
export function serve(context: OperationContext, operation: string, input: object): object {
  const handler = handlers[operation];
  if (!isOperationName(operation) || handler === undefined)
    throw new UnmodelledOperation(`the operation eks:${operation}`);
  const mutating = isMutating(operation);
  try {
    requirePermission(context, operation);
    takeToken(context, operation);
    checkArguments(operation, input);
    if (!mutating) return handler(context, input);
    const cluster = clusterOf(context, input);
    if (cluster !== undefined) refreshWhenDue(context.state, cluster, context.now);
    const updatesBefore = cluster?.updates.length ?? 0;
    const output = handler(context, input);
    logAccepted(context, operation, input, output, updatesBefore);
    return output;
  } catch (error) {
    if (error instanceof FakeEksError) nameSubject(error, input);
    if (mutating && error instanceof FakeEksError) logRefused(context, operation, input, error.name);
    throw error;
  }
}

function requirePermission(context: OperationContext, operation: string): void {
  const { account, principal } = context.caller;
  if (!context.state.deniedAccounts.includes(account)) return;
  throw new FakeEksError(
    'AccessDeniedException',
    `User: ${principal} is not authorized to perform: eks:${operation} because no identity-based policy allows the eks:${operation} action`,
  );
}

function logAccepted(
  context: OperationContext,
  operation: string,
  input: object,
  output: object,
  updatesBefore: number,
): void {
  const cluster = clusterOf(context, input);
  const updateId = 'update' in output ? (output.update as { id?: string }).id : undefined;
  const started = (cluster?.updates.length ?? 0) > updatesBefore;
  context.state.mutations.push({
    at: context.now,
    ...context.caller,
    clusterArn: cluster?.arn ?? '',
    clusterCreatedAt: cluster?.createdAt ?? 0,
    operation,
    request: copyJson({ ...input }) as Record<string, unknown>,
    ...(updateId === undefined ? {} : { updateId }),
    replay: updateId !== undefined && !started && operation !== 'CancelUpdate',
  });
}

function logRefused(context: OperationContext, operation: string, input: object, error: string): void {
  context.state.refusedMutations.push({
    at: context.now,
    ...context.caller,
    operation,
    request: copyJson({ ...input }) as Record<string, unknown>,
    error,
  });
}

function clusterOf(context: OperationContext, input: object) {
  const { account, region } = context.caller;
  const { clusterName, name, resourceArn } = input as Record<string, unknown>;
  if (typeof resourceArn === 'string') {
    const named = resourceArn.split('/')[1] ?? '';
    return context.state.clusters[clusterArn(account, region, named)];
  }
  return context.state.clusters[clusterArn(account, region, String(clusterName ?? name ?? ''))];
}

const clusterAlone = ['clusterName'] as const;
const clusterAndNodegroup = ['clusterName', 'nodegroupName'] as const;
const parts = ['clusterName', 'nodegroupName', 'addonName'] as const;
const partsAndProfile = [...parts, 'fargateProfileName'] as const;

/** The members with the subject of an error, where its shape has any (the SDK's `models/errors.d.ts`). */
const membersOf: Readonly<Partial<Record<EksErrorName, readonly (keyof ErrorSubject)[]>>> = {
  ClientException: parts,
  InvalidParameterException: partsAndProfile,
  InvalidRequestException: parts,
  InvalidStateException: clusterAlone,
  ResourceInUseException: parts,
  ResourceLimitExceededException: clusterAndNodegroup,
  ResourceNotFoundException: partsAndProfile,
  ServerException: parts,
  ThrottlingException: clusterAlone,
};

/**
 * Puts the cluster of the request and its part into the error, like EKS: "No update found for ID" comes with clusterName (aws/aws-cli#10252), a
 * refused add-on version with clusterName and addonName (hashicorp/terraform-provider-aws#20559). Members that the refusal itself has set stay.
 */
function nameSubject(error: FakeEksError, input: object): void {
  const { name, clusterName = name, ...rest } = input as Readonly<Record<string, unknown>>;
  const named: Readonly<Record<string, unknown>> = { ...rest, clusterName };
  for (const member of membersOf[error.name as EksErrorName] ?? []) {
    const value = named[member];
    if (typeof value === 'string' && !Object.hasOwn(error, member)) Object.assign(error, { [member]: value });
  }
}

/**
 * Takes one token from the bucket of the caller's account and Region, or throws: DescribeCluster with the observed name, the others with the declared
 * one (facts: eks.md §2.2, §11).
 */
function takeToken(context: OperationContext, operation: string): void {
  const { throttle, buckets } = context.state;
  if (throttle === null) return;
  const key = `${context.caller.account}/${context.caller.region}`;
  const bucket = buckets[key] ?? { tokens: throttle.burst, at: context.now };
  const refilled = bucket.tokens + ((context.now - bucket.at) / 1000) * throttle.requestsPerSecond;
  const tokens = Math.min(throttle.burst, refilled);
  if (tokens < 1) {
    buckets[key] = { tokens, at: context.now };
    const name = operation === 'DescribeCluster' ? 'TooManyRequestsException' : 'ThrottlingException';
    throw new FakeEksError(name, 'Rate exceeded');
  }
  buckets[key] = { tokens: tokens - 1, at: context.now };
}
