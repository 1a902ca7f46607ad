import type { AddonVersionRow } from './addon-version-data.ts';

/** The catalog of add-ons by name, as in the state. */
export type AddonCatalog = Readonly<Record<string, readonly AddonVersionRow[]>>;

/**
 * Whether EKS lists this version for that minor. An add-on that the catalog does not know (a marketplace one in a dump) is assumed to run everywhere
 * at the version it has.
 */
export function isCompatible(catalog: AddonCatalog, addonName: string, version: string, minor: string): boolean {
  const rows = catalog[addonName];
  if (rows === undefined) return true;
  return rows.some((row) => row.version === version && row.minors.includes(minor));
}

/** Versions listed for that minor, newest first. */
export function compatibleVersions(catalog: AddonCatalog, addonName: string, minor: string): string[] {
  return (catalog[addonName] ?? []).filter((row) => row.minors.includes(minor)).map((row) => row.version);
}

/** The minor's default version; undefined for unknown add-ons and minors without a default. */
export function defaultVersion(catalog: AddonCatalog, addonName: string, minor: string): string | undefined {
  return catalog[addonName]?.find((row) => row.defaultFor.includes(minor))?.version;
}
