import type { Context } from 'hono';
import type { Ports } from '../../core/ports/ports.ts';

/** What every route finds beside the request. */
export interface ApiEnv {
  readonly Variables: {
    readonly ports: ApiPorts;
    /** Who asks, as the audit names people. */
    readonly principal: string;
  };
}

export type ApiContext<Path extends string = string> = Context<ApiEnv, Path>;

/** What the API acts with: the function that people reach has no way into the accounts of the fleet. */
export type ApiPorts = Pick<Ports, 'table' | 'clock' | 'events' | 'executions' | 'ids'>;
