import type { Context } from 'hono';
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import { z } from 'zod';
import { principalOf } from '../../core/model/principal.ts';
import { type FunctionDefinition, type Log, parseOrRefuse } from '../runtime/function-definition.ts';
import type { ApiPorts } from './api-context.ts';
import { type Api, createApp } from './app.ts';
import { answerTo, HttpError } from './http-error.ts';

/** The members of an HTTP API event (payload 2.0) that this function reads; hono reads the rest. */
const request = z.looseObject({
  version: z.literal('2.0'),
  rawPath: z.string(),
  requestContext: z.looseObject({ requestId: z.string(), http: z.looseObject({ method: z.string() }) }),
});
type Request = z.infer<typeof request>;
type Answer = Awaited<ReturnType<ReturnType<typeof handle>>>;

/**
 * The paths of requests: names, ids and times. API Gateway chooses the route, and IAM allows it, by the decoded path, and hono reads that text as a URL
 * once more. A backslash, a hash or `..` in it would make it another route there than the one that IAM has allowed.
 */
const PLAIN_PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~@:+-]+)+$/;
const NOT_PLAIN = new HttpError(
  400,
  'InvalidInput',
  'The path of this request has a part that no name, id or time in Liftlock has: letters, digits and . _ ~ @ : + - are taken. A cluster is named by account.region.name.',
);

function refuse(error: HttpError): Answer {
  const { status, body } = answerTo(error);
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return { statusCode: status, headers, body: JSON.stringify(body), isBase64Encoded: false };
}

/** One app for each set of ports. A function makes its ports once, so it makes one app. */
const apps = new WeakMap<ApiPorts, Api>();

export const definition: FunctionDefinition<ApiPorts, Request, Answer> = {
  name: 'api',
  parse: (event) => parseOrRefuse(request, event, 'The request'),
  run: async (ports, event, log) =>
    PLAIN_PATH.test(event.rawPath) ? handle(appOf(ports, log))(event as unknown as LambdaEvent) : refuse(NOT_PLAIN),
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
