import { AwsFault, type ServiceName } from '../../wire/aws-call.ts';
import { nameOf, type Principal } from '../principals/principal.ts';

interface DenialShape {
  readonly name: string;
  readonly status: number;
}

const JSON_DENIAL: DenialShape = { name: 'AccessDeniedException', status: 400 };
const REST_DENIAL: DenialShape = { name: 'AccessDeniedException', status: 403 };
const QUERY_DENIAL: DenialShape = { name: 'AccessDenied', status: 403 };

const SHAPES: Readonly<Record<ServiceName, DenialShape>> = {
  aps: REST_DENIAL,
  backup: REST_DENIAL,
  dynamodb: JSON_DENIAL,
  ec2: { name: 'UnauthorizedOperation', status: 403 },
  eks: REST_DENIAL,
  events: JSON_DENIAL,
  iam: QUERY_DENIAL,
  kms: JSON_DENIAL,
  lambda: REST_DENIAL,
  logs: JSON_DENIAL,
  monitoring: QUERY_DENIAL,
  organizations: JSON_DENIAL,
  s3: QUERY_DENIAL,
  scheduler: REST_DENIAL,
  secretsmanager: JSON_DENIAL,
  servicequotas: JSON_DENIAL,
  // The code on the wire is AuthorizationError.
  sns: { name: 'AuthorizationErrorException', status: 403 },
  sqs: QUERY_DENIAL,
  ssm: JSON_DENIAL,
  states: JSON_DENIAL,
  sts: QUERY_DENIAL,
};

/** The refusal of a service. `why` is a decision's. It always contains `because`; AWS leaves that out in some cases with several accounts. */
export function denialFault(
  service: ServiceName,
  principal: Principal,
  action: string,
  resource: string,
  why: string,
): AwsFault {
  if (service === 'eks' && action === 'ec2:RunInstances') return launchTemplateDenial(resource, why);
  // Services that are not in the cloud, such as X-Ray, refuse like most of AWS.
  const { name, status } = SHAPES[service] ?? JSON_DENIAL;
  const said = asWritten(service, action);
  const because = why.replace(action, said);
  const onResource = resource === '*' ? '' : ` on resource: ${resource}`;
  const text = `User: ${nameOf(principal)} is not authorized to perform: ${said}${onResource} ${because}`;
  return new AwsFault(name, text, { status });
}

/** As observed: SQS writes its actions in lower case, SNS its prefix in upper case. */
function asWritten(service: ServiceName, action: string): string {
  if (service === 'sqs') return action.toLowerCase();
  return service === 'sns' ? action.replace(/^sns:/, 'SNS:') : action;
}

/** EKS tries the launch template with the caller's permissions and returns EC2's refusal as its own. AWS encodes the text after the colon. */
function launchTemplateDenial(resource: string, why: string): AwsFault {
  const text =
    'You are not authorized to launch instances with this launch template. ' +
    `Encoded authorization failure message: ec2:RunInstances on ${resource} ${why}`;
  return new AwsFault('InvalidRequestException', text, { status: 400 });
}
