import type { Ports } from '../../core/ports/ports.ts';

/**
 * What the API acts with. `eks` and `clusters` are for the local run, where `access check` may look at once; in Lambda they are left out:
 * the function that people reach has no way into the accounts of the fleet.
 */
export type ApiPorts = Pick<Ports, 'table' | 'clock' | 'events' | 'executions' | 'ids'> &
  Partial<Pick<Ports, 'eks' | 'clusters'>>;
