import { errorName } from '../../core/contracts/errors.ts';
import { batchesOf } from '../../core/model/batches.ts';
import { given } from '../../core/model/given.ts';
import type { Ec2Reader, Image, LaunchTemplateVersion } from '../../core/ports/ec2.ts';
import type { Scope } from '../../core/ports/eks.ts';
import { createSignedCalls, FORM, type SignedCallsOptions } from './signed-calls.ts';
import { childOf, childrenOf, known, numberOf, parseAnswer, textOf, type XmlNode } from './xml-answer.ts';

/** A filter may have this many values (API reference of DescribeSubnets). */
const MOST_VALUES = 200;
/** The errors for launch templates, and versions of them, that do not exist (EC2, error codes). */
const NO_TEMPLATE =
  /^(InvalidLaunchTemplateId\.(NotFound|VersionNotFound)|InvalidLaunchTemplateName\.NotFoundException)$/;

/** EC2's query protocol for a few reads, for which the SDK's client would bring half a megabyte of shapes (docs/adr/0027). */
export function createEc2Reader(options: SignedCallsOptions): Ec2Reader {
  const call = createSignedCalls({ name: 'ec2', variable: 'EC2' }, options);

  async function send(scope: Scope, form: Readonly<Record<string, string>>): Promise<XmlNode> {
    const body = new URLSearchParams({ ...form, Version: '2016-11-15' }).toString();
    return parseAnswer(await call(scope, FORM, body), form.Action ?? '');
  }

  /** Every page of everything that matches the filter. */
  async function all(
    scope: Scope,
    operation: string,
    [filter, set]: readonly [filter: string, set: string],
    values: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ) {
    const items: XmlNode[] = [];
    for (const batch of batchesOf(values, MOST_VALUES)) {
      const some = batch.map((value, index) => [`Filter.1.Value.${index + 1}`, value]);
      let token = '';
      do {
        const page = token === '' ? {} : { NextToken: token };
        const asked = {
          ...{ Action: operation, MaxResults: '100', 'Filter.1.Name': filter, ...more },
          ...{ ...Object.fromEntries(some), ...page },
        };
        const answer = await send(scope, asked);
        items.push(...childrenOf(answer, set, 'item'));
        token = textOf(answer, 'nextToken') ?? '';
      } while (token !== '');
    }
    return items;
  }

  /** The one thing that a request names; undefined where there is no such launch template or version. */
  async function ifThere(scope: Scope, form: Readonly<Record<string, string>>, set: string) {
    try {
      return childrenOf(await send(scope, form), set, 'item')[0];
    } catch (error) {
      if (NO_TEMPLATE.test(errorName(error))) return undefined;
      throw error;
    }
  }

  return {
    describeSubnets: async (scope, ids) =>
      (await all(scope, 'DescribeSubnets', ['subnet-id', 'subnetSet'], ids)).map((item) => ({
        subnetId: known(item, 'subnetId'),
        availabilityZone: known(item, 'availabilityZone'),
        availableIpAddressCount: numberOf(item, 'availableIpAddressCount'),
      })),
    describeSecurityGroups: async (scope, ids) =>
      (await all(scope, 'DescribeSecurityGroups', ['group-id', 'securityGroupInfo'], ids)).map((item) => ({
        groupId: known(item, 'groupId'),
      })),
    describeInstanceTypes: async (scope, types) =>
      (await all(scope, 'DescribeInstanceTypes', ['instance-type', 'instanceTypeSet'], types)).map((item) => ({
        instanceType: known(item, 'instanceType'),
        vcpus: numberOf(childOf(item, 'vCpuInfo'), 'defaultVCpus'),
        ipv4AddressesPerInterface: numberOf(childOf(item, 'networkInfo'), 'ipv4AddressesPerInterface'),
      })),
    // EC2 returns deprecated images of other accounts only where they are asked for.
    describeImages: async (scope, ids) =>
      (await all(scope, 'DescribeImages', ['image-id', 'imagesSet'], ids, { IncludeDeprecated: 'true' })).map(imageOf),
    async findImages(scope, owners, tags) {
      const [first, ...others] = Object.entries(tags);
      if (first === undefined) return [];
      const more = others.map(([key, value], index) => [
        [`Filter.${index + 2}.Name`, `tag:${key}`],
        [`Filter.${index + 2}.Value.1`, value],
      ]);
      const form = [...owners.map((owner, index) => [`Owner.${index + 1}`, owner]), ...more.flat()];
      const filter = [`tag:${first[0]}`, 'imagesSet'] as const;
      return (await all(scope, 'DescribeImages', filter, [first[1]], Object.fromEntries(form))).map(imageOf);
    },
    async describeLaunchTemplateVersion(scope, template, version) {
      const form = { [templateParameter(template)]: template, 'LaunchTemplateVersion.1': version };
      const item = await ifThere(
        scope,
        { Action: 'DescribeLaunchTemplateVersions', ...form },
        'launchTemplateVersionSet',
      );
      return item && { template, version, ...launchedBy(item) };
    },
    async listLaunchTemplateVersions(scope, template, imageId) {
      const filter = ['image-id', 'launchTemplateVersionSet'] as const;
      const of = { [templateParameter(template)]: template };
      return (await all(scope, 'DescribeLaunchTemplateVersions', filter, [imageId], of)).map((item) => ({
        ...{ template, version: known(item, 'versionNumber') },
        ...launchedBy(item),
      }));
    },
    async describeLaunchTemplateTags(scope, template) {
      // There is no filter for the id (API reference of DescribeLaunchTemplates).
      const form = { Action: 'DescribeLaunchTemplates', [`${templateParameter(template)}.1`]: template };
      const item = await ifThere(scope, form, 'launchTemplates');
      return item && tagsOf(item);
    },
  };
}

export const templateParameter = (template: string): string =>
  template.startsWith('lt-') ? 'LaunchTemplateId' : 'LaunchTemplateName';

const imageOf = (item: XmlNode): Image => ({
  imageId: known(item, 'imageId'),
  state: known(item, 'imageState'),
  architecture: known(item, 'architecture'),
  creationDate: known(item, 'creationDate'),
  tags: tagsOf(item),
  ...given({ deprecationTime: textOf(item, 'deprecationTime') }),
});

const tagsOf = (item: XmlNode): Record<string, string> =>
  Object.fromEntries(childrenOf(item, 'tagSet', 'item').map((tag) => [known(tag, 'key'), textOf(tag, 'value') ?? '']));

function launchedBy(item: XmlNode): Pick<LaunchTemplateVersion, 'imageId' | 'instanceType' | 'description'> {
  const data = childOf(item, 'launchTemplateData');
  return given({
    imageId: textOf(data, 'imageId'),
    instanceType: textOf(data, 'instanceType'),
    description: textOf(item, 'versionDescription'),
  });
}
