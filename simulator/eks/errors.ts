/** Names of the errors EKS answers with, and their HTTP status, as in the SDK's schemas. */
const statusOfErrors = {
  AccessDeniedException: 403,
  /** This one and NotFoundException are TagResource's and UntagResource's, which declare no other. */
  BadRequestException: 400,
  ClientException: 400,
  InvalidParameterException: 400,
  InvalidRequestException: 400,
  InvalidStateException: 400,
  NotFoundException: 404,
  ResourceInUseException: 409,
  ResourceLimitExceededException: 400,
  ResourceNotFoundException: 404,
  ServerException: 500,
  ServiceUnavailableException: 503,
  ThrottlingException: 429,
  /** Not in the model, but what DescribeCluster is known to answer under load (facts: eks.md §2.2). */
  TooManyRequestsException: 429,
} as const;

export type EksErrorName = keyof typeof statusOfErrors;

/** Whom an error is about. Not every error has every member: `error-subject.ts`. */
export interface ErrorSubject {
  clusterName?: string;
  nodegroupName?: string;
  addonName?: string;
  fargateProfileName?: string;
}

/** What the SDK's own exceptions carry, so that callers cannot tell them apart. */
export class FakeEksError extends Error {
  readonly $fault: 'client' | 'server';
  readonly $metadata: { httpStatusCode: number };
  readonly $response: undefined;

  constructor(name: EksErrorName, message: string, subject: ErrorSubject = {}) {
    super(message);
    Object.assign(this, subject);
    this.name = name;
    const status = statusOfErrors[name];
    this.$fault = status >= 500 ? 'server' : 'client';
    this.$metadata = { httpStatusCode: status };
  }
}

/** Asked for an operation that is not modelled: a fault of the simulation, not an answer of EKS. */
export class UnmodelledOperation extends Error {
  constructor(detail: string) {
    super(`The fake EKS does not model ${detail}.`);
    this.name = 'UnmodelledOperation';
  }
}

/** The member, or InvalidParameterException as for a missing required one. */
export function required<T>(value: T | undefined, member: string): T {
  if (value === undefined || value === '') throw new FakeEksError('InvalidParameterException', `${member} is required`);
  return value;
}
