import type { Upgrade } from '../contracts/items/protocol.ts';

type Asked = Pick<Upgrade, 'requestedBy' | 'requestReason'>;

/** `ann`, or `ann (bad image)` where she said why. */
export const askerText = ({
  requestedBy,
  requestReason,
}: Pick<Upgrade, 'requestedBy'> & { readonly requestReason?: string | null | undefined }): string =>
  requestReason == null ? requestedBy : `${requestedBy} (${requestReason})`;

/** Who asks now, for an upgrade that may have been asked for before: what another person gave as a reason is not theirs. */
export const askedAgain = (before: Asked | undefined, requestedBy: string): Asked => ({
  requestedBy,
  requestReason: before?.requestedBy === requestedBy ? before.requestReason : undefined,
});
