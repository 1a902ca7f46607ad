import { type Reason, reason } from '../contracts/step-result.ts';
import type { Addon, AddonInfo } from '../ports/eks.ts';
import { addonMinor, compareAddonVersions, isNextAddonMinor } from '../version/addon-version.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { checkSkew } from '../version/skew.ts';

/** `move`: to this version. `keep`: nothing to do. `stuck`: no version fits. */
export type AddonDecision =
  | { readonly type: 'move'; readonly version: string }
  | { readonly type: 'keep'; readonly reason: Reason }
  | { readonly type: 'stuck'; readonly reason: Reason };

type Installed = Pick<Addon, 'addonName' | 'addonVersion'>;

interface Offer {
  readonly version: string;
  readonly isDefault: boolean;
}

/** Versions of the add-on that EKS lists for a minor, oldest first. */
function offers(info: AddonInfo, minor: string): Offer[] {
  return info.addonVersions
    .flatMap((entry) => {
      const match = entry.compatibilities.find((compatibility) => compatibility.clusterVersion === minor);
      return match === undefined ? [] : [{ version: entry.addonVersion, isDefault: match.defaultVersion === true }];
    })
    .sort((a, b) => compareAddonVersions(a.version, b.version));
}

/** Whether EKS lists the installed version for a minor, so that the add-on needs no update there. */
export const addonFits = ({ addonVersion }: Installed, info: AddonInfo, minor: string): boolean =>
  offers(info, minor).some(({ version }) => version === addonVersion);

/** Whether an add-on fits the cluster's minor, in the form of the inventory; empty where EKS does not list the add-on. */
export function addonFit(
  addon: Installed,
  info: AddonInfo | undefined,
  minor: string,
): { readonly compatible?: boolean; readonly wants?: string } {
  if (info === undefined) return {};
  if (addonFits(addon, info, minor)) return { compatible: true };
  const decision = addonAfter(addon, info, minor);
  return { compatible: false, ...(decision.type === 'move' ? { wants: decision.version } : {}) };
}

/** The default of the minor, where the add-on is older and EKS offers a way there. */
export function newerDefault(addon: Installed, info: AddonInfo, minor: string): string | undefined {
  const chosen = offers(info, minor).find((offer) => offer.isDefault)?.version;
  return chosen !== undefined && addonAfter(addon, info, minor, chosen).type === 'move' ? chosen : undefined;
}

/**
 * Before the control plane moves, an add-on goes to a version that both minors list, so that the upgrade and the way back stay open (facts: eks.md
 * §7). kube-proxy stays, because it must never be newer than the API server; one that would be too old for the next minor comes as far as that
 * allows.
 */
export function addonBefore(addon: Installed, info: AddonInfo, from: string, to: string): AddonDecision {
  const { addonName: name, addonVersion } = addon;
  const isProxy = name === 'kube-proxy';
  if (isProxy && !isTooOld(addonVersion, to)) return keep(`${name} follows after the control plane.`);
  const offered = offers(info, from).filter(({ version }) => !isProxy || isWithin(version, from));
  const both = offers(info, to).filter(({ version }) => offered.some((offer) => offer.version === version));
  if (!isProxy && both.some(({ version }) => version === addonVersion))
    return keep(`${name} ${addonVersion} fits ${from} and ${to}.`);
  const newer = both.filter(({ version }) => compareAddonVersions(version, addonVersion) > 0);
  const chosen = newer.find((offer) => offer.isDefault) ?? newer.at(-1);
  if (chosen === undefined)
    return stuck(`No version of ${name} newer than ${addonVersion} fits both ${from} and ${to}`);
  const version = oneMinor(addon, chosen.version, offered);
  return version === undefined ? stuckAtGap(addon, chosen.version, from) : { type: 'move', version };
}

/** Afterwards: to the default of the new minor or the version that a rollout has fixed, never down. One that fits without a way there stays. */
export function addonAfter(addon: Installed, info: AddonInfo, to: string, pinned?: string): AddonDecision {
  const { addonName: name, addonVersion } = addon;
  const offered = offers(info, to);
  const wanted = offered.find(({ version, isDefault }) => (pinned === undefined ? isDefault : version === pinned));
  const chosen = wanted ?? (pinned === undefined ? offered.at(-1) : undefined);
  if (chosen === undefined) {
    const said = `EKS lists ${pinned ?? 'no version'} of ${name}${pinned === undefined ? '' : ' no more'} for ${to}`;
    return addonFits(addon, info, to) ? keep(`${said}; ${addonVersion} stays, since it fits ${to}.`) : stuck(said);
  }
  if (compareAddonVersions(chosen.version, addonVersion) <= 0)
    return keep(`${name} ${addonVersion} is what ${to} wants, or newer.`);
  const version = oneMinor(addon, chosen.version, offered);
  if (version !== undefined) return { type: 'move', version };
  if (!addonFits(addon, info, to)) return stuckAtGap(addon, chosen.version, to);
  return keep(`${gapText(addon, chosen.version, to)}; it stays, since it fits ${to}.`);
}

/**
 * Before the control plane is taken back, an add-on that the older minor lists stays. Others go to the newest version that both minors list, or else
 * the newest of the older minor. kube-proxy goes down first, because it may never be newer than its API server (facts: eks.md §3.6).
 */
export function addonBack(addon: Installed, info: AddonInfo, from: string, to: string): AddonDecision {
  const { addonName: name, addonVersion } = addon;
  const fitting = offers(info, to).filter(({ version }) => name !== 'kube-proxy' || minorOf(version) === to);
  if (fitting.some(({ version }) => version === addonVersion)) return keep(`${name} ${addonVersion} fits ${to}.`);
  const both = fitting.filter(({ version }) => offers(info, from).some((offer) => offer.version === version));
  const chosen = (both.length > 0 ? both : fitting).at(-1);
  if (chosen === undefined) return stuck(`EKS lists no version of ${name} for ${to}`);
  return { type: 'move', version: chosen.version };
}

/** Whether an API server of that minor does not support a kube-proxy as old as this one. */
function isTooOld(version: string, minor: string): boolean {
  const [own, apiServer] = [KubeVersion.tryParse(version), KubeVersion.parse(minor)];
  if (own?.isOlderThan(apiServer) !== true) return false;
  return !checkSkew(apiServer, [{ kind: 'kube-proxy', name: 'every node', version }]).ok;
}

const isWithin = (version: string, minor: string): boolean => {
  const own = KubeVersion.tryParse(version);
  return own !== undefined && !KubeVersion.parse(minor).isOlderThan(own);
};

const minorOf = (version: string): string | undefined => KubeVersion.tryParse(version)?.toString();

/** No add-on has more minors between two offered versions. */
const MOST_MOVES = 100;

/** Why an add-on cannot follow from one minor to another, hop by hop as the steps update it; undefined when it can. */
export function addonPathProblem(
  addon: Addon,
  info: AddonInfo,
  from: KubeVersion,
  target: KubeVersion,
): Reason | undefined {
  let at: Installed = addon;
  let last = from;
  for (const next of from.hopsTo(target)) {
    const [before, after] = [last.toString(), next.toString()];
    const decisions = [() => addonBefore(at, info, before, after), () => addonAfter(at, info, after)];
    for (const decide of decisions) {
      for (let move = 0; move < MOST_MOVES; move += 1) {
        const decision = decide();
        if (decision.type === 'stuck') return decision.reason;
        if (decision.type === 'keep') break;
        at = { ...at, addonVersion: decision.version };
      }
    }
    last = next;
  }
  return undefined;
}

/** vpc-cni goes one minor at a time (facts: eks.md C8). Undefined where EKS offers no version of its next minor. */
function oneMinor(
  { addonName, addonVersion }: Installed,
  wanted: string,
  offered: readonly Offer[],
): string | undefined {
  if (addonName !== 'vpc-cni') return wanted;
  const ahead = offered
    .map(({ version }) => version)
    .filter((version) => compareAddonVersions(version, addonVersion) > 0 && compareAddonVersions(version, wanted) <= 0);
  const [first = wanted] = ahead.filter((version) => addonMinor(version) !== addonMinor(addonVersion));
  if (addonMinor(first) === addonMinor(addonVersion)) return wanted;
  if (!isNextAddonMinor(addonVersion, first)) return undefined;
  return ahead.filter((version) => addonMinor(version) === addonMinor(first)).at(-1);
}

const gapText = ({ addonName, addonVersion }: Installed, wanted: string, minor: string): string =>
  `${addonName} goes one minor at a time, and EKS offers none between ${addonVersion} and ${wanted} for ${minor}`;

const keep = (message: string): AddonDecision => ({ type: 'keep', reason: reason('AddonFits', message) });
const stuck = (why: string, whatToDo = 'update or remove it by hand'): AddonDecision => ({
  type: 'stuck',
  reason: reason('AddonIncompatible', `${why}; ${whatToDo}.`),
});

/**
 * EKS may refuse an update by several minors to a person too, but creates an add-on at any version over what a deleted one has left: without OVERWRITE
 * that may fail, and it knows nothing of the role and the configuration of the one before.
 */
const stuckAtGap = (addon: Installed, wanted: string, minor: string): AddonDecision =>
  stuck(
    gapText(addon, wanted, minor),
    `a person deletes it with --preserve, by which what runs stays, and creates it at ${wanted} with its role and configuration, and --resolve-conflicts OVERWRITE`,
  );
