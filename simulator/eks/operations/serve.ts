import { checkArguments } from '../arguments/check-arguments.ts';
import { clusterArn } from '../clusters.ts';
import { copyJson } from '../copy-json.ts';
import { nameSubject } from '../error-subject.ts';
import { FakeEksError, UnmodelledOperation } from '../errors.ts';
import { refreshWhenDue } from '../insights/refresh.ts';
import type { OperationContext } from '../operation-context.ts';
import { takeToken } from '../throttle.ts';
import { handlers, isOperationName, mutatingOperations } from './catalog.ts';

/** Serves one call as EKS would: permission, rate, arguments, then the operation; accepted and refused mutations are logged. */
export function serve(context: OperationContext, operation: string, input: object): object {
  const handler = isOperationName(operation) ? handlers[operation] : undefined;
  if (handler === undefined) throw new UnmodelledOperation(`the operation eks:${operation}`);
  const mutating = mutatingOperations.has(operation);
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
