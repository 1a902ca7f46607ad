import { NormalizedSchema } from '@smithy/core/schema';
import type { ServiceName } from './aws-call.ts';
import { type Route, routeOf } from './route.ts';

/** AWS's protocols by the form of a request: awsJson1_0 and 1_1, awsQuery, restJson1, restXml. */
export type DialectName = 'json' | 'query' | 'rest' | 'xml';

export interface OperationModel {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** Of REST services. */
  readonly route?: Route;
}

/** The protocol of a service, from the SDK's client. */
interface ProtocolFacts {
  readonly dialects: readonly DialectName[];
  /** Before the dot of `X-Amz-Target`. */
  readonly target?: string | undefined;
  /** `Version` of the query protocol. */
  readonly version?: string | undefined;
  /** `application/x-amz-json-1.0`. */
  readonly jsonVersion?: '1.0' | '1.1';
  readonly xmlNamespace?: string | undefined;
  /** Errors of its JSON carry the code of the query protocol in `x-amzn-query-error` (trait awsQueryCompatible). */
  readonly queryCompatible?: boolean | undefined;
}

/** A service as the SDK's client and schemas describe it. */
export interface ServiceModel extends ProtocolFacts {
  readonly name: ServiceName;
  readonly operations: ReadonlyMap<string, OperationModel>;
  /** By the name of the shape. */
  readonly errors: ReadonlyMap<string, NormalizedSchema>;
}

type SchemaReference = Parameters<typeof NormalizedSchema.of>[0];
/** Kind, namespace, name, traits, input, output (`StaticOperationSchema` of @smithy/types). */
type OperationTuple = readonly [9, string, string, unknown, SchemaReference, SchemaReference];
type ErrorTuple = readonly [-3, string, string, ...unknown[]];

const loading = new Map<ServiceName, Promise<ServiceModel>>();

/** Loads a service's schemas on the first call, and answers with the same model ever after. */
export function loadService(name: ServiceName): Promise<ServiceModel> {
  const known = loading.get(name);
  if (known !== undefined) return known;
  const model = readModel(name);
  loading.set(name, model);
  return model;
}

async function readModel(name: ServiceName): Promise<ServiceModel> {
  const { load, also, ...facts } = services[name];
  const module = (await load?.()) ?? {};
  const exported = Object.values(module);
  const { dialects, ...known } = protocolOf(module);
  return {
    ...known,
    ...facts,
    dialects: also === undefined ? dialects : [...dialects, also],
    name,
    operations: new Map(exported.filter(isOperation).map((tuple) => [tuple[2], operationOf(tuple)])),
    errors: new Map(
      exported.filter(isError).map((tuple) => [tuple[2], NormalizedSchema.of(tuple as unknown as SchemaReference)]),
    ),
  };
}

/** By the names of the SDK's protocols. */
const DIALECTS = { AwsJson: 'json', AwsQuery: 'query', AwsRestJson: 'rest' } as const;

interface Client {
  readonly config: {
    readonly protocol: object;
    readonly protocolSettings: Readonly<Record<'serviceTarget' | 'version' | 'xmlNamespace', string | undefined>> & {
      readonly awsQueryCompatible?: boolean;
    };
  };
}

/** The client is made for this only, and sends no request. */
function protocolOf(module: object): ProtocolFacts {
  const [, Client] = Object.entries(module).find(([name]) => /^[A-Z].*Client$/.test(name)) ?? [];
  if (Client === undefined) return { dialects: [] };
  const { protocol, protocolSettings } = (new Client({ region: 'us-east-1' }) as Client).config;
  const [, name = '', jsonVersion] = /^(.+?)(1_[01])?Protocol$/.exec(protocol.constructor.name) ?? [];
  const dialect = DIALECTS[name as keyof typeof DIALECTS];
  const { serviceTarget: target, version, xmlNamespace, awsQueryCompatible: queryCompatible } = protocolSettings;
  return {
    ...{ dialects: [dialect], target, version, xmlNamespace, queryCompatible },
    ...(jsonVersion === undefined ? {} : { jsonVersion: jsonVersion.replace('_', '.') as '1.0' }),
  };
}

const isOperation = (value: unknown): value is OperationTuple => Array.isArray(value) && value[0] === 9;

/** The SDK has a base class of each service's errors, which is in no model of AWS. */
const isError = (value: unknown): value is ErrorTuple =>
  Array.isArray(value) && value[0] === -3 && !String(value[1]).startsWith('smithy.ts.sdk.synthetic');

function operationOf([, , name, traits, input, output]: OperationTuple): OperationModel {
  const model = { name, input: NormalizedSchema.of(input), output: NormalizedSchema.of(output) };
  const http = typeof traits === 'object' ? (traits as { http?: readonly [string, string, number] }).http : undefined;
  if (http === undefined) return model;
  refuseOtherBindings(model);
  return { ...model, route: routeOf(http) };
}

const otherBindings = ['httpHeader', 'httpPrefixHeaders', 'httpQueryParams', 'httpPayload', 'httpResponseCode'];

/** Members of REST are in the path, the query or the body's JSON; other places, which other services use, are not supported. */
function refuseOtherBindings({ name, input, output }: OperationModel): void {
  for (const schema of [input, output].filter((side) => side.isStructSchema())) {
    for (const [member, target] of schema.structIterator()) {
      const binding = otherBindings.find((trait) => target.getMergedTraits()[trait] !== undefined);
      if (binding !== undefined) throw new Error(`${member} of ${name} has ${binding}, which this server cannot place`);
    }
  }
}

/** Facts about a service that the SDK does not have. */
interface ServiceFacts {
  /**
   * The SDK's module with the service's client and schemas. Some take tens of megabytes, so each is loaded when first needed. Absent for services
   * with a few reads only, which read their requests themselves (EC2's client is as large as all others together).
   */
  load?(): Promise<object>;
  /** Another protocol of its clients: the CLI before about v2.10 still uses the query protocol (facts: local-wire.md). */
  readonly also?: DialectName;
  readonly xmlNamespace?: string;
  /**
   * The part before the dot of `X-Amz-Target`; `version`: that of the query protocol. For services without a client, so that unsigned requests find
   * them.
   */
  readonly target?: string;
  readonly version?: string;
}

export const services: Readonly<Record<ServiceName, ServiceFacts>> = {
  aps: {},
  backup: {},
  dynamodb: { load: () => import('@aws-sdk/client-dynamodb') },
  ec2: { also: 'query', version: '2016-11-15' },
  eks: { load: () => import('@aws-sdk/client-eks') },
  events: { load: () => import('@aws-sdk/client-eventbridge') },
  iam: { also: 'query', version: '2010-05-08' },
  kms: { also: 'json', target: 'TrentService' },
  lambda: {},
  logs: { load: () => import('@aws-sdk/client-cloudwatch-logs') },
  monitoring: { load: () => import('@aws-sdk/client-cloudwatch'), also: 'query' },
  organizations: { load: () => import('@aws-sdk/client-organizations') },
  s3: {},
  scheduler: { load: () => import('@aws-sdk/client-scheduler') },
  secretsmanager: { load: () => import('@aws-sdk/client-secrets-manager') },
  servicequotas: { also: 'json', target: 'ServiceQuotasV20190624' },
  sns: { load: () => import('@aws-sdk/client-sns') },
  sqs: {
    load: () => import('@aws-sdk/client-sqs'),
    also: 'query',
    xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
  },
  ssm: { load: () => import('@aws-sdk/client-ssm') },
  states: { load: () => import('@aws-sdk/client-sfn') },
  sts: { load: () => import('@aws-sdk/client-sts') },
};
