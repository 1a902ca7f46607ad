import { networkIn } from '../../eks/network.ts';
import { type AwsCall, AwsFault } from '../../wire/aws-call.ts';
import { type FormNode, parseForm } from '../../wire/form.ts';
import type { HttpAnswer, HttpRequest } from '../../wire/http-message.ts';
import type { PassedRequest } from '../../wire/wire-options.ts';
import type { LocalCloud } from '../local-cloud.ts';

type Network = ReturnType<typeof networkIn>;

interface List {
  readonly set: string;
  /** What a request may name one by: as a filter, and as a parameter of its own. */
  readonly filter: string;
  readonly parameter: string;
  /** The code of a parameter that names none, where EC2 has one for ids. */
  readonly unknown: string | ((form: FormNode, network: Network) => string);
  /** What a request names, where that is not the parameter alone. */
  readonly named?: (form: FormNode) => string[];
  readonly items: (network: Network) => readonly (readonly [id: string, xml: string])[];
}

const LISTS: Readonly<Record<string, List>> = {
  DescribeSubnets: {
    ...{ set: 'subnetSet', filter: 'subnet-id', parameter: 'SubnetId', unknown: 'InvalidSubnetID.NotFound' },
    items: ({ subnets }) =>
      subnets.map(({ subnetId, availabilityZone, availableIpAddressCount }) => [
        subnetId,
        `<subnetId>${subnetId}</subnetId><state>available</state><availabilityZone>${availabilityZone}</availabilityZone><availableIpAddressCount>${availableIpAddressCount}</availableIpAddressCount><tagSet/>`,
      ]),
  },
  DescribeSecurityGroups: {
    ...{ set: 'securityGroupInfo', filter: 'group-id', parameter: 'GroupId', unknown: 'InvalidGroup.NotFound' },
    items: ({ securityGroups }) => securityGroups.map(({ groupId }) => [groupId, `<groupId>${groupId}</groupId>`]),
  },
  DescribeInstanceTypes: {
    set: 'instanceTypeSet',
    ...{ filter: 'instance-type', parameter: 'InstanceType', unknown: 'InvalidInstanceType' },
    items: ({ instanceTypes }) =>
      instanceTypes.map(({ instanceType, vcpus, ipv4AddressesPerInterface }) => [
        instanceType,
        `<instanceType>${instanceType}</instanceType><vCpuInfo><defaultVCpus>${vcpus}</defaultVCpus></vCpuInfo><networkInfo><ipv4AddressesPerInterface>${ipv4AddressesPerInterface}</ipv4AddressesPerInterface></networkInfo>`,
      ]),
  },
  DescribeImages: {
    ...{ set: 'imagesSet', filter: 'image-id', parameter: 'ImageId', unknown: 'InvalidAMIID.NotFound' },
    items: ({ images }) =>
      images.map(({ imageId, state }) => [imageId, `<imageId>${imageId}</imageId><imageState>${state}</imageState>`]),
  },
  DescribeLaunchTemplateVersions: {
    ...{ set: 'launchTemplateVersionSet', filter: 'none', parameter: 'LaunchTemplateVersion' },
    named(form) {
      const versions = valuesOf(form.parts.get('LaunchTemplateVersion'));
      // Without them EC2 lists all of a template, or the default ones of all.
      if (versions.length === 0)
        throw new AwsFault('NotImplemented', 'Versions are modelled by number alone', { status: 501 });
      return versions.map((version) => `${templateIn(form)}:${version}`);
    },
    unknown(form, { templates }) {
      if ([...templates.values()].some(({ template }) => template === templateIn(form)))
        return 'InvalidLaunchTemplateId.VersionNotFound';
      return form.parts.has('LaunchTemplateId')
        ? 'InvalidLaunchTemplateId.NotFound'
        : 'InvalidLaunchTemplateName.NotFoundException';
    },
    items: ({ templates }) =>
      [...templates].map(([key, { imageId }]) => [
        key,
        `<launchTemplateData>${imageId === undefined ? '' : `<imageId>${imageId}</imageId>`}</launchTemplateData>`,
      ]),
  },
};

const templateIn = ({ parts }: FormNode) =>
  parts.get('LaunchTemplateId')?.value ?? parts.get('LaunchTemplateName')?.value;

/** EC2 as far as a scan asks it: what the clusters of the account name, by id or by the filter for it. Everything else is answered with 501. */
export async function serveEc2(
  { authority, options, eks }: LocalCloud,
  request: HttpRequest,
  { operation = '', ...context }: PassedRequest,
): Promise<HttpAnswer> {
  const { requestId } = context;
  try {
    const list = Object.hasOwn(LISTS, operation) ? LISTS[operation] : undefined;
    if (list === undefined) {
      options.onNote(`ec2:${operation} is not modelled by the local cloud; it was answered with 501.`);
      throw new AwsFault('NotImplemented', `ec2 ${operation} is not modelled by this server`, { status: 501 });
    }
    const form = parseForm(request.body.toString('utf8'));
    const call: AwsCall = { ...context, service: 'ec2', operation, input: {} };
    const principal = authority.admit(call);
    const { account } = principal as { account: string };
    const items = chosen(list, form, networkIn(eks.state, { account, region: context.region }));
    const set = items.map(([, xml]) => `<item>${xml}</item>`).join('');
    return answer(
      200,
      `<${operation}Response><requestId>${requestId}</requestId><${list.set}>${set}</${list.set}></${operation}Response>`,
    );
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    const { name, message, status = 400 } = error;
    const told = `<Code>${name}</Code><Message>${message.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</Message>`;
    return answer(
      status,
      `<Response><Errors><Error>${told}</Error></Errors><RequestID>${requestId}</RequestID></Response>`,
    );
  }
}

function chosen(list: List, form: FormNode, network: Network): ReturnType<List['items']> {
  const items = list.items(network);
  const named = list.named?.(form) ?? valuesOf(form.parts.get(list.parameter));
  const missing = named.filter((id) => !items.some(([one]) => one === id));
  const code = typeof list.unknown === 'string' ? list.unknown : list.unknown(form, network);
  if (missing.length > 0) throw new AwsFault(code, `'${missing.join(', ')}' does not exist`, { status: 400 });
  const filters = [...(form.parts.get('Filter')?.parts.values() ?? [])];
  const other = filters.find(({ parts }) => parts.get('Name')?.value !== list.filter);
  // A filter that is not modelled would let through what EC2 keeps back.
  if (other !== undefined)
    throw new AwsFault('InvalidParameterValue', `The filter '${other.parts.get('Name')?.value}' is invalid`, {
      status: 400,
    });
  const asked = filters.map(({ parts }) => valuesOf(parts.get('Value')));
  return items.filter(
    ([id]) => (named.length === 0 || named.includes(id)) && asked.every((values) => values.includes(id)),
  );
}

const valuesOf = (node: FormNode | undefined): string[] =>
  [...(node?.parts.values() ?? [])].flatMap(({ value }) => value ?? []);

const answer = (status: number, xml: string): HttpAnswer => ({
  status,
  headers: { 'content-type': 'text/xml;charset=UTF-8' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`,
});
