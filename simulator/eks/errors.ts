/** The names of EKS's errors with their HTTP status, as in the SDK's schemas. */
const statusOfErrors = {
  AccessDeniedException: 403,
  /** TagResource and UntagResource declare only this one and NotFoundException. */
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
  /** Not in the model, but known from DescribeCluster under load (facts: eks.md §2.2). */
  TooManyRequestsException: 429,
} as const;

export type EksErrorName = keyof typeof statusOfErrors;

/** The subject of an error. Not every error has every member: `operations/serve.ts`. */
export interface ErrorSubject {
  clusterName?: string;
  nodegroupName?: string;
  addonName?: string;
  fargateProfileName?: string;
}

/** It has the members of the SDK's own exceptions, so that callers cannot distinguish them. */
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

/** A call of an operation that is not modelled: a fault of the simulation, not an answer of EKS. */
export class UnmodelledOperation extends Error {
  constructor(detail: string) {
    super(`The fake EKS does not model ${detail}.`);
    this.name = 'UnmodelledOperation';
  }
}

/** The member, or InvalidParameterException when it is missing. */
export function required<T>(value: T | undefined, member: string): T {
  if (value === undefined || value === '') throw new FakeEksError('InvalidParameterException', `${member} is required`);
  return value;
}
