import { unknownRegionWords } from '../known-regions.ts';
import { fieldOf, listOf, type Report, repeats } from './check.ts';

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
    const message = typeof region === 'string' ? unknownRegionWords(region) : undefined;
    if (message !== undefined) report('warning', ['spec', 'regions', index], message);
  }
}
