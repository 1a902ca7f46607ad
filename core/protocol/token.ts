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
