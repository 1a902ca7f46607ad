import { didYouMean } from '../did-you-mean.ts';
import { fieldOf, listOf, type Report, repeats } from './check.ts';

/** The Regions of all partitions, without their number: new numbers appear, new areas seldom. */
const areas = (
  'af-south ap-east ap-northeast ap-south ap-southeast ca-central ca-west cn-north cn-northwest eu-central eu-isoe-west ' +
  'eu-north eu-south eu-west eusc-de-east il-central me-central me-south mx-central sa-east us-east us-gov-east us-gov-west ' +
  'us-iso-east us-iso-west us-isob-east us-isob-west us-isof-east us-isof-south us-west'
).split(' ');

/** A fleet without accounts looks nowhere; a Region or account written twice, or a Region nobody knows, is a slip. */
export function checkFleetScope(document: unknown, report: Report): void {
  const accounts = fieldOf(document, 'spec', 'accounts');
  const spec = fieldOf(document, 'spec');
  if (
    spec !== undefined &&
    fieldOf(spec, 'organizationId') === undefined &&
    (accounts === undefined || (listOf(accounts).length === 0 && Array.isArray(accounts)))
  ) {
    const message =
      'neither accounts nor organizationId is given, so there is no fleet. List the accounts, or name the organization.';
    report('error', ['spec', 'accounts'], message, 'key');
  }
  for (const field of ['accounts', 'regions'] as const)
    for (const [index, item] of repeats(listOf(fieldOf(document, 'spec', field))))
      report('warning', ['spec', field, index], `${item} is listed twice. Remove one.`);
  for (const [index, region] of listOf(fieldOf(document, 'spec', 'regions')).entries()) {
    const area = typeof region === 'string' ? /^([a-z]+(?:-[a-z]+)+)-\d+$/.exec(region)?.[1] : undefined;
    if (area === undefined || areas.includes(area)) continue;
    const meant = didYouMean(area, areas);
    const hint = meant === undefined ? 'Check the name.' : `Did you mean ${meant}-${String(region).split('-').at(-1)}?`;
    report('warning', ['spec', 'regions', index], `"${region}" is no Region that this release knows. ${hint}`);
  }
}
