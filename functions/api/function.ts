import type { Context } from 'hono';
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import { z } from 'zod';
import { principalOf } from '../../core/model/principal.ts';
import { type FunctionDefinition, type Log, parseOrRefuse } from '../runtime/function-definition.ts';
import type { ApiPorts } from './api-context.ts';
import { type Api, createApp } from './app.ts';

/** The members of an HTTP API event (payload 2.0) that this function reads; hono reads the rest. */
const request = z.looseObject({
  version: z.literal('2.0'),
  rawPath: z.string(),
  requestContext: z.looseObject({ requestId: z.string(), http: z.looseObject({ method: z.string() }) }),
});
type Request = z.infer<typeof request>;
type Answer = Awaited<ReturnType<ReturnType<typeof handle>>>;

/** One app for each set of ports. A function makes its ports once, so it makes one app. */
const apps = new WeakMap<ApiPorts, Api>();

export const definition: FunctionDefinition<ApiPorts, Request, Answer> = {
  name: 'api',
  parse: (event) => parseOrRefuse(request, event, 'The request'),
  run: (ports, event, log) => handle(appOf(ports, log))(event as unknown as LambdaEvent),
  correlation: ({ requestContext }) => ({ request: requestContext.requestId }),
  counts: (answer) => ({ [`Answers${String(answer.statusCode).charAt(0)}xx`]: 1 }),
};

function appOf(ports: ApiPorts, log: Log): Api {
  const app = apps.get(ports) ?? createApp(ports, lambdaPrincipal, log);
  apps.set(ports, app);
  return app;
}

/** API Gateway writes this about a caller whose signature it has checked. Nothing that the caller sent counts. */
const signed = z.object({
  requestContext: z.object({ authorizer: z.object({ iam: z.object({ userArn: z.string() }) }) }),
});

export function lambdaPrincipal(context: Pick<Context, 'env'>): string | undefined {
  const event = signed.safeParse((context.env as { event?: unknown } | undefined)?.event);
  return event.success ? principalOf(event.data.requestContext.authorizer.iam.userArn) : undefined;
}
