import { canonicalJson } from '../hash/canonical-json.ts';
import { sha256Hex } from '../hash/sha256.ts';

export interface TokenParts {
  readonly epoch: number;
  readonly clusterKey: string;
  readonly step: string;
  readonly subject: string;
  readonly attempt: number;
}

/** `clientRequestToken` of a step attempt (protocol.md, Step attempt): the same attempt always sends the same token. 64 characters. */
export function clientRequestToken(parts: TokenParts): string {
  return sha256Hex(canonicalJson({ ...parts }));
}

/** Name of the execution of one grant: deterministic, so that starting it twice is starting it once. At most 40 characters of 80. */
export function executionName(parts: {
  epoch: number;
  clusterKey: string;
  upgradeId: string;
  grantNumber: number;
}): string {
  const hash = sha256Hex(canonicalJson({ clusterKey: parts.clusterKey, upgradeId: parts.upgradeId })).slice(0, 12);
  return `upgrade-${hash}-e${parts.epoch}-g${parts.grantNumber}`;
}
