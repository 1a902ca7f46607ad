import { didYouMean } from './did-you-mean.ts';

/** The Regions of all partitions without their number, since AWS adds new numbers more often than new areas. */
const areas = (
  'af-south ap-east ap-northeast ap-south ap-southeast ca-central ca-west cn-north cn-northwest eu-central eu-isoe-west ' +
  'eu-north eu-south eu-west eusc-de-east il-central me-central me-south mx-central sa-east us-east us-gov-east us-gov-west ' +
  'us-iso-east us-iso-west us-isob-east us-isob-west us-isof-east us-isof-south us-west'
).split(' ');

/** A message about a Region that this release does not know; undefined for known Regions, and for texts that do not look like one. */
export function unknownRegionWords(region: string): string | undefined {
  const [, area, number] = /^([a-z]+(?:-[a-z]+)+)-(\d+)$/.exec(region) ?? [];
  if (area === undefined || areas.includes(area)) return undefined;
  const meant = didYouMean(area, areas);
  const hint = meant === undefined ? 'Check the name.' : `Did you mean ${meant}-${number}?`;
  return `"${region}" is no Region that this release knows. ${hint}`;
}
