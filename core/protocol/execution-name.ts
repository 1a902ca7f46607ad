import { MACHINE_NAMES, NESTING_MACHINES } from '../contracts/names.ts';
import { canonicalJson } from '../hash/canonical-json.ts';
import { sha256Hex } from '../hash/sha256.ts';

/**
 * Name of the execution of one grant. The grant keeps it, so that starting it twice is starting it once; `nonce`, a UUID, makes it one that nobody
 * can know before and start something else under. At most 46 characters of 80. Like all names here it has none but letters, digits, `-` and `_`: an
 * execution with others is not logged (API reference of StartExecution, `name`).
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

/** Whether {@link executionName} made the name, or did before names had a nonce. A person may call an execution almost anything. */
export const isMadeByReconciler = (name: string): boolean =>
  /^upgrade-[0-9a-f]{12}-e\d+-g\d+(-[0-9a-f]{8})?$/.test(name);

const STEPS = MACHINE_NAMES.filter((name) => !NESTING_MACHINES.includes(name)).join('|');

/** `<holder>--<step>-<subject>-<number>`, as the definitions of `NESTING_MACHINES` make it. Nothing after the holder has two hyphens, so the last two end it. */
const NESTED = new RegExp(`^(.+)--(?:${STEPS})-[a-z]+-\\d+$`);

/**
 * The holder that an execution's name says it is nested in; undefined for a name that claims nothing. What runs under an
 * older definition makes `<holder>.<step>.<subject>.<number>`, so every name with a dot claims to be nested in what stands before the first.
 */
export function holderOf(name: string): string | undefined {
  const dot = name.indexOf('.');
  return NESTED.exec(name)?.[1] ?? (dot < 0 ? undefined : name.slice(0, dot));
}
