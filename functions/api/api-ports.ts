import type { Ports } from '../../core/ports/ports.ts';

/** What the API acts with: the function that people reach has no way into the accounts of the fleet. */
export type ApiPorts = Pick<Ports, 'table' | 'clock' | 'events' | 'executions' | 'ids'>;
