import { AwsFault, type ServiceName } from './aws-call.ts';

const notNull = (member: string) =>
  `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`;

type MissingMember = (member: string) => AwsFault;

const validation: MissingMember = (member) => new AwsFault('ValidationException', notNull(member));

/**
 * How each service refuses a request without a required member. EKS: `InvalidParameterException` 400 with "KeyArn is required",
 * "desiredSize is required" (aws-controllers-k8s/community#1175, aws/aws-k8s-tester#168). SQS: `MissingParameter` with "The request must
 * contain the parameter …" (aws-controllers-k8s/community#2139); the shape behind that code is in no model, its name is LocalStack's.
 * Organizations: its API reference lists the reason INPUT_REQUIRED. SNS: "Invalid parameter: …". The others: the check that AWS's own
 * framework makes, under the name that the service's API reference lists for it. All but EKS and SQS are a judgement, not observed.
 */
export const missingMember: Readonly<Record<ServiceName, MissingMember>> = {
  backup: (member) => new AwsFault('MissingParameterValueException', notNull(member), { status: 400 }),
  dynamodb: validation,
  ec2: (member) =>
    new AwsFault('MissingParameter', `The request must contain the parameter ${member}`, { status: 400 }),
  eks: (member) => new AwsFault('InvalidParameterException', `${member} is required`),
  events: validation,
  iam: validation,
  kms: validation,
  logs: (member) => new AwsFault('InvalidParameterException', notNull(member)),
  monitoring: (member) => new AwsFault('MissingRequiredParameterException', `The parameter ${member} is required.`),
  organizations: (member) =>
    new AwsFault('InvalidInputException', `You must include a value for the required parameter ${member}.`, {
      fields: { Reason: 'INPUT_REQUIRED' },
    }),
  s3: (member) => new AwsFault('InvalidRequest', `Missing required parameter ${member}`, { status: 400 }),
  scheduler: validation,
  secretsmanager: (member) => new AwsFault('InvalidParameterException', `You must provide a value for ${member}.`),
  servicequotas: validation,
  sns: (member) =>
    new AwsFault('InvalidParameterException', `Invalid parameter: ${member} Reason: no value for required parameter`),
  sqs: (member) =>
    new AwsFault('MissingRequiredParameterException', `The request must contain the parameter ${member}.`),
  ssm: validation,
  states: validation,
  sts: validation,
};
