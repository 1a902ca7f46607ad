import { given } from '../../../core/model/given.ts';
import type { Scope } from '../../../core/ports/eks.ts';
import { createTemplateVersion, networkIn } from '../../eks/network.ts';
import { type AwsCall, AwsFault } from '../../wire/aws-call.ts';
import { type FormNode, parseForm } from '../../wire/form.ts';
import type { HttpAnswer, HttpRequest, PassedRequest } from '../../wire/wire-options.ts';
import type { LocalCloud } from '../local-cloud.ts';

type Network = ReturnType<typeof networkIn> & { readonly account: string };

interface Item {
  readonly id: string;
  readonly xml: string;
  /** Values of other filters, by their names. */
  readonly also?: Readonly<Record<string, string>>;
}

interface List {
  readonly set: string;
  /** The filter and the parameter by which a request may name an item. */
  readonly filter: string;
  readonly parameter: string;
  /** Names of the other filters that are modelled. */
  readonly more?: RegExp;
  /** The error code for an unknown id in the parameter. */
  readonly unknown: string | ((form: FormNode, network: Network) => string);
  /** The ids that a request names, where other members than the parameter count. */
  readonly named?: (form: FormNode) => string[];
  readonly items: (network: Network, form: FormNode) => readonly Item[];
}

const tagSet = (tags: Readonly<Record<string, string>>): string =>
  `<tagSet>${Object.entries(tags)
    .map(([key, value]) => `<item><key>${escaped(key)}</key><value>${escaped(value)}</value></item>`)
    .join('')}</tagSet>`;

const LISTS: Readonly<Record<string, List>> = {
  DescribeSubnets: {
    ...{ set: 'subnetSet', filter: 'subnet-id', parameter: 'SubnetId', unknown: 'InvalidSubnetID.NotFound' },
    items: ({ subnets }) =>
      subnets.map(({ subnetId, availabilityZone, availableIpAddressCount }) => ({
        id: subnetId,
        xml: `<subnetId>${subnetId}</subnetId><state>available</state><availabilityZone>${availabilityZone}</availabilityZone><availableIpAddressCount>${availableIpAddressCount}</availableIpAddressCount><tagSet/>`,
      })),
  },
  DescribeSecurityGroups: {
    ...{ set: 'securityGroupInfo', filter: 'group-id', parameter: 'GroupId', unknown: 'InvalidGroup.NotFound' },
    items: ({ securityGroups }) =>
      securityGroups.map(({ groupId }) => ({ id: groupId, xml: `<groupId>${groupId}</groupId>` })),
  },
  DescribeInstanceTypes: {
    set: 'instanceTypeSet',
    ...{ filter: 'instance-type', parameter: 'InstanceType', unknown: 'InvalidInstanceType' },
    items: ({ instanceTypes }) =>
      instanceTypes.map(({ instanceType, vcpus, ipv4AddressesPerInterface }) => ({
        id: instanceType,
        xml: `<instanceType>${instanceType}</instanceType><vCpuInfo><defaultVCpus>${vcpus}</defaultVCpus></vCpuInfo><networkInfo><ipv4AddressesPerInterface>${ipv4AddressesPerInterface}</ipv4AddressesPerInterface></networkInfo>`,
      })),
  },
  DescribeImages: {
    ...{ set: 'imagesSet', filter: 'image-id', parameter: 'ImageId', unknown: 'InvalidAMIID.NotFound', more: /^tag:/ },
    items: ({ images, account }, { parts }) => {
      const owners = valuesOf(parts.get('Owner'));
      if (owners.length > 0 && !owners.includes('self') && !owners.includes(account)) return [];
      return images.map(({ imageId, state, architecture, creationDate, deprecationTime, tags }) => ({
        id: imageId,
        xml: `<imageId>${imageId}</imageId><imageState>${state}</imageState><architecture>${architecture}</architecture><creationDate>${creationDate}</creationDate>${deprecationTime === undefined ? '' : `<deprecationTime>${deprecationTime}</deprecationTime>`}${tagSet(tags)}`,
        also: Object.fromEntries(Object.entries(tags).map(([key, value]) => [`tag:${key}`, value])),
      }));
    },
  },
  DescribeLaunchTemplates: {
    // EC2 has a filter for the name and none for the id.
    ...{ set: 'launchTemplates', filter: 'launch-template-name', parameter: 'LaunchTemplateName' },
    named: ({ parts }) => [parts.get('LaunchTemplateId'), parts.get('LaunchTemplateName')].flatMap(valuesOf),
    unknown: unknownTemplate,
    items: ({ templateTags }) =>
      [...templateTags].map(([template, tags]) => ({
        id: template,
        xml: `<launchTemplateId>${template}</launchTemplateId>${tagSet(tags)}`,
      })),
  },
  DescribeLaunchTemplateVersions: {
    ...{ set: 'launchTemplateVersionSet', filter: 'none', parameter: 'LaunchTemplateVersion', more: /^image-id$/ },
    named(form) {
      const versions = valuesOf(form.parts.get('LaunchTemplateVersion'));
      // Without versions and a template EC2 lists the default versions of all templates.
      if (versions.length === 0 && templateIn(form) === undefined)
        throw new AwsFault('NotImplemented', 'Versions are modelled for a template alone', { status: 501 });
      return versions.map((version) => `${templateIn(form)}:${version}`);
    },
    unknown(form, { templates }) {
      if ([...templates.values()].some(({ template }) => template === templateIn(form)))
        return 'InvalidLaunchTemplateId.VersionNotFound';
      return unknownTemplate(form);
    },
    items: ({ templates }, form) =>
      [...templates]
        .filter(([, { template }]) => template === templateIn(form))
        .map(([key, { version, imageId, description }]) => ({
          id: key,
          xml: `<versionNumber>${version}</versionNumber>${description === undefined ? '' : `<versionDescription>${escaped(description)}</versionDescription>`}<launchTemplateData>${imageId === undefined ? '' : `<imageId>${imageId}</imageId>`}</launchTemplateData>`,
          also: imageId === undefined ? {} : { 'image-id': imageId },
        })),
  },
};

function unknownTemplate({ parts }: FormNode): string {
  return parts.has('LaunchTemplateId')
    ? 'InvalidLaunchTemplateId.NotFound'
    : 'InvalidLaunchTemplateName.NotFoundException';
}

const templateIn = ({ parts }: FormNode) =>
  parts.get('LaunchTemplateId')?.value ?? parts.get('LaunchTemplateName')?.value;

/**
 * EC2 as far as Liftlock calls it: resources that the clusters of the account name, by id or by its filter, images by their tags, and a new version
 * of a launch template with another image. Every other call is answered with 501.
 */
export async function serveEc2(
  { authority, options, eks }: LocalCloud,
  request: HttpRequest,
  { operation = '', ...context }: PassedRequest,
): Promise<HttpAnswer> {
  const { requestId } = context;
  try {
    const list = Object.hasOwn(LISTS, operation) ? LISTS[operation] : undefined;
    if (list === undefined && operation !== CREATE) {
      options.onNote(`ec2:${operation} is not modelled by the local cloud; it was answered with 501.`);
      throw new AwsFault('NotImplemented', `ec2 ${operation} is not modelled by this server`, { status: 501 });
    }
    const form = parseForm(request.body.toString('utf8'));
    const input = given({
      LaunchTemplateId: form.parts.get('LaunchTemplateId')?.value,
      LaunchTemplateName: form.parts.get('LaunchTemplateName')?.value,
    });
    const call: AwsCall = { ...context, service: 'ec2', operation, input };
    const principal = authority.admit(call);
    const { account } = principal as { account: string };
    const scope = { account, region: context.region };
    if (list === undefined) return answer(200, created(eks, scope, form, requestId));
    const items = chosen(list, form, { ...networkIn(eks.state, scope), account });
    const set = items.map(({ xml }) => `<item>${xml}</item>`).join('');
    return answer(
      200,
      `<${operation}Response><requestId>${requestId}</requestId><${list.set}>${set}</${list.set}></${operation}Response>`,
    );
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    const { name, message, status = 400 } = error;
    const told = `<Code>${name}</Code><Message>${escaped(message)}</Message>`;
    return answer(
      status,
      `<Response><Errors><Error>${told}</Error></Errors><RequestID>${requestId}</RequestID></Response>`,
    );
  }
}

const CREATE = 'CreateLaunchTemplateVersion';

/** Only the image of a version's data is modelled; a request that sets another member is refused. */
function created(eks: LocalCloud['eks'], scope: Scope, form: FormNode, requestId: string): string {
  const data = form.parts.get('LaunchTemplateData')?.parts ?? new Map<string, FormNode>();
  const value = (name: string): string => form.parts.get(name)?.value ?? '';
  const imageId = data.get('ImageId')?.value ?? '';
  if (data.size !== 1 || imageId === '' || value('SourceVersion') === '')
    throw new AwsFault('NotImplemented', 'A version is modelled as its source with another image', { status: 501 });
  const template = templateIn(form) ?? '';
  const wanted = { template, sourceVersion: value('SourceVersion'), imageId, description: value('VersionDescription') };
  const number = createTemplateVersion(eks.state, scope, wanted, value('ClientToken'));
  return `<${CREATE}Response><requestId>${requestId}</requestId><launchTemplateVersion><launchTemplateId>${template}</launchTemplateId><versionNumber>${number}</versionNumber></launchTemplateVersion></${CREATE}Response>`;
}

function chosen(list: List, form: FormNode, network: Network): readonly Item[] {
  const items = list.items(network, form);
  const named = list.named?.(form) ?? valuesOf(form.parts.get(list.parameter));
  const missing = named.filter((id) => !items.some((one) => one.id === id));
  const code = typeof list.unknown === 'string' ? list.unknown : list.unknown(form, network);
  if (missing.length > 0) throw new AwsFault(code, `'${missing.join(', ')}' does not exist`, { status: 400 });
  const filters = [...(form.parts.get('Filter')?.parts.values() ?? [])].map(({ parts }) => ({
    name: parts.get('Name')?.value ?? '',
    values: valuesOf(parts.get('Value')),
  }));
  const other = filters.find(({ name }) => name !== list.filter && list.more?.test(name) !== true);
  // A filter that is not modelled would return items that EC2 leaves out.
  if (other !== undefined)
    throw new AwsFault('InvalidParameterValue', `The filter '${other.name}' is invalid`, { status: 400 });
  const passes = ({ id, also = {} }: Item): boolean =>
    filters.every(({ name, values }) => values.includes(name === list.filter ? id : (also[name] ?? '')));
  return items.filter((one) => (named.length === 0 || named.includes(one.id)) && passes(one));
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const valuesOf = (node: FormNode | undefined): string[] =>
  [...(node?.parts.values() ?? [])].flatMap(({ value }) => value ?? []);

const answer = (status: number, xml: string): HttpAnswer => ({
  status,
  headers: { 'content-type': 'text/xml;charset=UTF-8' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`,
});
