import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { randomIds, systemClock } from '../../adapters/aws/system-clock.ts';
import { createDynamoTable } from '../../adapters/dynamodb/create-dynamo-table.ts';
import { errorMessage, errorName, isOutage, namedError, OUTAGE, saysNothing } from '../../core/contracts/errors.ts';
import { type Counts, METRIC_NAMESPACE, METRIC_SERVICE } from '../../core/contracts/metrics.ts';
import { ENVIRONMENT, type FunctionName } from '../../core/contracts/names.ts';
import type { Clock, Ids } from '../../core/ports/outside.ts';
import type { Table } from '../../core/ports/table.ts';
import type { FunctionDefinition, Log } from './function-definition.ts';

/**
 * Wraps every Lambda function: it writes structured logs with correlation ids, publishes metrics and rethrows errors as they are. Lambda reports
 * `error.name` as the error type, which is what `Retry` and `Catch` of the state machines match and what the conclusion knows an outage
 * by: one without such a name, as of a host that is not found, gets one. Ports are made at the first invocation, so that the module loads without an
 * environment; when that fails, the next invocation tries again.
 */
export function createHandler<Ports, Input, Output>(
  definition: FunctionDefinition<Ports, Input, Output>,
  source: PortsSource<Ports>,
): (event: unknown, context: Context) => Promise<Output> {
  const logger = new Logger({ serviceName: METRIC_SERVICE });
  const metrics = new Metrics({
    namespace: METRIC_NAMESPACE,
    serviceName: METRIC_SERVICE,
    defaultDimensions: { function: definition.name },
  });
  // More functions publish events than an alarm takes metrics, so those that are lost are also counted for all of them together.
  const together = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: METRIC_SERVICE });
  const log: Log = (message, detail) => logger.warn(message, { ...detail });
  const count = (counts: Counts): void => {
    publish(metrics, counts);
    if (counts.EventsLost !== undefined) publish(together, { EventsLost: counts.EventsLost });
  };
  let ports: Ports | undefined;

  return async (event, context) => {
    logger.addContext(context);
    logger.resetKeys();
    logger.appendKeys({ function: definition.name });
    try {
      const input = definition.parse(event);
      logger.appendKeys({ ...definition.correlation?.(input) });
      ports ??= source(definition.name, log, count);
      const output = await definition.run(ports, input, log);
      logger.info('Done.', { outcome: summaryOf(output) });
      count(definition.counts?.(output) ?? {});
      return output;
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      logger.error('Failed.', { errorName: errorName(error), errorMessage: errorMessage(error), error });
      count({ Faults: 1 });
      throw isOutage(error) && !saysNothing(errorName(error)) ? Object.assign(error, { name: OUTAGE }) : error;
    }
  };
}

/** Operators search the logs for status and reason codes. Messages stay in the execution's history. */
function summaryOf(output: unknown): Readonly<Record<string, unknown>> {
  if (typeof output !== 'object' || output === null) return {};
  const { status, reasons, waitSeconds, resumeAt } = output as Record<string, unknown>;
  const codes = Array.isArray(reasons) ? { reasons: reasons.map((reason: { code?: unknown }) => reason.code) } : {};
  return { status, ...codes, waitSeconds, resumeAt };
}

function publish(metrics: Metrics, counts: Counts): void {
  const entries = Object.entries(counts);
  if (entries.length === 0) return;
  for (const [name, value] of entries) metrics.addMetric(name, MetricUnit.Count, value);
  metrics.publishStoredMetrics();
}

/** What the factory of a port is given. */
export interface PortContext {
  readonly environment: Environment;
  readonly functionName: FunctionName;
  readonly log: Log;
  /** Publishes what a port counts itself. */
  readonly count: (counts: Counts) => void;
}

/** How Lambda makes one port, and which environment variables the port needs. */
export interface PortFactory<Port> {
  readonly environment: readonly EnvironmentKey[];
  create(context: PortContext): Port;
}

type PortFactories<Ports> = { readonly [Name in keyof Ports]: PortFactory<Ports[Name]> };

/** Makes all ports of a function at its first invocation. */
type PortsSource<Ports> = (functionName: FunctionName, log: Log, count: PortContext['count']) => Ports;

/**
 * Makes the ports of one function. Each handler names its factories, so that a bundle carries no client that its function does not use. Fails with
 * `MissingEnvironment`.
 */
export function awsPorts<Ports>(
  factories: PortFactories<Ports>,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): PortsSource<Ports> {
  return (functionName, log, count) => {
    const entries = Object.entries(factories) as [string, PortFactory<unknown>][];
    const needed = entries.flatMap(([, factory]) => factory.environment);
    const environment = readEnvironment(needed, variables);
    const context: PortContext = { environment, functionName, log, count };
    return Object.fromEntries(entries.map(([name, factory]) => [name, factory.create(context)])) as Ports;
  };
}

export const table: PortFactory<Table> = {
  environment: ['table', 'auditTable'],
  create: ({ environment }) => createDynamoTable({ items: environment.table, audit: environment.auditTable }),
};

export const clock: PortFactory<Clock> = { environment: [], create: () => systemClock };

export const ids: PortFactory<Ids> = { environment: [], create: () => randomIds };

export type EnvironmentKey = keyof typeof ENVIRONMENT;
type Environment = Readonly<Record<EnvironmentKey, string>>;

/**
 * Reads the variables that a function's ports need. Fails with `MissingEnvironment`, which lists every missing variable at once. A port that reads a
 * variable which it did not declare gets the same error.
 */
export function readEnvironment(
  needed: readonly EnvironmentKey[],
  variables: Readonly<Record<string, string | undefined>>,
): Environment {
  const entries = [...new Set(needed)].map((key) => [key, variables[ENVIRONMENT[key]] ?? ''] as const);
  const missing = entries.filter(([, value]) => value === '').map(([key]) => ENVIRONMENT[key]);
  if (missing.length > 0)
    throw namedError('MissingEnvironment', `Environment variables are missing: ${missing.join(', ')}.`);
  return new Proxy(Object.fromEntries(entries) as Environment, { get: readOnlyAsked });
}

function readOnlyAsked(variables: Environment, key: string): string {
  if (Object.hasOwn(variables, key)) return variables[key as EnvironmentKey];
  throw namedError('MissingEnvironment', `${key} is not among the variables that this port declares.`);
}
