import type { Context } from 'hono';
import type { ApiPorts } from './api-ports.ts';

/** What every route finds beside the request. */
export interface ApiEnv {
  readonly Variables: {
    readonly ports: ApiPorts;
    /** Who asks, as the audit names people. */
    readonly principal: string;
  };
}

export type ApiContext<Path extends string = string> = Context<ApiEnv, Path>;
