import { didYouMean } from '../did-you-mean.ts';

/** Why a name is no time zone, and which one was likely meant. */
export function zoneWords(name: string): string {
  const unknown = `"${name}" is no time zone that is known here.`;
  if (/^(?:UTC|GMT)?[+-]\d/i.test(name)) {
    return `${unknown} An offset knows nothing of summer time: write a place, such as Europe/Berlin, or UTC.`;
  }
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  const city = name.split('/').at(-1) ?? name;
  const meant = didYouMean(name, zones) ?? zones.find((zone) => didYouMean(city, [cityOf(zone)]) !== undefined);
  return `${unknown} ${meant === undefined ? 'Write an IANA name, such as Europe/Berlin.' : `Did you mean ${meant}?`}`;
}

const cityOf = (zone: string): string => zone.split('/').at(-1) ?? zone;
