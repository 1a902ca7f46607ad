import { MACHINE_NAMES, NESTING_MACHINES } from '../contracts/names.ts';
import { canonicalJson, sha256Hex } from '../hash/canonical-json.ts';

/**
 * Name of the execution of one grant. The grant keeps the name, so starting the execution twice is starting it once. `nonce` is a UUID: nobody can
 * know the name beforehand and start something else under it. The name has at most 46 of 80 characters. Like all names here it has only letters,
 * digits, `-` and `_`: Step Functions logs no execution with another character in its name (API reference of StartExecution, `name`).
 */
export function executionName(parts: {
  epoch: number;
  clusterKey: string;
  upgradeId: string;
  grantNumber: number;
  nonce: string;
}): string {
  const hash = sha256Hex(canonicalJson({ clusterKey: parts.clusterKey, upgradeId: parts.upgradeId })).slice(0, 12);
  return `upgrade-${hash}-e${parts.epoch}-g${parts.grantNumber}-${parts.nonce.slice(0, 8)}`;
}

/** Whether {@link executionName} made the name, with a nonce or, as earlier releases did, without one. A person may give an execution almost any name. */
export const isMadeByReconciler = (name: string): boolean =>
  /^upgrade-[0-9a-f]{12}-e\d+-g\d+(-[0-9a-f]{8})?$/.test(name);

const STEPS = MACHINE_NAMES.filter((name) => !NESTING_MACHINES.includes(name)).join('|');

/**
 * `<holder>--<step>-<subject>-<number>`, as the definitions of `NESTING_MACHINES` make it. Nothing after the holder has two hyphens, so the last two
 * hyphens end the holder.
 */
const NESTED = new RegExp(`^(.+)--(?:${STEPS})-[a-z]+-\\d+$`);

/**
 * The holder that an execution's name says it is nested in; undefined for a name that says nothing of this kind. Older definitions name their
 * children `<holder>.<step>.<subject>.<number>`, so every name with a dot claims to be nested in the part before the first dot.
 */
export function holderOf(name: string): string | undefined {
  const dot = name.indexOf('.');
  return NESTED.exec(name)?.[1] ?? (dot < 0 ? undefined : name.slice(0, dot));
}
