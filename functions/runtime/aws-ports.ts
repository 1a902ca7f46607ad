import { randomIds, systemClock } from '../../adapters/aws/system-clock.ts';
import { createDynamoTable } from '../../adapters/dynamodb/create-dynamo-table.ts';
import type { FunctionName } from '../../core/contracts/names.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Ids } from '../../core/ports/outside.ts';
import type { Table } from '../../core/ports/table.ts';
import { type Environment, type EnvironmentKey, readEnvironment } from './environment.ts';
import type { Log } from './function-definition.ts';

/** What a port is made from. */
export interface PortContext {
  readonly environment: Environment;
  readonly functionName: FunctionName;
  readonly log: Log;
}

/** How one port is made in Lambda, and which environment variables that takes. */
export interface PortFactory<Port> {
  readonly environment: readonly EnvironmentKey[];
  create(context: PortContext): Port;
}

export type PortFactories<Ports> = { readonly [Name in keyof Ports]: PortFactory<Ports[Name]> };

/** Makes all ports of a function at once, when it is first invoked. */
export type PortsSource<Ports> = (functionName: FunctionName, log: Log) => Ports;

/**
 * Just the ports that one function needs. Each handler names its factories, so that a bundle carries no client that its function does not
 * use. Fails with `MissingEnvironment`.
 */
export function awsPorts<Ports>(
  factories: PortFactories<Ports>,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): PortsSource<Ports> {
  return (functionName, log) => {
    const entries = Object.entries(factories) as [string, PortFactory<unknown>][];
    const environment = readEnvironment(
      entries.flatMap(([, factory]) => factory.environment),
      variables,
    );
    const context: PortContext = { environment, functionName, log };
    return Object.fromEntries(entries.map(([name, factory]) => [name, factory.create(context)])) as Ports;
  };
}

export const table: PortFactory<Table> = {
  environment: ['table', 'auditTable'],
  create: ({ environment }) => createDynamoTable({ items: environment.table, audit: environment.auditTable }),
};

export const clock: PortFactory<Clock> = { environment: [], create: () => systemClock };

export const ids: PortFactory<Ids> = { environment: [], create: () => randomIds };
