import type { Context } from 'hono';
import type { z } from 'zod';
import type { SpokeRole } from '../../core/operations/apply-documents.ts';
import type { Ports } from '../../core/ports/ports.ts';

/** The variables that every route finds beside the request. */
export interface ApiEnv {
  readonly Variables: {
    readonly ports: ApiPorts;
    /** The person who sent the request, in the form in which the audit names people. */
    readonly principal: string;
    /** The cluster that the request is about, where it was named by more than its name. */
    named?: { readonly name: string; readonly id: string };
  };
}

/** A request to a path, with the types of its `Body` and `Query` as clients write them. */
export type ApiContext<Path extends string = string, Said extends object = object> = Context<
  ApiEnv,
  Path,
  { in: Said }
>;
export type Body<Schema extends z.ZodType> = { json: z.input<Schema> };
export type Query<Schema extends z.ZodType> =
  Partial<z.input<Schema>> extends z.input<Schema> ? { query?: z.input<Schema> } : { query: z.input<Schema> };

/** The API's ports. People reach this function, so it has no port into the accounts of the fleet. */
export type ApiPorts = Pick<Ports, 'table' | 'clock' | 'events' | 'executions' | 'ids'> & {
  /** Absent where nothing is deployed, as in a simulation. */
  readonly spokeRole?: SpokeRole;
};
