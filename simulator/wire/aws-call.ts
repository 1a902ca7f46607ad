/** Services of the local cloud, by the name that SigV4 signs with. */
export const SERVICE_NAMES = [
  'aps',
  'backup',
  'dynamodb',
  'ec2',
  'eks',
  'events',
  'iam',
  'kms',
  'lambda',
  'logs',
  'monitoring',
  'organizations',
  's3',
  'scheduler',
  'secretsmanager',
  'servicequotas',
  'sns',
  'sqs',
  'ssm',
  'states',
  'sts',
] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** The signer by the request's own statement; IAM decides whether such a key exists. */
export interface Signer {
  readonly accessKeyId: string;
  readonly sessionToken?: string;
}

/** One request to a service of AWS, read from the wire: its operation and its input in the SDK's shapes (dates as Date, blobs as bytes). */
export interface AwsCall {
  readonly service: ServiceName;
  /** `UpdateClusterVersion`. */
  readonly operation: string;
  readonly input: object;
  readonly region: string;
  /** Absent for the few unsigned operations. */
  readonly signer?: Signer;
  readonly requestId: string;
  /** `http://127.0.0.1:4566`: the address by which the client reached this server; URLs in answers (of queues) start with it. */
  readonly origin: string;
}

/**
 * The refusal of a service. `name` is the name of the error's shape in AWS's model (`ResourceNotFoundException`), which the wire turns into the code
 * and HTTP status of the service's protocol; `fields` are its further members in the SDK's case. An error that the model does not know needs
 * `status`.
 */
export class AwsFault extends Error {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly status: number | undefined;

  constructor(name: string, message: string, options: { fields?: Record<string, unknown>; status?: number } = {}) {
    super(message);
    this.name = name;
    this.fields = options.fields ?? {};
    this.status = options.status;
  }
}
